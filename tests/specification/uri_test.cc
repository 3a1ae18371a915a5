// Goal: the specification's reading of targets and paths says what RFC 3986 and RFC 9112 3.2 say.
// Method: their examples, and the edges of their grammars, as tables.
#include "tests/specification/uri.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace specification;

TEST_CASE("authorities: RFC 3986 3.2") {
  for (const char* good : {"x", "x:", "x:80", "x:065535", "127.0.0.1", "[::1]", "[::1]:80", "%41",
                           "[::ffff:1.2.3.4]", "a_b!$&'()*+,;=~"}) {
    CAPTURE(good);
    CHECK(read_authority(good));
  }
  for (const char* bad : {"", ":80", "x:65536", "x:y", "u@x", "[]", "[", "[::1", "[::1]x", "[v1.x]",
                          "::1", "%4", "a b", "[::1%25en0]", "[1:2:3:4::5:6:7:8]"}) {
    CAPTURE(bad);
    CHECK(!read_authority(bad));
  }
}

TEST_CASE("targets: RFC 9112 3.2") {
  CHECK(read_target("/where?q=now")->query == "q=now");
  CHECK(!read_target("/where")->query);
  CHECK(read_target("http://www.example.org:8001")->path == "/");
  CHECK(read_target("http://x?y")->query == "y");
  CHECK(read_target("www.example.com:80")->form == Form::kAuthority);
  CHECK(read_target("*")->form == Form::kAsterisk);
  for (const char* bad : {"", "x", "**", "/#", "/ ", "/%", "/%4g", "/\\", "http:/x", "http:///",
                          "1http://x/", "://x/", "/?\x7f", "/?<"}) {
    CAPTURE(bad);
    CHECK(!read_target(bad));
  }
}

TEST_CASE("paths: RFC 3986 5.2.4, 6.2.2") {
  const std::vector<std::vector<std::string>> rows = {
      {"/a/b/c/./../../g", "/a/g"},
      {"/%7Esmith", "/~smith"},
      {"/a/..", "/"},
      {"/a/.", "/a/"},
      {"/a//../b", "/a/b"},
      {"//a", "/a"},
      {"/%2e%2E/", ""},
      {"/..", ""},
      {"/a%2fb", "/a%2Fb"},
      {"/a%252Fb", "/a%2Fb"},
      {"/...", "/..."},
      {"/a/../..", ""},
      {"/%00", ""},
      {"/%c3%a4", "/\xc3\xa4"},
      {"/%c0%af", ""},
      {"/%ed%a0%80", ""},
      {"/%f4%90%80%80", ""},
      {"/%f0%9f%98%80", "/\xf0\x9f\x98\x80"},
  };
  for (const auto& row : rows) {
    CAPTURE(row[0]);
    const auto path = read_path(row[0]);
    CHECK((path ? path->text : "") == row[1]);
  }
  CHECK(read_path("/a%2fb")->has_encoded_slash);
  CHECK(!read_path("/a%252Fb")->has_encoded_slash);
  CHECK(encoded_path("/a b%\xff") == "/a%20b%25%FF");
}
