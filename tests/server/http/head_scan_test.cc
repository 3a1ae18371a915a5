// Goal: a head ends where RFC 9112 says, its lines end with CRLF and nothing else, and none is
// folded or nameless; the verdict does not depend on how the bytes were cut. Method: a table, each
// row whole and byte by byte.
#include "server/http/head_scan.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using server::HeadScan;
using server::HeadState;
using server::scan_head;

namespace {

constexpr std::size_t kSizeMax = 100;

struct Verdict {
  HeadState state = HeadState::kIncomplete;
  std::size_t position = 0;
};

Verdict whole(std::string_view bytes, bool trailers = false) {
  HeadScan scan;
  scan.saw_start_line = trailers;
  const HeadState state = scan_head(bytes, kSizeMax, scan);
  return {state, scan.position};
}

// Asked again for every byte, as long as the answer is "incomplete".
Verdict byte_by_byte(std::string_view bytes, bool trailers = false) {
  HeadScan scan;
  scan.saw_start_line = trailers;
  HeadState state = HeadState::kIncomplete;
  for (std::size_t size = 0; size <= bytes.size() && state == HeadState::kIncomplete; ++size) {
    state = scan_head(bytes.substr(0, size), kSizeMax, scan);
  }
  return {state, scan.position};
}

void check_state(const std::string& bytes, HeadState expected, bool trailers = false) {
  CAPTURE(bytes);
  CHECK((whole(bytes, trailers).state == expected));
  CHECK((byte_by_byte(bytes, trailers).state == expected));
}

}  // namespace

TEST_CASE("a head ends with its empty line, and what follows is not looked at") {
  for (const std::string head : {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                                 "anything: at all\r\n\r\n"}) {
    for (const std::string behind : {"", "GET", "\r\n", "\n \r", " :"}) {
      CAPTURE(head);
      CAPTURE(behind);
      CHECK((whole(head + behind).state == HeadState::kComplete));
      CHECK(whole(head + behind).position == head.size());
      CHECK(byte_by_byte(head + behind).position == head.size());
    }
  }
}

TEST_CASE("a line that is not complete is not judged") {
  for (const std::string bytes :
       {"", "G", "GET / HTTP/1.1", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\n\r",
        "a\r\n b", "a\r\n:", "a\rb", "\r"}) {
    check_state(bytes, HeadState::kIncomplete);
  }
}

TEST_CASE("lines that no head may have") {
  for (const std::string bytes : {
           "\n",                       // LF alone
           "a\n",                      //
           "a\r\nb\n",                 //
           "a\r\n\n",                  // as the end
           " a\r\n",                   // white space in front of the start line
           "\ta\r\n",                  //
           "\r\n",                     // not skipped here
           "a\r\n b\r\n",              // RFC 9112 5.2: folding
           "a\r\n\tb\r\n",             //
           "a\r\n \r\n",               //
           "a\r\nb: c\r\n d\r\n\r\n",  //
           "a\r\n: b\r\n",             // RFC 9112 5.1: no name
           "a\r\n:\r\n",               //
       }) {
    check_state(bytes, HeadState::kBad);
  }
}

TEST_CASE("what is inside a line is for its parser") {
  check_state("a\rb\r\n\r\n", HeadState::kComplete);
  check_state("a\r\r\n\r\n", HeadState::kComplete);
  check_state("a\r\nb: \r\r\n\r\n", HeadState::kComplete);
  check_state(std::string("a\0b\r\n\r\n", 7), HeadState::kComplete);
}

TEST_CASE("a colon may begin a start line: the parser judges that one") {
  check_state(":a\r\n\r\n", HeadState::kComplete);
}

TEST_CASE("a trailer section has no start line") {
  check_state("\r\n", HeadState::kComplete, true);
  check_state("a: b\r\n\r\n", HeadState::kComplete, true);
  check_state(": b\r\n\r\n", HeadState::kBad, true);
  check_state(" a: b\r\n\r\n", HeadState::kBad, true);
  check_state("a: b\r\n", HeadState::kIncomplete, true);
}

TEST_CASE("the size: at the limit, and one more") {
  const std::string end = "\r\n\r\n";
  check_state(std::string(kSizeMax - end.size(), 'a') + end, HeadState::kComplete);
  check_state(std::string(kSizeMax - end.size() + 1, 'a') + end, HeadState::kTooLong);
  check_state(std::string(kSizeMax - 1, 'a'), HeadState::kIncomplete);
  check_state(std::string(kSizeMax, 'a'), HeadState::kTooLong);
  // The last byte that counts is the LF: a CR at the limit is no end.
  check_state(std::string(kSizeMax - 3, 'a') + end, HeadState::kTooLong);
}

TEST_CASE("a bad line counts only within the limit, whole or cut") {
  check_state(std::string(kSizeMax - 1, 'a') + "\n", HeadState::kBad);
  check_state(std::string(kSizeMax, 'a') + "\n", HeadState::kTooLong);
  check_state(std::string(5 * kSizeMax, 'a') + "\n", HeadState::kTooLong);
}

TEST_CASE("whether the start line had an end is known when a head is too long") {
  HeadScan without;
  CHECK((scan_head(std::string(200, 'a'), kSizeMax, without) == HeadState::kTooLong));
  CHECK_FALSE(without.saw_start_line);
  HeadScan with;
  CHECK((scan_head("a\r\n" + std::string(200, 'a'), kSizeMax, with) == HeadState::kTooLong));
  CHECK(with.saw_start_line);
}
