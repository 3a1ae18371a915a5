// Goal: what a person sees: the right line, the caret under the right place, nothing that steers a
// terminal.
// Method: whole rendered texts.
#include "config/diagnostic.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

std::string rendered(const std::string& text, const std::string& marked, const std::string& help) {
  const config::SourceText source(text, "ouro.jsonc");
  const config::Span span{text.find(marked), marked.size()};
  return config::render(config::diagnose(source, span, "it is wrong", help));
}

}  // namespace

TEST_SUITE("config/diagnostic") {
  TEST_CASE("line, caret and help") {
    CHECK(rendered("{\n\n    \"lisen\": [\":8080\"]\n}", "\"lisen\"", "did you mean \"listen\"?") ==
          "ouro.jsonc:3:5: error: it is wrong\n"
          "   3 |     \"lisen\": [\":8080\"]\n"
          "     |     ^~~~~~~ did you mean \"listen\"?\n");
  }

  TEST_CASE("tabs are copied, so the caret is right with any tab width") {
    CHECK(rendered("\t\"a\":\tx y", "x", "") ==
          "ouro.jsonc:1:7: error: it is wrong\n"
          "   1 | \t\"a\":\tx y\n"
          "     | \t    \t^\n");
  }

  TEST_CASE("columns count characters, the caret counts what a terminal draws") {
    CHECK(rendered("\"gr\xC3\xBC\xC3\x9F"
                   "e\" bad",
                   "bad", "") ==
          "ouro.jsonc:1:9: error: it is wrong\n"
          "   1 | \"gr\xC3\xBC\xC3\x9F"
          "e\" bad\n"
          "     |         ^~~\n");
    CHECK(rendered("\xE6\xBC\xA2 bad", "bad", "") ==
          "ouro.jsonc:1:3: error: it is wrong\n"
          "   1 | \xE6\xBC\xA2 bad\n"
          "     |    ^~~\n");
    CHECK(rendered("e\xCC\x81 \xE6\xBC\xA2", "\xE6\xBC\xA2", "") ==
          "ouro.jsonc:1:4: error: it is wrong\n"
          "   1 | e\xCC\x81 \xE6\xBC\xA2\n"
          "     |   ^~\n");
  }

  TEST_CASE("a long line is cut around the place") {
    const std::string text = std::string(100, 'a') + "HERE" + std::string(100, 'b');
    CHECK(rendered(text, "HERE", "help") ==
          "ouro.jsonc:1:101: error: it is wrong\n"
          "   1 | ..." +
              std::string(60, 'a') + "HERE" + std::string(56, 'b') +
              "...\n"
              "     | " +
              std::string(63, ' ') + "^~~~ help\n");
    const std::string at_begin = "HERE" + std::string(200, 'b');
    CHECK(rendered(at_begin, "HERE", "") ==
          "ouro.jsonc:1:1: error: it is wrong\n"
          "   1 | HERE" +
              std::string(56, 'b') + "...\n     | ^~~~\n");
    const std::string token(300, 'x');
    CHECK(rendered("1 " + token, token, "") ==
          "ouro.jsonc:1:3: error: it is wrong\n"
          "   1 | 1 " +
              std::string(60, 'x') + "...\n     |   ^" + std::string(59, '~') + "\n");
  }

  TEST_CASE("only the first line of a span is underlined, and its end can be the place") {
    CHECK(rendered("ab\r\ncd", "b\r\ncd", "") ==
          "ouro.jsonc:1:2: error: it is wrong\n   1 | ab\n     |  ^\n");
    CHECK(rendered("ab\ncd", "\n", "") ==
          "ouro.jsonc:1:3: error: it is wrong\n   1 | ab\n     |   ^\n");
  }

  TEST_CASE("control characters and broken UTF-8 never reach the terminal") {
    CHECK(rendered("\x1B[31m\xE2\x80\xAE \xFF bad", "bad", "") ==
          "ouro.jsonc:1:10: error: it is wrong\n"
          "   1 | ?[31m? ? bad\n"
          "     |          ^~~\n");
    CHECK(config::quote("a\"\\\x1B\xE2\x80\xAE\xFF\n") == R"("a\"\\\u001b\u202e?\u000a")");
  }

  TEST_CASE("a long string is shortened when quoted") {
    CHECK(config::quote(std::string(60, 'a')) == '"' + std::string(60, 'a') + '"');
    CHECK(config::quote(std::string(61, 'a')) == '"' + std::string(60, 'a') + "...\"");
  }

  TEST_CASE("a file as a whole, the command line, line numbers above 9999") {
    CHECK(config::render(config::Diagnostic{{"a.jsonc", 0, 0}, "cannot open", {}, {}}) ==
          "a.jsonc: error: cannot open\n");
    CHECK(config::render(config::Diagnostic{{}, "no such option", "see --help", {}}) ==
          "command line: error: no such option\n     | see --help\n");
    CHECK(rendered(std::string(99999, '\n') + "x", "x", "") ==
          "ouro.jsonc:100000:1: error: it is wrong\n100000 | x\n       | ^\n");
  }

  TEST_CASE("several are one after the other") {
    const config::Diagnostic one{{"a", 0, 0}, "x", {}, {}};
    const std::vector<config::Diagnostic> two{one, one};
    CHECK(config::render(two) == "a: error: x\na: error: x\n");
  }
}
