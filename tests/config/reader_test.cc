// Goal: unknown, duplicate and missing keys are each reported once, where a person looks for them;
// paths start where the file stands.
// Method: small objects read against two keys; whole rendered texts.
#include "config/reader.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

namespace {

using std::string_view;

constexpr config::Shape kAny{.kind = config::Shape::Kind::kText};
constexpr std::array<config::Key, 2> kTwo = {{{"root", kAny, "", ""}, {"index", kAny, "", ""}}};
constexpr config::Keys kKeys = {kTwo.data(), kTwo.size()};

std::string read(string_view text) {
  const config::SourceText source(text, "f");
  config::Report report(source);
  const auto document = config::parse_document(text);
  REQUIRE(document);
  const config::ObjectReader reader(report, *document, "files", document->span, kKeys);
  static_cast<void>(reader.require("root"));
  return config::render(report.take());
}

std::string string_errors(string_view text) {
  const config::SourceText source(text, "f");
  config::Report report(source);
  const auto document = config::parse_document(text);
  REQUIRE(document);
  const auto value = config::read_string(report, *document, "a name");
  CHECK(value.has_value() == report.empty());
  const auto diagnostics = report.take();
  return diagnostics.empty() ? "" : diagnostics.front().message;
}

}  // namespace

TEST_SUITE("config/reader") {
  TEST_CASE("what is right is silent") { CHECK(read(R"({"root": 1, "index": 2})").empty()); }

  TEST_CASE("an unknown key") {
    CHECK(read(R"({"root": 1, "foo": 2})") ==
          "f:1:13: error: unknown key \"foo\"\n"
          "   1 | {\"root\": 1, \"foo\": 2}\n"
          "     |             ^~~~~ allowed: \"root\", \"index\"\n");
  }

  TEST_CASE("a misspelled key is not missing as well") {
    CHECK(read(R"({"rot": 1})") ==
          "f:1:2: error: unknown key \"rot\"\n"
          "   1 | {\"rot\": 1}\n"
          "     |  ^~~~~ did you mean \"root\"?\n");
  }

  TEST_CASE("the first of two is named by its file only when that is another, and is printable") {
    const config::Place here{"a.jsonc", 1, 2};
    CHECK(config::first_at(here, here) == "the first is at 1:2");
    CHECK(config::first_at(here, {"\x1B[31mb.jsonc", 3, 4}) == "the first is at ?[31mb.jsonc:3:4");
  }

  TEST_CASE("a duplicate key names the first") {
    CHECK(read("{\"root\": 1,\n  \"root\": 2}") ==
          "f:2:3: error: duplicate key \"root\"\n"
          "   2 |   \"root\": 2}\n"
          "     |   ^~~~~~ the first is at 1:2\n");
  }

  TEST_CASE("an unknown key that stands twice is unknown twice, not duplicate too") {
    const std::string errors = read(R"({"root": 1, "foo": 2, "foo": 3})");
    CHECK(errors.find("f:1:13: error: unknown key") != std::string::npos);
    CHECK(errors.find("f:1:23: error: unknown key") != std::string::npos);
    CHECK(errors.find("duplicate") == std::string::npos);
  }

  TEST_CASE("a missing key") {
    CHECK(read("{}") ==
          "f:1:1: error: \"root\" is missing in files\n"
          "   1 | {}\n"
          "     | ^\n");
  }

  TEST_CASE("what is no object has no missing keys") {
    CHECK(read("[]") ==
          "f:1:1: error: files must be an object, not a list\n"
          "   1 | []\n"
          "     | ^ such as { \"root\": ... }\n");
  }

  TEST_CASE("a key that could steer a terminal is escaped") {
    CHECK(read("{\"root\": 1, \"\\u001b[31m\": 2}").find("unknown key \"\\u001b[31m\"") !=
          std::string::npos);
  }

  TEST_CASE("strings") {
    struct Case {
      string_view text;
      string_view message;
    };
    constexpr Case kCases[] = {{R"("a")", ""},
                               {R"("")", ""},
                               {R"("$a {b} $$")", ""},
                               {R"("${env:X}")", ""},
                               {R"("a\u0000b")", "a name must not have control characters"},
                               {R"("a\nb")", "a name must not have control characters"},
                               {R"("a\u007f")", "a name must not have control characters"},
                               {"1", "a name must be a string, not a number"},
                               {"1.5", "a name must be a string, not a fraction"},
                               {"true", "a name must be a string, not a boolean"},
                               {"null", "a name must be a string, not null"},
                               {"{}", "a name must be a string, not an object"}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      CHECK(string_errors(test.text) == test.message);
    }
  }

  TEST_CASE("relative paths start at the directory of the file") {
    struct Case {
      string_view path;
      string_view base;
      string_view resolved;
    };
    constexpr Case kCases[] = {{"/srv", "/etc", "/srv"},
                               {"www", "/etc", "/etc/www"},
                               {"./www", "/etc", "/etc/www"},
                               {".//./www", "/etc", "/etc/www"},
                               {".", "/etc", "/etc"},
                               {"./", "/etc", "/etc"},
                               {"../www", "/etc", "/etc/../www"},
                               {"www", "/", "/www"},
                               {".hidden", "/etc", "/etc/.hidden"}};
    for (const Case& test : kCases) {
      CAPTURE(test.path);
      CHECK(config::resolve_path(test.path, test.base) == test.resolved);
    }
  }
}
