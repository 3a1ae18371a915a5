#include "config/file_text.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/base/clock.h"
#include "core/base/readiness.h"
#include "core/base/unique_fd.h"

namespace config {
namespace {

constexpr std::size_t kReadBytes = 16'384;  // one read

std::optional<std::string_view> missing(const std::string& path, bool wants_directory) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return errno == EACCES ? "cannot be looked at" : "does not exist";
  }
  if (S_ISDIR(status.st_mode) == wants_directory) return std::nullopt;
  return wants_directory ? "is no directory" : "is a directory";
}

}  // namespace

std::optional<std::string_view> missing_directory(const std::string& path) {
  return missing(path, true);
}

std::optional<std::string_view> missing_file(const std::string& path) {
  return missing(path, false);
}

core::Result<std::string> read_file(const std::string& path, std::size_t bytes_max,
                                    std::chrono::milliseconds limit) {
  const core::TimePoint until = core::Clock::now() + limit;
  // O_NONBLOCK: opening a FIFO would wait for its writer.
  const core::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid()) return core::unexpected(core::system_error("cannot open the file", errno));
  std::string text;
  std::array<char, kReadBytes> buffer{};
  while (text.size() <= bytes_max) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count == 0) break;
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      if (!core::wait_until_ready(fd.get(), POLLIN, until)) {
        return core::unexpected(core::Error{"the file does not come to its end in time", 0});
      }
    } else if (errno != EINTR) {
      return core::unexpected(core::system_error("cannot read the file", errno));
    }
  }
  return text;
}

}  // namespace config
