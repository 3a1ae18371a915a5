#include "config/file_text.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/base/unique_fd.h"

namespace config {
namespace {

constexpr std::size_t kReadBytes = 16'384;  // one read

}  // namespace

core::Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const core::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return core::unexpected(core::system_error("cannot open the file", errno));
  std::string text;
  std::array<char, kReadBytes> buffer{};
  while (text.size() <= bytes_max) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count == 0) break;
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return core::unexpected(core::system_error("cannot read the file", errno));
    }
  }
  return text;
}

}  // namespace config
