// Plan: what a scripted client is going to ask on one connection, and what it has to be answered,
// known from the start: the answers of the scripted handler are functions of the request. Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http1_session.h"
#include "tests/simulation/guard.h"
#include "tests/simulation/random.h"

namespace simulation {

// The content of an answer that is no file, byte by byte.
[[nodiscard]] char text_byte(std::uint64_t seed, std::uint64_t offset);
// What a sink makes of the content it got.
[[nodiscard]] std::string digest_of(const std::string& content);

struct PlannedExchange {
  std::string request;  // with what stands behind it when that must never be looked at

  int status = 200;
  enum class Content { kText, kFile, kLiteral, kAny } content = Content::kAny;
  std::uint64_t seed = 0;      // kText
  std::uint64_t offset = 0;    // kFile
  std::uint64_t size = 0;      // kText, kFile: as announced
  std::string literal;         // kLiteral
  bool no_content = false;     // HEAD, 304
  bool streamed = false;       // kText: comes over time, its size is not announced
  bool asks_to_go_on = false;  // "100 Continue" comes first
  bool last = false;           // the connection ends with this answer
  bool truncated = false;      // and in the middle of it: the file was shorter

  // Its content is held back until the server asks for it ("100 Continue"). 0: it is not.
  std::size_t held_from = 0;  // offset in `request`

  // Of a protected route: what is above is for those who are let in.
  std::optional<Guard> guard;
  // The content of the request is taken when its user is known already; else it is not, the answer
  // is kUnread, and the connection may end.
  bool may_be_unread = false;
};

inline constexpr std::string_view kUnread = "unread\n";

using Plan = std::vector<PlannedExchange>;

// For a server with `limits`, which is reached over `scheme`: "http" or "https".
[[nodiscard]] Plan make_plan(Random& random, const server::HttpLimits& limits,
                             std::string_view scheme, const GuardHabits& habits);
[[nodiscard]] server::HttpLimits simulated_limits();

}  // namespace simulation
