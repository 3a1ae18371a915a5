#include "core/io/unix_listener.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/base/invariant.h"

namespace core {
namespace {

constexpr int kBacklog = 4096;  // cut by net.core.somaxconn
constexpr mode_t kMode = 0660;

Error cannot_listen(const SocketAddress& address, int error) {
  return system_error("cannot listen on " + address.to_string(), error);
}

UniqueFd new_socket() {
  return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// unix(7): only a bound file without a listener refuses. A full queue (EAGAIN) is somebody.
Result<void> remove_stale(const SocketAddress& address) {
  const std::string path = address.path();
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0 || !S_ISSOCK(file.st_mode)) return {};  // bind(2) will say
  const UniqueFd fd = new_socket();
  if (!fd.valid()) return unexpected(system_error("cannot make a socket", errno));
  if (::connect(fd.get(), address.data(), address.size()) == 0) {
    return unexpected(cannot_listen(address, EADDRINUSE));
  }
  if (errno != ECONNREFUSED) {
    return unexpected(cannot_listen(address, errno == EAGAIN ? EADDRINUSE : errno));
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return unexpected(cannot_listen(address, errno));
  }
  return {};
}

}  // namespace

SocketFile::SocketFile(std::string path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)) {}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), file_(std::move(other.file_)) {}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
  if (this == &other) return *this;
  remove();
  path_ = std::exchange(other.path_, {});
  file_ = std::move(other.file_);
  return *this;
}

void SocketFile::leave() {
  path_.clear();
  file_.reset();
}

void SocketFile::remove() {
  struct stat ours {};
  struct stat there {};
  const std::string path = std::exchange(path_, {});
  const UniqueFd file = std::move(file_);
  if (!file.valid() || ::fstat(file.get(), &ours) != 0) return;
  if (::lstat(path.c_str(), &there) != 0) return;
  if (ours.st_dev != there.st_dev || ours.st_ino != there.st_ino) return;
  // Whoever cannot remove it leaves a stale file, which the next start copes with.
  static_cast<void>(::unlink(path.c_str()));
}

Result<UnixListener> listen_on_unix(const SocketAddress& address, std::size_t count) {
  INVARIANT(count > 0 && address.family() == AF_UNIX);
  if (auto removed = remove_stale(address); !removed) return unexpected(removed.error());
  UniqueFd fd = new_socket();
  if (!fd.valid()) return unexpected(system_error("cannot make a socket", errno));
  if (::bind(fd.get(), address.data(), address.size()) != 0) {
    return unexpected(cannot_listen(address, errno));
  }
  UnixListener listener;
  listener.file = SocketFile(address.path());
  // Nobody gets in between: until listen(2) a connection is refused.
  if (::chmod(address.path().c_str(), kMode) != 0 || ::listen(fd.get(), kBacklog) != 0) {
    return unexpected(cannot_listen(address, errno));
  }
  listener.sockets.push_back(std::move(fd));
  while (listener.sockets.size() < count) {
    UniqueFd copy(::fcntl(listener.sockets.front().get(), F_DUPFD_CLOEXEC, 0));
    if (!copy.valid()) return unexpected(cannot_listen(address, errno));
    listener.sockets.push_back(std::move(copy));
  }
  return listener;
}

}  // namespace core
