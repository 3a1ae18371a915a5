// Goal: the specification's dates are RFC 9110 5.6.7's. Method: the RFC's examples, and the places
// where calendars and two-digit years are easily got wrong.
#include "tests/specification/http_date.h"

#include <doctest/doctest.h>

using specification::date_text;
using specification::read_date;

TEST_CASE("the three formats of one date") {
  CHECK(read_date("Sun, 06 Nov 1994 08:49:37 GMT", 0) == 784111777);
  CHECK(read_date("Sunday, 06-Nov-94 08:49:37 GMT", 784111777) == 784111777);
  CHECK(read_date("Sun Nov  6 08:49:37 1994", 0) == 784111777);
  CHECK(read_date("Sun Nov 06 08:49:37 1994", 0) == 784111777);
  CHECK(date_text(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(date_text(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(date_text(253'402'300'799) == "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST_CASE("what is no date") {
  for (const char* text : {"", "Sun, 6 Nov 1994 08:49:37 GMT", "sun, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 anF 1994 08:49:37 GMT", "Sun, 31 Apr 1994 08:49:37 GMT",
                           "Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
                           "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT"}) {
    CAPTURE(text);
    CHECK(!read_date(text, 0));
  }
}

TEST_CASE("a two-digit year is the latest that is not more than 50 years ahead") {
  const std::int64_t now = *read_date("Sun, 06 Nov 1994 08:49:37 GMT", 0);
  CHECK(read_date("Sunday, 06-Nov-44 08:49:37 GMT", now) ==
        read_date("Sun, 06 Nov 2044 08:49:37 GMT", 0));
  CHECK(read_date("Sunday, 06-Nov-44 08:49:38 GMT", now) ==
        read_date("Sun, 06 Nov 1944 08:49:38 GMT", 0));
}
