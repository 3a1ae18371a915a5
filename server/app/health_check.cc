#include "server/app/health_check.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>

#include "core/base/clock.h"
#include "core/base/unique_fd.h"
#include "server/app/exit_code.h"

namespace server {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::uint16_t kDefaultPort = 80;
// "HTTP/1.1 200" (RFC 9112 4).
constexpr std::size_t kStatusLineBytes = 12;

core::Error error_of(std::string_view message) { return {std::string(message), 0}; }

struct Authority {
  std::string host;
  std::uint16_t port = kDefaultPort;
};

// The digits behind the colon; RFC 3986 3.2.3 lets them be missing.
std::optional<std::uint16_t> parse_port(std::string_view digits) {
  if (digits.empty()) return kDefaultPort;
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc{} || rest != end || port == 0) return std::nullopt;
  return port;
}

core::Result<Authority> parse_authority(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  std::size_t host_end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (host_end == std::string_view::npos) return core::unexpected(error_of("the ] is missing"));
  const std::string_view host = bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end);
  if (bracketed) ++host_end;
  const std::string_view rest = text.substr(host_end);
  if (host.empty() || bracketed != (host.find(':') != std::string_view::npos)) {
    return core::unexpected(error_of("not an address"));
  }
  const auto port = rest.empty()            ? std::optional(kDefaultPort)
                    : rest.starts_with(':') ? parse_port(rest.substr(1))
                                            : std::nullopt;
  if (!port) return core::unexpected(error_of("not a port"));
  return Authority{std::string(host == "localhost" ? "127.0.0.1" : host), *port};
}

// What would end the request line or mean nothing in it (RFC 9112 3.2).
bool is_allowed_in_target(char character) {
  return character > ' ' && character <= '~' && character != '#';
}

bool wait_for(int fd, short events, core::TimePoint until) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - core::Clock::now());
    if (left.count() <= 0) return false;
    pollfd request{fd, events, 0};
    const int count = ::poll(&request, 1, static_cast<int>(left.count()));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return false;
  }
}

core::Result<core::UniqueFd> connect_to(const core::SocketAddress& address, core::TimePoint until) {
  core::UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return core::unexpected(core::system_error("cannot make a socket", errno));
  if (::connect(fd.get(), address.data(), address.size()) == 0) return fd;
  int reason = errno;
  // EINTR: the connection goes on being made, as with EINPROGRESS (connect(2)).
  if (reason == EINPROGRESS || reason == EINTR) {
    if (!wait_for(fd.get(), POLLOUT, until)) return core::unexpected(error_of("no connection"));
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
      if (!wait_for(fd, POLLOUT, until)) return core::unexpected(error_of("it takes no request"));
    } else if (errno != EINTR) {
      return core::unexpected(core::system_error("cannot send", errno));
    }
  }
  return {};
}

// The first bytes of the answer: all that is needed.
core::Result<std::string> receive_status_line(int fd, core::TimePoint until) {
  std::array<char, kStatusLineBytes> bytes{};
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    if (!wait_for(fd, POLLIN, until)) return core::unexpected(error_of("no answer in time"));
    const ssize_t received = ::recv(fd, bytes.data() + filled, bytes.size() - filled, 0);
    if (received > 0) {
      filled += static_cast<std::size_t>(received);
    } else if (received == 0) {
      return core::unexpected(error_of("the connection ended before an answer"));
    } else if (errno != EAGAIN && errno != EINTR) {
      return core::unexpected(core::system_error("no answer", errno));
    }
  }
  return std::string(bytes.data(), bytes.size());
}

bool is_healthy(int status, Healthy healthy) {
  return healthy == Healthy::kOk ? status == 200 : status < 500;
}

core::Result<int> parse_status(std::string_view line) {
  constexpr std::size_t kStatusBegin = 9;
  int status = 0;
  const char* end = line.data() + line.size();
  const auto [rest, error] = std::from_chars(line.data() + kStatusBegin, end, status);
  const bool well_formed = line.starts_with("HTTP/1.") && line[kStatusBegin - 1] == ' ' &&
                           error == std::errc{} && rest == end && status >= 100;
  if (!well_formed) return core::unexpected(error_of("the answer is not HTTP/1.1"));
  return status;
}

}  // namespace

core::Result<HealthTarget> parse_health_url(std::string_view url) {
  if (!url.starts_with(kScheme)) {
    return core::unexpected(error_of("it must begin with http://"));
  }
  url.remove_prefix(kScheme.size());
  const std::size_t path = std::min(url.find_first_of("/?#"), url.size());
  auto authority = parse_authority(url.substr(0, path));
  if (!authority) return core::unexpected(authority.error());
  auto address = core::SocketAddress::parse(authority->host, authority->port);
  if (!address) {
    return core::unexpected(error_of("the host must be a numeric address or localhost"));
  }
  const std::string_view written = url.substr(path);
  std::string target(written.starts_with('/') ? "" : "/");
  target += written;
  if (!std::all_of(target.begin(), target.end(), is_allowed_in_target)) {
    return core::unexpected(error_of("the path must be of visible ASCII characters, without #"));
  }
  return HealthTarget{*address, std::string(url.substr(0, path)), std::move(target)};
}

core::Result<int> ask_for_status(const HealthTarget& target, std::chrono::milliseconds limit) {
  const core::TimePoint until = core::Clock::now() + limit;
  auto fd = connect_to(target.address, until);
  if (!fd) return core::unexpected(fd.error());
  const std::string request = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: ouro-health\r\n"
      "Connection: close\r\n\r\n",
      target.target, target.host);
  if (auto sent = send_all(fd->get(), request, until); !sent) {
    return core::unexpected(sent.error());
  }
  auto line = receive_status_line(fd->get(), until);
  if (!line) return core::unexpected(line.error());
  return parse_status(*line);
}

int check_health(const std::string& url, Healthy healthy) {
  const auto target = parse_health_url(url);
  if (!target) {
    fmt::print(stderr, "ouro: {}: {}\n", url, target.error().message);
    return kExitWrongInput;
  }
  const auto status = ask_for_status(*target);
  if (!status) {
    fmt::print(stderr, "ouro: {}: {}\n", url, status.error().message);
    return kExitFailed;
  }
  if (!is_healthy(*status, healthy)) {
    fmt::print(stderr, "ouro: {}: the answer is {}\n", url, *status);
    return kExitFailed;
  }
  return kExitDone;
}

}  // namespace server
