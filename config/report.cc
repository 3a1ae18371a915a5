#include "config/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace config {

namespace {

void sort_as_in_file(std::vector<Diagnostic>& diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& left, const Diagnostic& right) {
                     return std::tie(left.place.line, left.place.column) <
                            std::tie(right.place.line, right.place.column);
                   });
}

}  // namespace

void Report::error(Span span, std::string message, std::string help) {
  if (errors_.size() == kDiagnosticsMax) {
    ++dropped_;
    return;
  }
  errors_.push_back(diagnose(source_, span, std::move(message), std::move(help)));
}

void Report::warning(Span span, std::string message, std::string help) {
  if (warnings_.size() == kDiagnosticsMax) return;
  warnings_.push_back(diagnose(source_, span, std::move(message), std::move(help)));
  warnings_.back().severity = Diagnostic::Severity::kWarning;
}

std::vector<Diagnostic> Report::take() {
  sort_as_in_file(errors_);
  if (dropped_ > 0) {
    Diagnostic more;
    more.place.file = source_.file_name();
    more.message = fmt::format("and {} more like these", std::exchange(dropped_, 0));
    errors_.push_back(std::move(more));
  }
  return std::exchange(errors_, {});
}

std::vector<Diagnostic> Report::take_warnings() {
  sort_as_in_file(warnings_);
  return std::exchange(warnings_, {});
}

}  // namespace config
