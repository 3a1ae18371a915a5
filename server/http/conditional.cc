#include "server/http/conditional.h"

#include "server/http/date.h"
#include "server/http/entity_tag.h"

namespace server {
namespace {

// RFC 9110 8.8.2.2: "at least one second after the Last-Modified value"
constexpr std::int64_t kStrongDateAgeSeconds = 1;

enum class Modified { kYes, kNo, kUnknown };

// RFC 9110 13.1.3, 13.1.4: a field that is no date (a list of dates is none), and a representation
// without a modification date, make the condition one to ignore.
Modified modified_after(std::string_view field, const Validators& validators, std::int64_t now) {
  if (!validators.last_modified_seconds) return Modified::kUnknown;
  const std::optional<std::int64_t> date = parse_date(field, now);
  if (!date) return Modified::kUnknown;
  return *validators.last_modified_seconds > *date ? Modified::kYes : Modified::kNo;
}

// RFC 9110 13.2.1: methods that neither select nor modify a representation.
bool ignores_preconditions(Method method) {
  return method == Method::kConnect || method == Method::kOptions || method == Method::kTrace;
}

// Steps 1 and 2: is the representation still the one the client means to act on?
bool holds_still(const Preconditions& preconditions, const Validators& validators,
                 std::int64_t now) {
  if (preconditions.if_match) {
    return etag_list_matches(*preconditions.if_match, validators.etag, EtagComparison::kStrong);
  }
  if (!preconditions.if_unmodified_since) return true;
  return modified_after(*preconditions.if_unmodified_since, validators, now) != Modified::kYes;
}

}  // namespace

Outcome evaluate(const Preconditions& preconditions, const Validators& validators, Method method,
                 std::int64_t now) {
  if (ignores_preconditions(method)) return Outcome::kProceed;
  if (!holds_still(preconditions, validators, now)) return Outcome::kPreconditionFailed;

  const bool reads = method == Method::kGet || method == Method::kHead;
  // Step 3: when If-None-Match is there, If-Modified-Since is not looked at (13.1.3).
  if (preconditions.if_none_match) {
    if (!etag_list_matches(*preconditions.if_none_match, validators.etag, EtagComparison::kWeak)) {
      return Outcome::kProceed;
    }
    return reads ? Outcome::kNotModified : Outcome::kPreconditionFailed;
  }
  // Step 4
  if (reads && preconditions.if_modified_since &&
      modified_after(*preconditions.if_modified_since, validators, now) == Modified::kNo) {
    return Outcome::kNotModified;
  }
  return Outcome::kProceed;
}

bool range_applies(std::string_view if_range, const Validators& validators, std::int64_t now) {
  // 13.1.5: the first three characters tell an entity tag from a date.
  if (if_range.substr(0, 3).find('"') != std::string_view::npos) {
    return entity_tag_size(if_range) == if_range.size() &&
           etags_equal(if_range, validators.etag, EtagComparison::kStrong);
  }
  const std::optional<std::int64_t> date = parse_date(if_range, now);
  if (!date || date != validators.last_modified_seconds) return false;
  return *date + kStrongDateAgeSeconds <= now;
}

}  // namespace server
