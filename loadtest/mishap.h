// Mishap: the ways in which a request fails to get the right answer, by the names that the report
// uses. Values; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace loadtest {

enum class Mishap : std::uint8_t {
  kConnect,  // no connection
  kTls,      // a connection, but no TLS
  kStatus,   // another status than expected, or what is no HTTP response
  kLength,   // another length than expected, or one that cannot be told
  kDigest,   // another body
  kClosed,   // the connection ended before the answer did, and nobody had announced it
  kTimeout,  // no whole answer within the time limit
};
inline constexpr std::size_t kMishapCount = 7;

[[nodiscard]] constexpr std::string_view name_of(Mishap mishap) {
  constexpr std::array<std::string_view, kMishapCount> kNames{
      "connect", "tls", "status", "length", "digest", "closed", "timeout"};
  return kNames[static_cast<std::size_t>(mishap)];
}

}  // namespace loadtest
