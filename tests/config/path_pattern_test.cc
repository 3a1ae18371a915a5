// Goal: patterns that can match pass, patterns that never could are refused with the reason; one
// that is said to cover another matches every path of it.
// Method: tables, the length at the bound and one more; for what covers, random patterns and paths
// against a matcher that tries everything (OURO_TEST_SEED repeats a run).
#include "config/path_pattern.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int kRandomRuns = 20'000;

// A number of 32 bits: on the command line of a test a person types it.
std::uint32_t seed() {
  const char* given = std::getenv("OURO_TEST_SEED");  // NOLINT(concurrency-mt-unsafe)
  if (given != nullptr) return static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10));
  return std::random_device{}();
}

// What path_pattern.h says, by trying everything.
bool segment_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return segment_matches(pattern.substr(1), text) ||
           (!text.empty() && segment_matches(pattern, text.substr(1)));
  }
  return !text.empty() && text[0] == pattern[0] &&
         segment_matches(pattern.substr(1), text.substr(1));
}

using Segments = std::vector<std::string>;

Segments split(std::string_view path) {
  Segments segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool matches(const Segments& pattern, const Segments& path, std::size_t i = 0, std::size_t j = 0) {
  if (i == pattern.size()) return j == path.size();
  if (pattern[i] == "**") {
    return matches(pattern, path, i + 1, j) ||
           (j < path.size() && matches(pattern, path, i, j + 1));
  }
  return j < path.size() && segment_matches(pattern[i], path[j]) &&
         matches(pattern, path, i + 1, j + 1);
}

class Random {
 public:
  explicit Random(std::uint32_t start) : random_(start) {}

  std::string pattern() {
    constexpr std::array<std::string_view, 7> kSegments = {"a", "b", "*", "**", "a*", "*b", "ab"};
    return path_of(kSegments, 1);
  }
  std::string path() {
    constexpr std::array<std::string_view, 4> kSegments = {"a", "b", "ab", ""};
    return path_of(kSegments, 1);
  }
  // A path that the pattern matches, if it has no "**" that must stand for "".
  std::string path_like(const std::string& text) {
    std::string path;
    for (const std::string& segment : split(text)) {
      if (segment == "**") {
        if (random_() % 2 == 0) path += this->path();
        continue;
      }
      path += '/';
      for (const char c : segment) {
        if (c != '*') path += c;
        if (c == '*' && random_() % 2 == 0) path += random_() % 2 == 0 ? 'a' : 'b';
      }
    }
    return path.empty() ? "/" : path;
  }

 private:
  template <std::size_t N>
  std::string path_of(const std::array<std::string_view, N>& segments, std::size_t least) {
    std::string path;
    for (std::size_t count = least + random_() % 4; count > 0; --count) {
      path += '/';
      path += segments[random_() % N];
    }
    return path;
  }

  std::mt19937 random_;
};

}  // namespace

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
                               {"~ ^/a", "\"~ ^/a\" is a regular expression"},
                               {"//", "\"//\" has an empty segment"},
                               {"/a//b", "\"/a//b\" has an empty segment"},
                               {"/a/", "\"/a/\" ends with '/'"},
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

  TEST_CASE("what covers what") {
    struct Case {
      std::string_view pattern;
      std::string_view other;
      bool covers;
    };
    constexpr Case kCases[] = {
        {"/", "/", true},
        {"/", "/a", false},
        {"/**", "/", true},
        {"/**", "/**", true},
        {"/**", "/a/*/b*", true},
        {"/*", "/", true},
        {"/*", "/**", false},
        {"/*", "/a/b", false},
        {"/a/**", "/a", true},
        {"/a/**", "/a/**", true},
        {"/a/**", "/a/b/**", true},
        {"/a/**", "/ab", false},
        {"/a/**", "/**", false},
        {"/a/*", "/a/**", false},
        {"/a*", "/a*", true},
        {"/a*", "/b*", false},
        {"/**/x", "/x", true},
        {"/**/x", "/a/**/x", true},
        {"/**/x", "/a/**", false},
        {"/**/*", "/a/b", true},
        {"/**/a/**", "/x/a/y", true},
        {"/**/a/**", "/x/b/y", false},
        {"/*/**", "/**", false},
        {"/**/**", "/**", true},
        {"/a", "/a/b", false},
        {"/a/b", "/a", false},
    };
    for (const Case& test : kCases) {
      CAPTURE(test.pattern);
      CAPTURE(test.other);
      CHECK(config::covers(test.pattern, test.other) == test.covers);
    }
  }

  TEST_CASE("whatever is covered is matched") {
    const std::uint32_t first = seed();
    MESSAGE("seed " << first);
    Random random(first);
    int covered = 0;
    int matched = 0;
    for (int run = 0; run < kRandomRuns; ++run) {
      const std::string pattern = random.pattern();
      const std::string other = random.pattern();
      REQUIRE_FALSE(config::check_path_pattern(pattern));
      if (!config::covers(pattern, other)) continue;
      ++covered;
      for (int i = 0; i < 10; ++i) {
        const std::string path = i == 0 ? random.path() : random.path_like(other);
        if (!matches(split(other), split(path))) continue;
        ++matched;
        CAPTURE(pattern);
        CAPTURE(other);
        CAPTURE(path);
        REQUIRE(matches(split(pattern), split(path)));
      }
    }
    CHECK(covered > 100);
    CHECK(matched > 1000);
  }

  TEST_CASE("the longest patterns are compared quickly") {
    std::string pattern;
    std::string other;
    for (int i = 0; i < 3; ++i) pattern += "/**/a/b";
    while (other.size() + 2 < config::kPatternBytesMax) other += "/a";
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(config::covers(pattern, other));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
  }
}
