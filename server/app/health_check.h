// `ouro health`: asks a running server whether it answers, so that a container needs no other HTTP
// client. Main thread; blocks for two seconds at most. Everything that can fail is a sentence for
// the one who asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/io/socket.h"

namespace server {

inline constexpr std::chrono::milliseconds kHealthLimit{2000};

// What an http:// URL means to the check.
struct HealthTarget {
  core::SocketAddress address;
  std::string host;    // the Host field: as written in the URL (RFC 9110 7.2)
  std::string target;  // the request target, in origin form (RFC 9112 3.2.1)
};

// http://HOST[:PORT][/PATH[?QUERY]], HOST a numeric address or localhost (127.0.0.1): a check that
// waits for DNS would measure DNS.
[[nodiscard]] core::Result<HealthTarget> parse_health_url(std::string_view url);

// One GET; the status that came back. The limit covers all of it.
[[nodiscard]] core::Result<int> ask_for_status(const HealthTarget& target,
                                               std::chrono::milliseconds limit = kHealthLimit);

// What the admin of a server with the default address answers.
inline constexpr const char* kAdminHealthUrl = "http://127.0.0.1:9180/healthz";

// Of a page that was made for the question only 200 is healthy. Of any other all below 500 is: 404
// is the answer of a server that works.
enum class Healthy : std::uint8_t { kOk, kBelow500 };

// The whole command; returns the exit code and says on standard error why it is not 0.
[[nodiscard]] int check_health(const std::string& url, Healthy healthy);

}  // namespace server
