// Goal: characters are found where they are, and nothing that is not UTF-8 passes.
// Method: tables of byte sequences, among them each class of malformed ones of Unicode's table 3-7.
#include "config/utf8.h"

#include <doctest/doctest.h>

#include <string_view>

TEST_SUITE("config/utf8") {
  TEST_CASE("valid characters of every length, at the bounds of each") {
    struct Case {
      std::string_view text;
      char32_t code_point;
    };
    constexpr Case kCases[] = {{"a", U'a'},
                               {"\x7F", 0x7F},
                               {"\xC2\x80", 0x80},
                               {"\xDF\xBF", 0x7FF},
                               {"\xE0\xA0\x80", 0x800},
                               {"\xED\x9F\xBF", 0xD7FF},
                               {"\xEE\x80\x80", 0xE000},
                               {"\xEF\xBF\xBF", 0xFFFF},
                               {"\xF0\x90\x80\x80", 0x10000},
                               {"\xF4\x8F\xBF\xBF", 0x10FFFF}};
    for (const Case& test : kCases) {
      CAPTURE(test.code_point);
      const config::Utf8Character character = config::decode_utf8(test.text, 0);
      CHECK(character.valid);
      CHECK(character.code_point == test.code_point);
      CHECK(character.size == test.text.size());
      CHECK_FALSE(config::find_invalid_utf8(test.text));
      CHECK(config::count_characters(test.text) == 1);
    }
  }

  TEST_CASE("malformed sequences are one invalid byte") {
    constexpr std::string_view kCases[] = {"\x80",              // a continuation alone
                                           "\xC0\x80",          // overlong NUL
                                           "\xC1\xBF",          // overlong
                                           "\xE0\x9F\xBF",      // overlong
                                           "\xF0\x8F\xBF\xBF",  // overlong
                                           "\xED\xA0\x80",      // surrogate
                                           "\xF4\x90\x80\x80",  // above U+10FFFF
                                           "\xF5\x80\x80\x80",
                                           "\xFF",
                                           "\xC3",      // cut
                                           "\xE2\x82",  // cut
                                           "\xC3("};
    for (const std::string_view text : kCases) {
      CAPTURE(text);
      CHECK_FALSE(config::decode_utf8(text, 0).valid);
      CHECK(config::decode_utf8(text, 0).size == 1);
      CHECK(config::find_invalid_utf8(text) == 0);
    }
    CHECK(config::find_invalid_utf8("gr\xC3\xBC\xDF!") == 4);
  }

  TEST_CASE("widths on a terminal") {
    CHECK(config::display_width(U'a') == 1);
    CHECK(config::display_width(0xFC) == 1);     // ü
    CHECK(config::display_width(0x0301) == 0);   // combining acute
    CHECK(config::display_width(0x6F22) == 2);   // 漢
    CHECK(config::display_width(0x1F600) == 2);  // emoji
    CHECK(config::is_unprintable(0x1B));         // ESC
    CHECK(config::is_unprintable(0x9B));         // CSI
    CHECK(config::is_unprintable(0x202E));       // right-to-left override
    CHECK_FALSE(config::is_unprintable(0x00A0));
  }
}
