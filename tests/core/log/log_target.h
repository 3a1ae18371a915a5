// Where the tests let a log be written: a pipe that is read when the test says so, and a formatter
// that writes each record as a line. The test's thread; the formatter is the writer thread's.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/log/log_writer.h"
#include "tests/core/base/pipe.h"

namespace test {

class LineFormatter final : public core::LogFormatter {
 public:
  void format(std::span<const char> record, std::string& out) override {
    out.append(record.data(), record.size());
    out += '\n';
  }
  void format_dropped(std::uint64_t count, std::string& out) override {
    out += "dropped " + std::to_string(count) + "\n";
  }
};

inline bool try_log(core::LogWriter& writer, core::LogRing& ring, std::string_view text) {
  const auto room = ring.try_reserve(text.size());
  if (room.data() == nullptr) return false;
  text.copy(room.data(), text.size());
  ring.commit();
  writer.notify();
  return true;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(text.substr(begin, end - begin));
  }
  if (begin < text.size()) lines.push_back(text.substr(begin) + " (no newline)");
  return lines;
}

}  // namespace test
