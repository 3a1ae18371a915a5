// Where the tests let a log be written: a pipe that is read when the test says so, and a formatter
// that writes each record as a line. The test's thread; the formatter is the writer thread's.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/log/log_writer.h"

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

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    reading.reset(ends[0]);
    writing.reset(ends[1]);
  }

  // The next piece; "" at the end, or when nothing came for ten seconds.
  [[nodiscard]] std::string read_some() const {
    pollfd request{reading.get(), POLLIN, 0};
    if (::poll(&request, 1, 10'000) != 1) return {};
    std::array<char, 64 * 1024> buffer{};
    const ssize_t size = ::read(reading.get(), buffer.data(), buffer.size());
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
  }
  [[nodiscard]] std::string read_lines(std::size_t count) const {
    std::string text;
    std::size_t lines = 0;
    while (lines < count) {
      const std::string piece = read_some();
      if (piece.empty()) break;
      for (const char c : piece) lines += c == '\n' ? 1 : 0;
      text += piece;
    }
    return text;
  }
  [[nodiscard]] std::string read_to_end() const {
    std::string text;
    for (std::string piece = read_some(); !piece.empty(); piece = read_some()) text += piece;
    return text;
  }

  core::UniqueFd reading;
  core::UniqueFd writing;
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
