// Goal: each way to get JSON wrong is told in words and at the place a person would look.
// Method: a table of texts with the place (line 1) and the words; they go through the whole loader,
// because what the parser had accepted is half of the explanation.
#include "config/syntax_error.h"

#include <doctest/doctest.h>

#include <string_view>

#include "config/document.h"
#include "tests/config/sample.h"

namespace {

struct Case {
  std::string_view text;
  std::size_t offset;
  std::string_view message;
};

constexpr Case kCases[] = {
    {"", 0, "the file is empty"},
    {" // nothing\n", 0, "the file is empty"},
    {"{", 0, "this '{' is not closed"},
    {"[1, {\"a\": [2]", 4, "this '{' is not closed"},
    {"{\"a\"", 0, "this '{' is not closed"},
    {"{\"a\":", 0, "this '{' is not closed"},
    {"{\"a\": 1,", 0, "this '{' is not closed"},
    {"[1 2]", 1, "expected ',' or ']' after this value"},
    {"{\"a\": 1 \"b\": 2}", 6, "expected ',' or '}' after this value"},
    {"{\"a\": [1] \"b\": 2}", 8, "expected ',' or '}' after this bracket"},
    {"[\"a\"b]", 1, "expected ',' or ']' after this value"},
    {"{\"a\" 1}", 1, "expected ':' after this key"},
    {"{\"a\"}", 1, "expected ':' after this key"},
    {"{\"a\", 1}", 1, "expected ':' after this key"},
    {"[1}", 2, "expected ']' here, not '}'"},
    {"{]", 1, "expected '}' here, not ']'"},
    {"{\"a\": 1]", 7, "expected '}' here, not ']'"},
    {"{\"a\": }", 6, "expected a value, not '}'"},
    {"]", 0, "expected a value, not ']'"},
    {"{} {}", 3, "nothing may follow the end of the configuration"},
    {"{}}", 2, "nothing may follow the end of the configuration"},
    {"{a: 1}", 1, "a key must be in double quotes"},
    {"{1: 1}", 1, "a key must be in double quotes"},
    {"{\"x\": 1, a: 1}", 9, "a key must be in double quotes"},
    {"{'a': 1}", 1, "unexpected \"'\""},
    {"{[]: 1}", 1, "unexpected \"[\""},
    {"['a']", 1, "unexpected \"'\""},
    {"[# x\n]", 1, "unexpected \"#\""},
    {"[1 # x\n]", 3, "unexpected \"#\""},
    {"[1 / 2]", 3, "unexpected \"/\""},
    {"[@]", 1, "unexpected \"@\""},
    {"[,]", 1, "something is missing before this ','"},
    {"[1,,2]", 3, "something is missing before this ','"},
    {"{\"a\":: 1}", 5, "something is missing before this ':'"},
    {"{:1}", 1, "something is missing before this ':'"},
    {"[ture]", 1, "\"ture\" is not a value"},
    {"[trueish]", 1, "\"trueish\" is not a value"},
    {"[gr\xC3\xBCn]", 1, "\"gr\xC3\xBCn\" is not a value"},
    {"[01]", 1, "\"01\" is not a number"},
    {"[+1]", 1, "\"+1\" is not a number"},
    {"[.5]", 1, "\".5\" is not a number"},
    {"[1.]", 1, "\"1.\" is not a number"},
    {"[1e]", 1, "\"1e\" is not a number"},
    {"[-]", 1, "\"-\" is not a number"},
    {"[0x10]", 1, "\"0x10\" is not a number"},
    {"[1-2]", 1, "\"1-2\" is not a number"},
    {"[30s]", 1, "\"30s\" is not a number"},
    {"[1e999]", 1, "\"1e999\" is too large"},
    {"[\"a\\q\"]", 3, "this escape is not valid"},
    {"[\"\\u12\"]", 2, "this escape is not valid"},
    {"[\"\\ud800x\"]", 2, "this escape is not valid"},
    {"[\"\\udc00\"]", 2, "this escape is not valid"},
    {"{\"\\q\": 1}", 2, "this escape is not valid"},
    {"[\"a\tb\"]", 3, "a tab inside a string must be written as \\t"},
    {"[1 2 /* x", 1, "expected ',' or ']' after this value"},  // the first error counts
    {"[1, /* x", 4, "this comment is not closed"},
    {"[1] /* x", 4, "this comment is not closed"},
    {"{\"a\": \"x\n}", 6, "this string is not closed"},
};

}  // namespace

TEST_SUITE("config/syntax_error") {
  TEST_CASE("every way to get it wrong") {
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const auto document = config::parse_document(test.text);
      REQUIRE_FALSE(document);
      CHECK(document.error().message == test.message);
      CHECK(document.error().span.offset == test.offset);
    }
  }

  TEST_CASE("a missing comma as it is shown") {
    CHECK(config::errors_of("{\n  \"listen\": [\":80\"]\n  \"loops\": 1\n}") ==
          "ouro.jsonc:2:19: error: expected ',' or '}' after this bracket\n"
          "   2 |   \"listen\": [\":80\"]\n"
          "     |                   ^ what stands side by side is separated by commas\n");
  }

  TEST_CASE("helps that say what to write") {
    CHECK(config::errors_of("{listen: 1}").ends_with("^~~~~~ write \"listen\"\n"));
    CHECK(config::errors_of("['a']").ends_with("^ strings need double quotes\n"));
    CHECK(config::errors_of("[ture]").ends_with("^~~~ did you mean true?\n"));
    CHECK(config::errors_of("[1 # x\n]").ends_with("comments begin with // or stand in /* */\n"));
    CHECK(config::errors_of("[1}").ends_with("^ a '[' is still open\n"));
  }

  TEST_CASE("how far a number reaches") {
    CHECK(config::number_size("12,", 0) == 2);
    CHECK(config::number_size("[-1.5e+10]", 1) == 8);
    CHECK(config::number_size("01", 0) == 1);
    CHECK(config::number_size("1-2", 0) == 1);
    CHECK(config::number_size("1.", 0) == 1);
    CHECK(config::number_size("1e+", 0) == 1);
    CHECK(config::number_size("-", 0) == 0);
    CHECK(config::number_size("x", 0) == 0);
  }
}
