// Goal: a violated invariant ends the process and says where; one that holds costs nothing but
// itself. Method: the violation happens in a forked child.

#include "core/base/invariant.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/core/base/death.h"

TEST_CASE("a condition that holds is evaluated once and nothing happens") {
  int evaluated = 0;
  INVARIANT(++evaluated == 1);
  CHECK(evaluated == 1);
}

TEST_CASE("a violation aborts, and its last words name the condition, the file and the line") {
  int line = 0;
  const int apples = 3;
  const test::Death death = test::death_of([&] { INVARIANT(apples == 4); });
  line = __LINE__ - 1;
  CHECK(death.aborted);
  CHECK(death.last_words.find("apples == 4") != std::string::npos);
  const std::string place = "invariant_test.cc:" + std::to_string(line);
  CHECK(death.last_words.find(place) != std::string::npos);
  CHECK(death.last_words.back() == '\n');
}

TEST_CASE("a pointer is a condition too") {
  const int number = 0;
  const int* somewhere = &number;
  const int* nowhere = nullptr;
  CHECK_FALSE(test::dies([&] { INVARIANT(somewhere); }));
  CHECK(test::dies([&] { INVARIANT(nowhere); }));
}

TEST_CASE("it is one expression and binds to the if it stands in") {
  bool went_on = false;
  if (went_on)
    INVARIANT(false);
  else
    went_on = true;
  CHECK(went_on);
}
