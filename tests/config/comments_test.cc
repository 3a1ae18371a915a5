// Goal: comments and trailing commas become blanks, everything else stays where it is.
// Method: a table; '_' in the expected text stands for a blank that replaced something.
#include "config/comments.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

TEST_SUITE("config/comments") {
  TEST_CASE("what is blanked") {
    struct Case {
      std::string_view text;
      std::string_view expected;
    };
    constexpr Case kCases[] = {{"", ""},
                               {"[1, 2]", "[1, 2]"},
                               {"1 // x\n2", "1 ____\n2"},
                               {"1 // x", "1 ____"},
                               {"1/**/2", "1____2"},
                               {"1/* a\nb */2", "1____\n____2"},
                               {"/*/ */1", "______1"},
                               {"// /* \n1", "______\n1"},
                               {"\"// /* */ ,]\"", "\"// /* */ ,]\""},
                               {"\"\\\" // \"// x", "\"\\\" // \"____"},
                               {"\"\\\\\"// x", "\"\\\\\"____"},
                               {"[1,]", "[1_]"},
                               {"{\"a\":1 , }", "{\"a\":1 _ }"},
                               {"[1, // x\n]", "[1_ ____\n]"},
                               {"[[1,],]", "[[1_]_]"},
                               {"[\"a\",]", "[\"a\"_]"},
                               {"[,]", "[,]"},
                               {"{,}", "{,}"},
                               {"[1,,]", "[1,,]"},
                               {"{\"a\":,}", "{\"a\":,}"},
                               {"1 / 2", "1 / 2"}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      std::string expected(test.expected);
      std::replace(expected.begin(), expected.end(), '_', ' ');
      const config::BlankedText blanked = config::blank_comments(test.text);
      CHECK(blanked.text == expected);
      CHECK_FALSE(blanked.unterminated);
    }
  }

  TEST_CASE("what has no end is an error where it begins, and the text ends there") {
    struct Case {
      std::string_view text;
      std::size_t offset;
      std::string_view message;
    };
    constexpr Case kCases[] = {{"[1 /* x", 3, "this comment is not closed"},
                               {"/*/", 0, "this comment is not closed"},
                               {"[\"abc", 1, "this string is not closed"},
                               {"[\"abc\n\"]", 1, "this string is not closed"},
                               {"[\"abc\\\n\"]", 1, "this string is not closed"},
                               {"\"\\", 0, "this string is not closed"},
                               {"\"\\\"", 0, "this string is not closed"}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const config::BlankedText blanked = config::blank_comments(test.text);
      REQUIRE(blanked.unterminated);
      CHECK(blanked.unterminated->span.offset == test.offset);
      CHECK(blanked.unterminated->message == test.message);
      CHECK(blanked.text.size() == test.offset);
    }
  }
}
