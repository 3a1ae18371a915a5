// Goal: a path is brought to the one form that routes and files are looked up by, and nothing a
// client writes leads out of the root. Method: the RFCs' examples and tables of what is refused;
// random paths with a printed seed against a second, slower normaliser that works on a list of
// segments.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/uri.h"
#include "tests/server/http/words.h"

using http_test::words;
using server::append_percent_encoded_path;
using server::normalize_path;
using server::NormalizedPath;
using server::parse_host;
using server::parse_request_target;

namespace {

struct Normalized {
  std::string path;
  bool has_encoded_slash = false;
};

// In a buffer of exactly the input's size, so that a sanitizer sees the first byte too many.
std::optional<Normalized> normalized(std::string_view raw_path) {
  std::vector<char> buffer(raw_path.size());
  const std::optional<NormalizedPath> result = normalize_path(raw_path, buffer);
  if (!result) return std::nullopt;
  return Normalized{std::string(result->path), result->has_encoded_slash};
}

std::string path_of(std::string_view raw_path) {
  const std::optional<Normalized> result = normalized(raw_path);
  return result ? result->path : "refused";
}

std::string encoded(std::string_view path) {
  std::string out = "before ";
  append_percent_encoded_path(out, path);
  return out.substr(7);
}

}  // namespace

TEST_CASE("a percent in the path needs two hexadecimal digits") {
  for (const std::string_view path :
       {"/%", "/%4", "/%4g", "/%g4", "/a%", "/%%41", "/%4%31", "/% 1"}) {
    CAPTURE(path);
    CHECK_FALSE(parse_request_target(path).has_value());
    CHECK_FALSE(normalized(path).has_value());
  }
  CHECK_FALSE(parse_request_target("/%?41").has_value());
  CHECK(parse_request_target("/%aF%Fa%00").has_value());
  CHECK(parse_request_target("/?%").has_value());
}

TEST_CASE("a path is decoded exactly once") {
  CHECK(path_of("/a%20b") == "/a b");
  CHECK(path_of("/%61%62") == "/ab");
  CHECK(path_of("/%25") == "/%");
  CHECK(path_of("/%2541") == "/%41");
  CHECK(path_of("/%252e%252e/x") == "/%2e%2e/x");
  CHECK(path_of("/%3F%23%3a") == "/?#:");
  CHECK(path_of("/%C3%a4") == "/\xc3\xa4");
  CHECK(path_of("/a+b") == "/a+b");
  CHECK(path_of("/%7E") == "/~");
}

TEST_CASE("an encoded slash never separates, and is told") {
  struct Case {
    std::string_view raw;
    std::string_view path;
    bool has_encoded_slash;
  };
  constexpr Case kCases[] = {
      {"/a%2Fb", "/a%2Fb", true},    {"/a%2fb", "/a%2Fb", true},
      {"/a%252Fb", "/a%2Fb", false},  // the same path: only the flag tells
      {"/a%252fb", "/a%2fb", false}, {"/a%2F..%2Fb", "/a%2F..%2Fb", true},
      {"/a%2f..", "/a%2F..", true},  {"/a/%2e%2e%2f", "/a/..%2F", true},
      {"/%2f", "/%2F", true},        {"/%2f%2f", "/%2F%2F", true},
      {"/a%2F/../b", "/b", true},  // though the segment is gone: it was sent
      {"/a%5cb", "/a\\b", false},    {"/a%5C..%5Cb", "/a\\..\\b", false},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.raw);
    const std::optional<Normalized> result = normalized(c.raw);
    REQUIRE(result.has_value());
    CHECK(result->path == c.path);
    CHECK(result->has_encoded_slash == c.has_encoded_slash);
  }
}

TEST_CASE("RFC 3986 5.2.4: dot segments") {
  struct Case {
    std::string_view raw;
    std::string_view path;
  };
  constexpr Case kCases[] = {
      {"/", "/"},
      {"/a/b/c/./../../g", "/a/g"},  // the RFC's example
      {"/b/c/./g", "/b/c/g"},        // 5.4.1, merged paths
      {"/b/c/g/", "/b/c/g/"},
      {"/b/c/.", "/b/c/"},
      {"/b/c/./", "/b/c/"},
      {"/b/c/..", "/b/"},
      {"/b/c/../", "/b/"},
      {"/b/c/../g", "/b/g"},
      {"/b/c/../..", "/"},
      {"/b/c/../../", "/"},
      {"/b/c/../../g", "/g"},
      {"/b/c/g.", "/b/c/g."},  // 5.4.2
      {"/b/c/.g", "/b/c/.g"},
      {"/b/c/g..", "/b/c/g.."},
      {"/b/c/..g", "/b/c/..g"},
      {"/b/c/./../g", "/b/g"},
      {"/b/c/./g/.", "/b/c/g/"},
      {"/b/c/g/./h", "/b/c/g/h"},
      {"/b/c/g/../h", "/b/c/h"},
      {"/b/c/g;x=1/./y", "/b/c/g;x=1/y"},
      {"/b/c/g;x=1/../y", "/b/c/y"},
      {"/.", "/"},
      {"/./", "/"},
      {"/./././", "/"},
      {"/...", "/..."},
      {"/.../..", "/"},
      {"/a/..", "/"},
      {"/%2e", "/"},
      {"/a/%2e%2E/b", "/b"},
      {"/a/.%2e/b", "/b"},
      {"/a/%2e/b", "/a/b"},
      {"/.well-known/x", "/.well-known/x"},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.raw);
    CHECK(path_of(c.raw) == c.path);
  }
}

TEST_CASE("several slashes are one, after the dot segments are gone") {
  struct Case {
    std::string_view raw;
    std::string_view path;
  };
  constexpr Case kCases[] = {
      {"//", "/"},
      {"///", "/"},
      {"//a", "/a"},
      {"/a//b", "/a/b"},
      {"/a///b//", "/a/b/"},
      {"/a/.//b", "/a/b"},
      {"/a//../b", "/a/b"},  // RFC 3986: the empty segment is the one removed
      {"/a/b/..//c", "/a/c"},
      {"//..", "/"},
      {"//evil.example/x", "/evil.example/x"},  // no network-path reference survives
  };
  for (const Case& c : kCases) {
    CAPTURE(c.raw);
    CHECK(path_of(c.raw) == c.path);
  }
}

TEST_CASE("a path that climbs above the root is refused") {
  for (const std::string_view raw :
       {"/..", "/../", "/../a", "/a/../..", "/a/../../b", "/./..", "/%2e%2e", "/%2e%2e/etc/passwd",
        "/.%2e/x", "/a/b/../../../c", "//../.."}) {
    CAPTURE(raw);
    CHECK_FALSE(normalized(raw).has_value());
  }
}

TEST_CASE("a path begins with a slash") {
  for (const std::string_view raw : {"", "a", "a/b", ".", "*", "%2Fa", "\\a", "?", " /"}) {
    CAPTURE(raw);
    CHECK_FALSE(normalized(raw).has_value());
  }
}

TEST_CASE("control characters are refused, written or encoded") {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (unsigned byte = 0; byte < 0x80; ++byte) {
    CAPTURE(byte);
    const bool control = byte < 0x20 || byte == 0x7f;
    const std::string hex = {'/', 'a', '%', kHex[byte >> 4], kHex[byte & 15], 'b'};
    CHECK(normalized(hex).has_value() == !control);
    if (byte != '%') {
      const std::string raw = {'/', 'a', static_cast<char>(byte), 'b'};
      CHECK(normalized(raw).has_value() == !control);
    }
  }
}

TEST_CASE("RFC 3629: only well-formed UTF-8") {
  // U+0080, U+07FF, U+0800, U+D7FF, U+E000, U+FFFF, U+10000, U+10FFFF, and some text.
  constexpr std::string_view kValid =
      "/%C2%80 /%DF%BF /%E0%A0%80 /%ED%9F%BF /%EE%80%80 /%EF%BF%BF /%F0%90%80%80 /%F4%8F%BF%BF "
      "/a%E2%82%ACb/%F0%9F%98%80.html";
  for (const std::string_view raw : words(kValid)) {
    CAPTURE(raw);
    CHECK(normalized(raw).has_value());
  }
  constexpr std::string_view kInvalid =
      "/%80 /%BF "                                                         // continuation alone
      "/%C3 /%C3/%A4 /%C3%2F /%C3a /%C3%C3%A4 "                            // ends too early
      "/%E2%82 /%E2%82a /%F0%9F%98 /%F0%9F%98/ "                           // the same, longer
      "/%C0%AF /%C0%AE%C0%AE/ /%C0%80 /%C1%BF /%E0%80%AF /%E0%9F%BF "      // overlong: / .. NUL
      "/%F0%80%80%AF /%F0%8F%BF%BF "                                       // overlong
      "/%ED%A0%80 /%ED%BF%BF "                                             // surrogates
      "/%F4%90%80%80 /%F5%80%80%80 /%F8%88%80%80%80 /%FC%84%80%80%80%80 "  // above U+10FFFF
      "/%FE /%FF /%E4 /\xe4";                                              // Latin-1
  for (const std::string_view raw : words(kInvalid)) {
    CAPTURE(raw);
    CHECK_FALSE(normalized(raw).has_value());
  }
}

TEST_CASE("RFC 3986 3.3: encoding a path") {
  CHECK(encoded("/a b") == "/a%20b");
  CHECK(encoded("/a/b.c-d_e~f") == "/a/b.c-d_e~f");
  CHECK(encoded("/!$&'()*+,;=:@") == "/!$&'()*+,;=:@");
  CHECK(encoded("/?#[]%") == "/%3F%23%5B%5D%25");
  CHECK(encoded("/\xc3\xa4") == "/%C3%A4");
  CHECK(encoded("/\r\nSet-Cookie: a") == "/%0D%0ASet-Cookie:%20a");
  CHECK(encoded("\"<>\\^`{|}\x7f\xff") == "%22%3C%3E%5C%5E%60%7B%7C%7D%7F%FF");
  CHECK(encoded(std::string_view("\0", 1)) == "%00");
  CHECK(encoded("") == "");
}

namespace {

// The slow way: a list of segments. nullopt when ".." has nothing to remove.
std::optional<std::string> normalized_by_list(std::string_view decoded) {
  std::vector<std::string> segments;
  bool open_end = false;  // the path ends in a slash
  for (std::size_t begin = 1; begin <= decoded.size();) {
    const std::size_t end = std::min(decoded.find('/', begin), decoded.size());
    const std::string segment(decoded.substr(begin, end - begin));
    open_end = segment.empty() || segment == "." || segment == "..";
    if (segment == "..") {
      if (segments.empty()) return std::nullopt;
      segments.pop_back();
    } else if (segment != ".") {
      segments.push_back(segment);
    }
    begin = end + 1;
  }
  std::string path;
  for (const std::string& segment : segments) {
    if (!segment.empty()) path += "/" + segment;
  }
  return open_end || path.empty() ? path + "/" : path;
}

}  // namespace

TEST_CASE("random paths: as the list of segments says, never out of the root, stable") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  struct Piece {
    std::string_view raw;
    std::string_view decoded;
  };
  constexpr Piece kPieces[] = {{"/", "/"},
                               {"/", "/"},
                               {"/", "/"},
                               {".", "."},
                               {"..", ".."},
                               {"/../", "/../"},
                               {"a", "a"},
                               {"bc", "bc"},
                               {"%2e", "."},
                               {"%2E%2e", ".."},
                               {"%2f", "%2F"},
                               {"%2F", "%2F"},
                               {"%25", "%"},
                               {"%252e", "%2e"},
                               {"%20", " "},
                               {"\\", "\\"},
                               {"%C3%A4", "\xc3\xa4"}};
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string raw = "/";
    std::string decoded = "/";
    bool has_encoded_slash = false;
    for (std::size_t left = random() % 14; left > 0; --left) {
      const Piece& piece = kPieces[random() % std::size(kPieces)];
      raw += piece.raw;
      decoded += piece.decoded;
      has_encoded_slash = has_encoded_slash || piece.decoded == "%2F";
    }
    CAPTURE(raw);
    const std::optional<Normalized> result = normalized(raw);
    const std::optional<std::string> expected = normalized_by_list(decoded);
    REQUIRE(result.has_value() == expected.has_value());
    if (!result) continue;
    ++accepted;
    REQUIRE(result->path == *expected);
    REQUIRE(result->has_encoded_slash == has_encoded_slash);
    REQUIRE(result->path.size() <= raw.size());
    REQUIRE(result->path.starts_with('/'));
    const std::string closed = result->path + "/";
    REQUIRE(closed.find("/./") == std::string::npos);
    REQUIRE(closed.find("/../") == std::string::npos);
    REQUIRE(result->path.find("//") == std::string::npos);
    // What has been normalised and encoded again normalises to itself.
    REQUIRE(path_of(encoded(result->path)) == result->path);
    // And is a target we would accept ourselves.
    REQUIRE(parse_request_target(encoded(result->path)).has_value());
  }
  CHECK(accepted > 1'000);
}

TEST_CASE("random bytes never crash, and what is accepted is clean") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  constexpr std::string_view kLikely = "/.%2fFeEcC3aA480:[]@?";
  for (int i = 0; i < 50'000; ++i) {
    std::string text = "/";
    for (std::size_t left = random() % 24; left > 0; --left) {
      text += random() % 4 == 0 ? static_cast<char>(random() % 256)
                                : kLikely[random() % kLikely.size()];
    }
    static_cast<void>(parse_request_target(text.substr(1)));
    static_cast<void>(parse_host(text.substr(1)));
    const std::optional<Normalized> result = normalized(text);
    if (!result) continue;
    for (const char c : result->path) {
      const auto byte = static_cast<unsigned char>(c);
      REQUIRE((byte >= 0x20 && byte != 0x7f));
    }
    REQUIRE(path_of(encoded(result->path)) == result->path);
  }
}
