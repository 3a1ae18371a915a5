// Goal: RFC 9110 13.2.2, in its order, for every combination of fields. Method: one table per
// field, then a sweep over all combinations against the RFC's steps written down as a decision
// list.
#include "server/http/conditional.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string_view>

using server::evaluate;
using server::Method;
using server::Outcome;
using server::Preconditions;
using server::range_applies;
using server::Validators;

namespace {

// The file changed on Sat, 29 Oct 1994 19:43:31 GMT (the RFC's example date).
constexpr std::int64_t kModified = 783'459'811;
constexpr std::int64_t kNow = kModified + 1'000'000;
constexpr std::string_view kBefore = "Sat, 29 Oct 1994 19:43:30 GMT";
constexpr std::string_view kSame = "Sat, 29 Oct 1994 19:43:31 GMT";
constexpr std::string_view kAfter = "Sat, 29 Oct 1994 19:43:32 GMT";
constexpr std::string_view kFuture = "Fri, 31 Dec 9999 23:59:59 GMT";
constexpr std::string_view kTag = R"("xyzzy")";
constexpr std::string_view kWeakTag = R"(W/"xyzzy")";
constexpr std::string_view kOtherTag = R"("other")";
constexpr Validators kFile{.etag = kTag, .last_modified_seconds = kModified};
constexpr Validators kBare{};

constexpr Method kReading[] = {Method::kGet, Method::kHead};
constexpr Method kWriting[] = {Method::kPost, Method::kPut, Method::kDelete, Method::kPatch,
                               Method::kUnknown};

Outcome outcome(const Preconditions& preconditions, Method method = Method::kGet,
                const Validators& validators = kFile) {
  return evaluate(preconditions, validators, method, kNow);
}

}  // namespace

TEST_CASE("no precondition, nothing to fail") {
  CHECK(outcome({}) == Outcome::kProceed);
  CHECK(outcome({.if_range = kOtherTag}) == Outcome::kProceed);
}

TEST_CASE("RFC 9110 13.1.1: If-Match compares strongly, for every method") {
  for (const Method method : {Method::kGet, Method::kHead, Method::kPut, Method::kDelete}) {
    CHECK(outcome({.if_match = kTag}, method) == Outcome::kProceed);
    CHECK(outcome({.if_match = "*"}, method) == Outcome::kProceed);
    CHECK(outcome({.if_match = R"("other", "xyzzy")"}, method) == Outcome::kProceed);
    CHECK(outcome({.if_match = kOtherTag}, method) == Outcome::kPreconditionFailed);
    CHECK(outcome({.if_match = kWeakTag}, method) == Outcome::kPreconditionFailed);
    CHECK(outcome({.if_match = "garbage"}, method) == Outcome::kPreconditionFailed);
    CHECK(outcome({.if_match = ""}, method) == Outcome::kPreconditionFailed);
  }
  CHECK(outcome({.if_match = kWeakTag}, Method::kPut, {.etag = kWeakTag}) ==
        Outcome::kPreconditionFailed);
  CHECK(outcome({.if_match = "*"}, Method::kPut, kBare) == Outcome::kProceed);
  CHECK(outcome({.if_match = kTag}, Method::kPut, kBare) == Outcome::kPreconditionFailed);
}

TEST_CASE("RFC 9110 13.1.2: If-None-Match compares weakly, 304 or 412") {
  for (const std::string_view field : {kTag, kWeakTag, std::string_view("*")}) {
    CAPTURE(field);
    for (const Method method : kReading) {
      CHECK(outcome({.if_none_match = field}, method) == Outcome::kNotModified);
    }
    for (const Method method : kWriting) {
      CHECK(outcome({.if_none_match = field}, method) == Outcome::kPreconditionFailed);
    }
  }
  for (const std::string_view field :
       {kOtherTag, std::string_view(""), std::string_view("xyzzy")}) {
    CAPTURE(field);
    CHECK(outcome({.if_none_match = field}) == Outcome::kProceed);
    CHECK(outcome({.if_none_match = field}, Method::kPut) == Outcome::kProceed);
  }
}

TEST_CASE("RFC 9110 13.1.3: If-Modified-Since, for GET and HEAD only") {
  for (const Method method : kReading) {
    CHECK(outcome({.if_modified_since = kBefore}, method) == Outcome::kProceed);
    CHECK(outcome({.if_modified_since = kSame}, method) == Outcome::kNotModified);
    CHECK(outcome({.if_modified_since = kAfter}, method) == Outcome::kNotModified);
  }
  for (const Method method : kWriting) {
    CHECK(outcome({.if_modified_since = kSame}, method) == Outcome::kProceed);
  }
  // The obsolete forms of 5.6.7 count too.
  CHECK(outcome({.if_modified_since = "Saturday, 29-Oct-94 19:43:31 GMT"}) ==
        Outcome::kNotModified);
  CHECK(outcome({.if_modified_since = "Sat Oct 29 19:43:31 1994"}) == Outcome::kNotModified);
}

TEST_CASE("RFC 9110 13.1.3: a date ahead of our clock is a date like any other") {
  CHECK(outcome({.if_modified_since = kFuture}) == Outcome::kNotModified);
}

TEST_CASE("RFC 9110 13.1.3, 13.1.4: what is no date is ignored, and so is a date about nothing") {
  for (const std::string_view field :
       {std::string_view(""), std::string_view("0"), std::string_view("Sat, 29 Oct 1994"),
        std::string_view("Sat, 29 Oct 1994 19:43:31 GMT; length=10"),
        std::string_view("Sat, 29 Oct 1994 19:43:31 GMT, Sat, 29 Oct 1994 19:43:31 GMT")}) {
    CAPTURE(field);
    CHECK(outcome({.if_modified_since = field}) == Outcome::kProceed);
    CHECK(outcome({.if_unmodified_since = field}) == Outcome::kProceed);
  }
  CHECK(outcome({.if_modified_since = kFuture}, Method::kGet, kBare) == Outcome::kProceed);
  CHECK(outcome({.if_unmodified_since = kBefore}, Method::kPut, kBare) == Outcome::kProceed);
}

TEST_CASE("RFC 9110 13.1.4: If-Unmodified-Since, for every method") {
  for (const Method method : {Method::kGet, Method::kHead, Method::kPut, Method::kDelete}) {
    CHECK(outcome({.if_unmodified_since = kBefore}, method) == Outcome::kPreconditionFailed);
    CHECK(outcome({.if_unmodified_since = kSame}, method) == Outcome::kProceed);
    CHECK(outcome({.if_unmodified_since = kAfter}, method) == Outcome::kProceed);
  }
}

TEST_CASE("RFC 9110 13.2.2: entity tags silence the dates, the If-Match pair comes first") {
  CHECK(outcome({.if_match = kTag, .if_unmodified_since = kBefore}) == Outcome::kProceed);
  CHECK(outcome({.if_none_match = kOtherTag, .if_modified_since = kSame}) == Outcome::kProceed);
  CHECK(outcome({.if_none_match = kTag, .if_modified_since = kBefore}) == Outcome::kNotModified);
  CHECK(outcome({.if_match = kOtherTag, .if_none_match = kTag}) == Outcome::kPreconditionFailed);
  CHECK(outcome({.if_match = kTag, .if_none_match = kTag}) == Outcome::kNotModified);
  CHECK(outcome({.if_modified_since = kSame, .if_unmodified_since = kBefore}) ==
        Outcome::kPreconditionFailed);
  CHECK(outcome({.if_modified_since = kSame, .if_unmodified_since = kSame}) ==
        Outcome::kNotModified);
  CHECK(outcome({.if_none_match = kTag, .if_unmodified_since = kBefore}, Method::kPut) ==
        Outcome::kPreconditionFailed);
}

TEST_CASE("RFC 9110 13.2.1: CONNECT, OPTIONS and TRACE have no preconditions") {
  for (const Method method : {Method::kConnect, Method::kOptions, Method::kTrace}) {
    CHECK(outcome({.if_match = kOtherTag,
                   .if_none_match = "*",
                   .if_modified_since = kSame,
                   .if_unmodified_since = kBefore},
                  method) == Outcome::kProceed);
  }
}

namespace {

enum class Condition { kAbsent, kTrue, kFalse };

std::optional<std::string_view> field(Condition condition, std::string_view when_true,
                                      std::string_view when_false) {
  if (condition == Condition::kAbsent) return std::nullopt;
  return condition == Condition::kTrue ? when_true : when_false;
}

// Steps 1 to 4 of 13.2.2, one line each: If-Match, If-Unmodified-Since, If-None-Match,
// If-Modified-Since.
Outcome by_the_steps(Condition im, Condition ius, Condition inm, Condition ims, bool get_or_head) {
  if (im == Condition::kFalse) return Outcome::kPreconditionFailed;
  if (im == Condition::kAbsent && ius == Condition::kFalse) return Outcome::kPreconditionFailed;
  if (inm == Condition::kFalse) {
    return get_or_head ? Outcome::kNotModified : Outcome::kPreconditionFailed;
  }
  if (get_or_head && inm == Condition::kAbsent && ims == Condition::kFalse) {
    return Outcome::kNotModified;
  }
  return Outcome::kProceed;
}

}  // namespace

TEST_CASE("RFC 9110 13.2.2: every combination, against the steps as the RFC lists them") {
  constexpr int kCombinations = 3 * 3 * 3 * 3;
  for (int i = 0; i < kCombinations; ++i) {
    const auto im = static_cast<Condition>(i % 3);
    const auto ius = static_cast<Condition>(i / 3 % 3);
    const auto inm = static_cast<Condition>(i / 9 % 3);
    const auto ims = static_cast<Condition>(i / 27);
    CAPTURE(i);
    const Preconditions preconditions{.if_match = field(im, kTag, kOtherTag),
                                      .if_none_match = field(inm, kOtherTag, kTag),
                                      .if_modified_since = field(ims, kBefore, kSame),
                                      .if_unmodified_since = field(ius, kSame, kBefore)};
    CHECK(outcome(preconditions, Method::kGet) == by_the_steps(im, ius, inm, ims, true));
    CHECK(outcome(preconditions, Method::kHead) == by_the_steps(im, ius, inm, ims, true));
    CHECK(outcome(preconditions, Method::kPut) == by_the_steps(im, ius, inm, ims, false));
  }
}

TEST_CASE("RFC 9110 13.1.5: If-Range with an entity tag compares strongly") {
  CHECK(range_applies(kTag, kFile, kNow));
  constexpr std::string_view kNotOurs[] = {
      kOtherTag, kWeakTag, "*",           "",   "xyzzy",
      "\"xyzzy", "W/",     R"("xyzzy" )", "\"", R"("xyzzy", "other")"};
  for (const std::string_view field : kNotOurs) {
    CAPTURE(field);
    CHECK_FALSE(range_applies(field, kFile, kNow));
  }
  CHECK_FALSE(range_applies(kWeakTag, {.etag = kWeakTag}, kNow));
  CHECK_FALSE(range_applies(kTag, {.etag = kWeakTag}, kNow));
  CHECK_FALSE(range_applies(kTag, kBare, kNow));
}

TEST_CASE("RFC 9110 13.1.5: If-Range with a date must be exactly ours") {
  CHECK(range_applies(kSame, kFile, kNow));
  CHECK_FALSE(range_applies(kBefore, kFile, kNow));
  CHECK_FALSE(range_applies(kAfter, kFile, kNow));
  CHECK_FALSE(range_applies(kSame, kBare, kNow));
  CHECK_FALSE(range_applies("Sat, 29 Oct 1994", kFile, kNow));
}

TEST_CASE("RFC 9110 8.8.2.2: a date is strong once its second has passed") {
  CHECK(range_applies(kSame, kFile, kModified + 1));
  CHECK_FALSE(range_applies(kSame, kFile, kModified));
  CHECK_FALSE(range_applies(kSame, kFile, kModified - 1));
  CHECK_FALSE(range_applies(kSame, kFile, INT64_MIN));
}
