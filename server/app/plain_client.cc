#include "server/app/plain_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "core/base/readiness.h"
#include "core/base/unique_fd.h"

namespace server {
namespace {

using core::wait_until_ready;

core::Error error_of(std::string_view message) { return {std::string(message), 0}; }

core::Result<core::UniqueFd> connect_to(const core::SocketAddress& address, core::TimePoint until) {
  core::UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return core::unexpected(core::system_error("cannot make a socket", errno));
  if (::connect(fd.get(), address.data(), address.size()) == 0) return fd;
  int reason = errno;
  // EINTR: the connection goes on being made, as with EINPROGRESS (connect(2)).
  if (reason == EINPROGRESS || reason == EINTR) {
    if (!wait_until_ready(fd.get(), POLLOUT, until)) {
      return core::unexpected(error_of("no connection"));
    }
    socklen_t size = sizeof reason;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &reason, &size) != 0) reason = errno;
  }
  if (reason != 0) return core::unexpected(core::system_error("cannot connect", reason));
  return fd;
}

core::Result<void> send_all(int fd, std::string_view bytes, core::TimePoint until) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!wait_until_ready(fd, POLLOUT, until)) {
        return core::unexpected(error_of("it takes no request"));
      }
    } else if (errno != EINTR) {
      return core::unexpected(core::system_error("cannot send", errno));
    }
  }
  return {};
}

core::Result<std::string> receive(int fd, std::size_t bytes_max, core::TimePoint until) {
  constexpr std::size_t kPiece = 65536;
  std::string bytes;
  for (;;) {
    const std::size_t filled = bytes.size();
    if (filled == bytes_max) return bytes;
    if (!wait_until_ready(fd, POLLIN, until)) {
      return core::unexpected(error_of("no answer in time"));
    }
    bytes.resize(filled + std::min(kPiece, bytes_max - filled));
    const ssize_t received = ::recv(fd, bytes.data() + filled, bytes.size() - filled, 0);
    const int reason = errno;
    bytes.resize(filled + static_cast<std::size_t>(std::max<ssize_t>(received, 0)));
    if (received == 0) return bytes;
    if (received < 0 && reason != EAGAIN && reason != EINTR) {
      return core::unexpected(core::system_error("no answer", reason));
    }
  }
}

}  // namespace

core::Result<std::string> ask_server(const core::SocketAddress& address, std::string_view request,
                                     std::size_t bytes_max, core::TimePoint until) {
  auto fd = connect_to(address, until);
  if (!fd) return core::unexpected(fd.error());
  if (auto sent = send_all(fd->get(), request, until); !sent) {
    return core::unexpected(sent.error());
  }
  return receive(fd->get(), bytes_max, until);
}

}  // namespace server
