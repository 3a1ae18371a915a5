// Goal: an answer is complained about for the first thing that is wrong with it, and only then.
// Method: answers by hand.

#include "loadtest/expectation.h"

#include <doctest/doctest.h>

#include "loadtest/plan.h"
#include "loadtest/response_parser.h"

using loadtest::complaint_about;
using loadtest::Mishap;
using loadtest::Options;
using loadtest::ResponseParser;

TEST_CASE("status, length and digest, in this order") {
  ResponseParser response(false, true);
  static_cast<void>(response.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
  REQUIRE(response.state() == ResponseParser::State::kComplete);
  Options options;
  CHECK_FALSE(complaint_about(response, options));
  options.expect_length = 5;
  options.expect_digest = loadtest::fnv1a("hello");
  CHECK_FALSE(complaint_about(response, options));

  options.expect_digest = loadtest::fnv1a("hullo");
  auto complaint = complaint_about(response, options);
  REQUIRE(complaint);
  CHECK(complaint->mishap == Mishap::kDigest);
  CHECK(complaint->text == "a430d84680aabd0b, expected ce0ad7c25694fafb");

  options.expect_length = 6;
  complaint = complaint_about(response, options);
  REQUIRE(complaint);
  CHECK(complaint->mishap == Mishap::kLength);
  CHECK(complaint->text == "a body of 5 bytes, expected 6");

  options.expect_status = 404;
  complaint = complaint_about(response, options);
  REQUIRE(complaint);
  CHECK(complaint->mishap == Mishap::kStatus);
  CHECK(complaint->text == "200, expected 404");
}
