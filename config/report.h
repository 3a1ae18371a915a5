// Report: collects what is wrong in one file, so that all of it is shown at once. One thread while
// a file is loaded; the source must outlive it. Never fails: past its limit it only counts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "config/source_text.h"

namespace config {

// Nobody reads more, and each holds a line of the file.
inline constexpr std::size_t kDiagnosticsMax = 100;

class Report {
 public:
  explicit Report(const SourceText& source) : source_(source) {}

  void error(Span span, std::string message, std::string help = {});
  // What is right, but probably not what was meant.
  void warning(Span span, std::string message, std::string help = {});

  [[nodiscard]] bool empty() const { return errors_.empty(); }
  [[nodiscard]] Place place(Span span) const { return source_.place_at(span.offset); }

  // All errors, in the order of the file. When there was more than kDiagnosticsMax, one more says
  // so.
  [[nodiscard]] std::vector<Diagnostic> take();
  [[nodiscard]] std::vector<Diagnostic> take_warnings();

 private:
  const SourceText& source_;
  std::vector<Diagnostic> errors_;
  std::vector<Diagnostic> warnings_;
  std::size_t dropped_ = 0;
};

}  // namespace config
