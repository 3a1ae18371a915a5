// Goal: a text that is written as a string is read back as it was, and harms no terminal. Method: a
// table, and each text through the parser and the replacement of variables.

#include "config/json_text.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/report.h"
#include "config/variables.h"

namespace {

std::string read_back(const std::string& text, bool with_variables) {
  auto document = config::parse_document(text);
  REQUIRE(document);
  const config::SourceText source(text, "f");
  config::Report report(source);
  if (with_variables) config::replace_variables(report, *document, "/");
  CHECK(report.empty());
  return document->string;
}

}  // namespace

TEST_SUITE("config/json_text") {
  TEST_CASE("what is escaped") {
    struct Row {
      std::string_view text;
      std::string_view json;
    };
    const std::vector<Row> rows = {
        {"", R"("")"},
        {"a/b \xC3\xBC", "\"a/b \xC3\xBC\""},
        {"\"\\", R"("\"\\")"},
        {"\n\t\x1b\x7f", R"("\n\u0009\u001b\u007f")"},
        {"\xC2\x85\xE2\x80\xAE", R"("\u0085\u202e")"},  // next line, right-to-left override
        {"\xF0\x9F\x90\x8D", "\"\xF0\x9F\x90\x8D\""},
        {"${", R"("${")"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.text);
      CHECK(config::json_string(row.text) == row.json);
      CHECK(read_back(config::json_string(row.text), false) == row.text);
    }
  }

  TEST_CASE("what is not UTF-8 is replaced") {
    CHECK(config::json_string("a\xFF\xC3") == R"("a\ufffd\ufffd")");
  }

  TEST_CASE("no variable begins in a literal") {
    for (const std::string text :
         {"", "$", "${", "$${", "$$${", "a${env:B}c", "${${", "$$", "{$", "\"${\n"}) {
      CAPTURE(text);
      CHECK(read_back(config::literal_string(text), true) == text);
    }
    CHECK(config::literal_string("a${b}") == R"("a$${b}")");
    CHECK(config::escape_variables("$${") == "$$${");
  }
}
