// Goal: a byte offset becomes the line and column that an editor shows.
// Method: a table over one text with tabs, CRLF and UTF-8; a long line against plain counting.
#include "config/source_text.h"

#include <doctest/doctest.h>

#include <string>

#include "config/utf8.h"

TEST_SUITE("config/source_text") {
  TEST_CASE("places count characters from 1") {
    const std::string text =
        "a\n\tgr\xC3\xBC\xC3\x9F"
        "e\r\n\nend";
    const config::SourceText source(text, "f");
    struct Case {
      std::size_t offset;
      std::size_t line;
      std::size_t column;
    };
    const Case cases[] = {{0, 1, 1}, {1, 1, 2}, {2, 2, 1},  {3, 2, 2},  {5, 2, 4},
                          {7, 2, 5}, {9, 2, 6}, {12, 3, 1}, {13, 4, 1}, {16, 4, 4}};
    for (const Case& test : cases) {
      CAPTURE(test.offset);
      const config::Place place = source.place_at(test.offset);
      CHECK(place.line == test.line);
      CHECK(place.column == test.column);
    }
  }

  TEST_CASE("lines are without their breaks") {
    const std::string text =
        "a\n\tgr\xC3\xBC\xC3\x9F"
        "e\r\n\nend";
    const config::SourceText source(text, "f");
    CHECK(source.place_at(0).file == "f");
    const config::Span line = source.line_at(7);
    CHECK(text.substr(line.offset, line.size) ==
          "\tgr\xC3\xBC\xC3\x9F"
          "e");
    CHECK(source.line_at(12).size == 0);
  }

  TEST_CASE("an empty text has one empty line") {
    const config::SourceText source("", "f");
    CHECK(source.place_at(0).line == 1);
    CHECK(source.place_at(0).column == 1);
    CHECK(source.line_at(0).size == 0);
  }

  TEST_CASE("columns are right in a line longer than any block") {
    std::string text = "x\n";
    for (int i = 0; i < 1000; ++i) text += i % 3 == 0 ? "\xE2\x82\xAC" : "a";
    const config::SourceText source(text, "f");
    for (std::size_t offset = 2; offset <= text.size(); ++offset) {
      const std::size_t before =
          config::count_characters(std::string_view(text).substr(2, offset - 2));
      REQUIRE(source.place_at(offset).column == before + 1);
    }
  }
}
