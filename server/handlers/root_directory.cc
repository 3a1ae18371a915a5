#include "server/handlers/root_directory.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace server {
namespace {

// openat2(2): EAGAIN when a rename raced with the look-up and the kernel could not be sure.
constexpr int kRacesMax = 8;

// What RESOLVE_BENEATH says of the name itself, for when links may go anywhere.
bool leads_out(std::string_view relative) {
  if (relative.starts_with('/')) return true;
  return relative == ".." || relative.starts_with("../") || relative.ends_with("/..") ||
         relative.find("/../") != std::string_view::npos;
}

}  // namespace

RootDirectory::RootDirectory(core::UniqueFd fd, std::string path)
    : fd_(std::move(fd)), path_(std::move(path)) {}

core::Result<RootDirectory> RootDirectory::open(const std::string& path) {
  core::UniqueFd fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const bool searchable = fd.valid() && ::faccessat(fd.get(), ".", X_OK, AT_EACCESS) == 0;
  if (!searchable) return core::unexpected(core::system_error("cannot open root " + path, errno));
  RootDirectory root(std::move(fd), path);
  if (!root.open_beneath(".").valid() && (errno == ENOSYS || errno == EPERM)) {
    return core::unexpected(core::system_error(
        "cannot use openat2, which needs Linux 5.6 and a seccomp profile that allows it", errno));
  }
  return root;
}

core::UniqueFd RootDirectory::open_beneath(const char* relative, config::Symlinks symlinks) const {
  const bool follow = symlinks == config::Symlinks::kFollow;
  if (follow && leads_out(relative)) {
    errno = EXDEV;
    return {};
  }

  open_how how{};
  // O_NONBLOCK: opening a FIFO would wait for its writer.
  how.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  how.resolve = RESOLVE_NO_MAGICLINKS;
  if (!follow) how.resolve |= RESOLVE_BENEATH;
  int fd = -1;
  for (int race = 0; race < kRacesMax; ++race) {
    // No wrapper in glibc 2.36.
    fd = static_cast<int>(::syscall(SYS_openat2, fd_.get(), relative, &how, sizeof how));
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  return core::UniqueFd(fd);
}

}  // namespace server
