#include "config/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace config {

void Report::error(Span span, std::string message, std::string help) {
  if (diagnostics_.size() == kDiagnosticsMax) {
    ++dropped_;
    return;
  }
  diagnostics_.push_back(diagnose(source_, span, std::move(message), std::move(help)));
}

std::vector<Diagnostic> Report::take() {
  const auto in_file_order = [](const Diagnostic& left, const Diagnostic& right) {
    return std::tie(left.place.line, left.place.column) <
           std::tie(right.place.line, right.place.column);
  };
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(), in_file_order);
  if (dropped_ > 0) {
    Diagnostic more;
    more.place.file = source_.file_name();
    more.message = fmt::format("and {} more like these", std::exchange(dropped_, 0));
    diagnostics_.push_back(std::move(more));
  }
  return std::exchange(diagnostics_, {});
}

}  // namespace config
