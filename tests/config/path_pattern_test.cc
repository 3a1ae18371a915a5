// Goal: patterns that can match pass, patterns that never could are refused with the reason.
// Method: tables, the length at the bound and one more.
#include "config/path_pattern.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

TEST_SUITE("config/path_pattern") {
  TEST_CASE("patterns") {
    constexpr std::string_view kCases[] = {
        "/",       "/**",          "/a",       "/a/**",     "/*",
        "/*.html", "/a/*/b",       "/**/x.js", "/a*b*c/**", "/.well-known/**",
        "/...",    "/gr\xC3\xBCn", "/c#",      "/a b"};
    for (const std::string_view pattern : kCases) {
      CAPTURE(pattern);
      CHECK_FALSE(config::check_path_pattern(pattern));
    }
  }

  TEST_CASE("what is refused") {
    struct Case {
      std::string_view pattern;
      std::string_view message;
    };
    constexpr Case kCases[] = {{"", "\"\" does not begin with '/'"},
                               {"a", "\"a\" does not begin with '/'"},
                               {"**", "\"**\" does not begin with '/'"},
                               {"//", "\"//\" has an empty segment"},
                               {"/a//b", "\"/a//b\" has an empty segment"},
                               {"/a/", "\"/a/\" has an empty segment"},
                               {"/.", "\"/.\" has a \".\" segment"},
                               {"/a/../b", "\"/a/../b\" has a \"..\" segment"},
                               {"/a**", "\"/a**\" has \"**\" beside other characters"},
                               {"/***", "\"/***\" has \"**\" beside other characters"},
                               {"/**.js", "\"/**.js\" has \"**\" beside other characters"},
                               {"/a%20b", "\"/a%20b\" has a '%'"},
                               {"/a?b=c", "\"/a?b=c\" has a '?'"}};
    for (const Case& test : kCases) {
      CAPTURE(test.pattern);
      const auto error = config::check_path_pattern(test.pattern);
      REQUIRE(error);
      CHECK(error->message == test.message);
      CHECK_FALSE(error->help.empty());
    }
    CHECK(config::check_path_pattern("/%20")->help ==
          "patterns match the decoded path: write the character itself");
  }

  TEST_CASE("length: the limit passes, one more is refused") {
    std::string pattern = "/" + std::string(config::kPatternBytesMax - 1, 'a');
    CHECK_FALSE(config::check_path_pattern(pattern));
    pattern += 'a';
    const auto error = config::check_path_pattern(pattern);
    REQUIRE(error);
    CHECK(error->message.ends_with("is longer than 1024 bytes"));
  }
}
