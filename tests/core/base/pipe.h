// A pipe that is read when the test says so. One thread at each end.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>

#include "core/base/invariant.h"
#include "core/base/unique_fd.h"

namespace test {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    INVARIANT(::pipe2(ends.data(), O_CLOEXEC) == 0);
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

}  // namespace test
