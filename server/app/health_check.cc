#include "server/app/health_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "core/base/clock.h"
#include "server/app/exit_code.h"
#include "server/app/plain_client.h"

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
  const std::string request = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: ouro-health\r\n"
      "Connection: close\r\n\r\n",
      target.target, target.host);
  auto line = ask_server(target.address, request, kStatusLineBytes, core::Clock::now() + limit);
  if (!line) return core::unexpected(line.error());
  if (line->size() < kStatusLineBytes) {
    return core::unexpected(error_of("the connection ended before an answer"));
  }
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
