// Goal: a pattern matches the paths that config.md says and no others, and no pattern makes a loop
// wait. Method: a table of patterns with what they take and what they leave; random patterns and
// paths, with a printed seed, against a matcher by plain recursion; hostile patterns counted in
// processor time.
#include "server/dispatch/path_pattern.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <ctime>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using server::PathPattern;

namespace {

struct Case {
  std::string pattern;
  std::vector<std::string> matches;
  std::vector<std::string> leaves;
};

// The definition, word for word: exponential, but obviously right.
bool segment_by_definition(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return segment_by_definition(pattern.substr(1), text) ||
           (!text.empty() && segment_by_definition(pattern, text.substr(1)));
  }
  return !text.empty() && text.front() == pattern.front() &&
         segment_by_definition(pattern.substr(1), text.substr(1));
}

using Segments = std::vector<std::string>;

bool segments_by_definition(const Segments& pattern, std::size_t p, const Segments& path,
                            std::size_t s) {
  if (p == pattern.size()) return s == path.size();
  if (pattern[p] == "**") {
    return segments_by_definition(pattern, p + 1, path, s) ||
           (s < path.size() && segments_by_definition(pattern, p, path, s + 1));
  }
  return s < path.size() && segment_by_definition(pattern[p], path[s]) &&
         segments_by_definition(pattern, p + 1, path, s + 1);
}

// "/a/b" as {"a", "b"}.
Segments split(std::string_view path) {
  Segments segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    segments.emplace_back(path.substr(0, path.find('/')));
    path.remove_prefix(segments.back().size());
  }
  return segments;
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

}  // namespace

TEST_CASE("what patterns take, and what they leave") {
  const Case cases[] = {
      {"/", {"/"}, {"/a", "/a/", "/a/b"}},
      {"/a", {"/a"}, {"/", "/a/", "/b", "/A", "/aa", "/a/b"}},
      {"/a/b.html", {"/a/b.html"}, {"/a/b-html", "/a/b.htm", "/a/b.html/", "/a//b.html"}},
      {"/*", {"/", "/a", "/.a", "/a.b", "/*"}, {"/a/", "/a/b"}},
      {"/*.png", {"/a.png", "/.png", "/a.png.png"}, {"/a.PNG", "/a.png/", "/a/b.png", "/a.pngx"}},
      {"/a*", {"/a", "/ab", "/a*"}, {"/", "/b", "/ba", "/a/"}},
      {"/a*c", {"/ac", "/abc", "/acc", "/abcbc"}, {"/a", "/abcd", "/a/c"}},
      {"/*a*", {"/a", "/bab", "/aaa"}, {"/", "/b", "/b/a"}},
      {"/*/b", {"/a/b", "//b"}, {"/b", "/a/a/b", "/a/b/", "/a/"}},
      {"/a/*/c", {"/a/b/c"}, {"/a/c", "/a/b/b/c", "/a/b/c/d"}},
      {"/**", {"/", "/a", "/a/", "/a/b/c", "/.a"}, {}},
      {"/x/**", {"/x", "/x/", "/x/y", "/x/y/z/"}, {"/", "/xy", "/y/x", "/X", "/xy/x"}},
      {"/a/**/b",
       {"/a/b", "/a/x/b", "/a/x/y/z/b", "/a/b/b", "/a/b/x/b"},
       {"/a", "/b", "/ab", "/a/bb", "/a/b/", "/a/x", "/a/b/x", "/x/a/b"}},
      {"/**/b", {"/b", "/a/b", "/a/a/b", "/b/b"}, {"/", "/ab", "/b/", "/b/a"}},
      {"/**/*.png", {"/a.png", "/a/b/c.png"}, {"/", "/a", "/a.png/", "/a.png/b"}},
      {"/**/a/**", {"/a", "/a/b", "/b/a", "/b/a/c", "/a/a"}, {"/", "/b", "/ba", "/b/c"}},
      {"/a/**/b/**/c",
       {"/a/b/c", "/a/x/b/c", "/a/b/x/c", "/a/b/b/c/c"},
       {"/a/c", "/a/c/b", "/a/b/c/x", "/a/b"}},
      {"/**/a/*/b", {"/a/x/b", "/a/a/x/b", "/a/a/a/b"}, {"/a/b", "/a/x/x/b"}},
      {"/api/v*/users/*",
       {"/api/v1/users/7", "/api/v/users/"},
       {"/api/v1/users", "/api/1/users/7"}},
      {"/a b/\xc3\xa4", {"/a b/\xc3\xa4"}, {"/a%20b/%C3%A4"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.pattern);
    const PathPattern pattern(c.pattern);
    CHECK(pattern.text() == c.pattern);
    for (const std::string& path : c.matches) {
      CAPTURE(path);
      CHECK(pattern.matches(path));
    }
    for (const std::string& path : c.leaves) {
      CAPTURE(path);
      CHECK_FALSE(pattern.matches(path));
    }
  }
}

TEST_CASE("the path of OPTIONS * is nobody's but everybody's") {
  CHECK(PathPattern("/**").matches("*"));  // the router answers it before any route is asked
}

TEST_CASE("random patterns match as the definition says") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&random](std::string_view letters, std::size_t size_max) {
    std::string text;
    for (std::size_t left = random() % (size_max + 1); left > 0; --left) {
      text += letters[random() % letters.size()];
    }
    return text;
  };
  int matched = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern;
    for (std::size_t left = 1 + random() % 4; left > 0; --left) {
      std::string segment = random() % 3 == 0 ? "**" : pick("ab*", 3);
      // The configuration allows neither of these.
      if (segment.empty() || (segment != "**" && segment.find("**") != std::string::npos)) {
        segment = "*";
      }
      pattern += "/" + segment;
    }
    std::string path;
    for (std::size_t left = 1 + random() % 5; left > 0; --left) path += "/" + pick("ab", 3);
    CAPTURE(pattern);
    CAPTURE(path);
    const bool expected = segments_by_definition(split(pattern), 0, split(path), 0);
    REQUIRE(PathPattern(pattern).matches(path) == expected);
    matched += expected ? 1 : 0;
  }
  CHECK(matched > 1'000);
}

TEST_CASE("hostile patterns and paths stay fast") {
  // Patterns are at most 1024 bytes (config/path_pattern.h), paths at most a head.
  const auto repeated = [](std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += text;
    return result;
  };
  struct Hostile {
    std::string pattern;
    std::string path;
  };
  const Hostile cases[] = {
      {"/" + repeated("*a", 500) + "b", "/" + repeated("a", 16'000)},
      {repeated("/**/a", 200) + "/b", repeated("/a", 8'000)},
      {repeated("/**/*a*a*a*", 80) + "/b", repeated("/aaaaaaa", 2'000)},
      {repeated("/**", 300) + "/b", repeated("/a", 8'000)},
      {"/**/" + repeated("*a", 400) + "b", repeated("/" + repeated("a", 200), 80)},
      {repeated("/*", 500), repeated("/", 16'000)},
  };
  for (const Hostile& c : cases) {
    const std::string begin = c.pattern.substr(0, 20);
    CAPTURE(begin);
    const PathPattern pattern(c.pattern);
    const double before = processor_seconds();
    CHECK_FALSE(pattern.matches(c.path));
    // Backtracking over more than the last star would take ages, not seconds.
    CHECK(processor_seconds() - before < 5.0);
  }
}

TEST_CASE("what ** stands for, with its slash") {
  struct Rest {
    std::string pattern, path, rest;
  };
  const Rest cases[] = {
      {"/**", "/a/b", "/a/b"},     {"/x/**", "/x/a/b", "/a/b"},
      {"/x/**", "/x", ""},         {"/x/**", "/x/", "/"},
      {"/a/**/b", "/a/b", ""},     {"/a/**/b", "/a/1/2/b", "/1/2"},
      {"/a/**/b", "/a/b/b", "/b"}, {"/a", "/a", ""},
      {"/*.html", "/a.html", ""},
  };
  for (const Rest& c : cases) {
    CAPTURE(c.pattern);
    CAPTURE(c.path);
    const auto rest = PathPattern(c.pattern).match(c.path);
    REQUIRE(rest.has_value());
    CHECK(*rest == c.rest);
  }
  CHECK(!PathPattern("/x/**").match("/y").has_value());
}
