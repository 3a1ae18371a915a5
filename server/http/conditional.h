// Conditional requests: whether a request goes on, given what the client says it knows. Pure
// functions, any thread, no allocation. They are asked about a representation that exists and would
// be answered with 2xx (RFC 9110 13.2.1): a 404 or a redirect ignores preconditions. Nothing fails:
// what cannot be read is ignored where the RFC says so, and otherwise matches nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/http/method.h"

namespace server {

// Of the selected representation, as they stand in the response.
struct Validators {
  std::string_view etag{};  // with quotes and perhaps W/; empty: has none
  // nullopt: has none. RFC 9110 8.8.2.1: not later than now, whatever the file system says.
  std::optional<std::int64_t> last_modified_seconds{};
};

// The fields of the request; nullopt when absent, which is not the same as empty. Several lines of
// one field are joined with a comma by whoever fills this.
struct Preconditions {
  std::optional<std::string_view> if_match{};
  std::optional<std::string_view> if_none_match{};
  std::optional<std::string_view> if_modified_since{};
  std::optional<std::string_view> if_unmodified_since{};
  std::optional<std::string_view> if_range{};
};

enum class Outcome {
  kProceed,
  kNotModified,        // 304
  kPreconditionFailed  // 412
};

// RFC 9110 13.2.2, steps 1 to 4; step 5 is range_applies(). `now`, in seconds since the epoch, only
// serves to read two-digit years: 13.1.3 has no exception for a date that lies ahead of our clock
// (RFC 2616 had), so such a date is compared like any other.
[[nodiscard]] Outcome evaluate(const Preconditions& preconditions, const Validators& validators,
                               Method method, std::int64_t now);

// RFC 9110 13.1.5: whether a Range field next to this If-Range field counts; when not, the whole
// representation is sent. An entity tag needs a strong match, so a weak one never does. A date must
// be exactly ours, and strong in the sense of 8.8.2.2: the second it names has passed, so no change
// can still hide in it (that none hid when the client read it, the client vouches for by sending
// it).
[[nodiscard]] bool range_applies(std::string_view if_range, const Validators& validators,
                                 std::int64_t now);

}  // namespace server
