#include "prove/admin_client.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/unique_fd.h"
#include "core/io/socket.h"

namespace prove {
namespace {

core::Error failure(std::string_view attempted, int error) {
  return core::system_error(fmt::format("the admin: cannot {}", attempted), error);
}

// From now on a call that waits ends at `until` (EAGAIN); false: that has passed.
bool limit_waits(int fd, core::TimePoint until) {
  const auto left =
      std::chrono::duration_cast<std::chrono::microseconds>(until - core::Clock::now());
  if (left.count() <= 0) return false;
  timeval limit{};
  limit.tv_sec = left.count() / 1'000'000;
  limit.tv_usec = left.count() % 1'000'000;
  return ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
         ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0;
}

core::Result<std::string> receive_all(int fd, core::TimePoint until) {
  std::string bytes;
  std::array<char, 16'384> buffer{};
  while (limit_waits(fd, until)) {
    const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (size == 0) return bytes;
    if (size > 0) bytes.append(buffer.data(), static_cast<std::size_t>(size));
    if (size < 0 && errno != EINTR && errno != EAGAIN) {
      return core::unexpected(failure("receive", errno));
    }
  }
  return core::unexpected(core::Error{"the admin gives no answer in time"});
}

}  // namespace

core::Result<AdminAnswer> ask_admin(std::uint16_t port, const std::string& path,
                                    std::chrono::milliseconds limit) {
  const core::TimePoint until = core::Clock::now() + limit;
  const auto address = core::SocketAddress::parse("127.0.0.1", port);
  if (!address) return core::unexpected(address.error());
  const core::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid() || !limit_waits(fd.get(), until)) {
    return core::unexpected(failure("make a socket", errno));
  }
  if (::connect(fd.get(), address->data(), address->size()) != 0) {
    return core::unexpected(failure("connect", errno));
  }
  const std::string request =
      fmt::format("GET {} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n", path);
  if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return core::unexpected(failure("send", errno));
  }
  const auto bytes = receive_all(fd.get(), until);
  if (!bytes) return core::unexpected(bytes.error());
  return read_admin_answer(*bytes);
}

core::Result<AdminAnswer> read_admin_answer(std::string_view bytes) {
  constexpr std::string_view kBegin = "HTTP/1.1 ";
  const auto head_end = bytes.find("\r\n\r\n");
  AdminAnswer answer;
  if (bytes.starts_with(kBegin) && head_end != std::string_view::npos) {
    const char* digits = bytes.data() + kBegin.size();
    std::from_chars(digits, bytes.data() + head_end, answer.status);
    answer.body = bytes.substr(head_end + 4);
  }
  if (answer.status == 0) return core::unexpected(core::Error{"the admin's answer is no answer"});
  return answer;
}

}  // namespace prove
