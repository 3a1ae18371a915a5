// Goal: a request target is split into its parts, and a host is one that can exist. Method: the
// RFCs' examples and tables of what is refused; IPv6 against inet_pton, at random with a printed
// seed. Paths have a test of their own (uri_path_test.cc).
#include "server/http/uri.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "tests/server/http/words.h"

using http_test::words;
using server::HostPort;
using server::parse_host;
using server::parse_request_target;
using server::RequestTarget;
using server::valid_host;
using Form = server::RequestTarget::Form;

TEST_CASE("RFC 9112 3.2.1: origin form") {
  struct Case {
    std::string_view target;
    std::string_view path;
    std::string_view query;
    bool has_query;
  };
  constexpr Case kCases[] = {
      {"/where?q=now", "/where", "q=now", true},
      {"/", "/", "", false},
      {"/?", "/", "", true},
      {"/a?b?c", "/a", "b?c", true},
      {"/a?/b/../c", "/a", "/b/../c", true},
      {"//a//b", "//a//b", "", false},
      {"/a:b@c;d=e,f!$&'()*+~_-.", "/a:b@c;d=e,f!$&'()*+~_-.", "", false},
      {"/%c3%A4?%zz%", "/%c3%A4", "%zz%", true},
      {"/http://x/", "/http://x/", "", false},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.target);
    const std::optional<RequestTarget> target = parse_request_target(c.target);
    REQUIRE(target.has_value());
    CHECK(target->form == Form::kOrigin);
    CHECK(target->raw_path == c.path);
    CHECK(target->query == c.query);
    CHECK(target->has_query == c.has_query);
    CHECK(target->scheme.empty());
    CHECK(target->authority.empty());
  }
}

TEST_CASE("RFC 9112 3.2.2: absolute form") {
  struct Case {
    std::string_view target;
    std::string_view scheme;
    std::string_view authority;
    std::string_view path;
    std::string_view query;
  };
  constexpr Case kCases[] = {
      {"http://www.example.org/pub/WWW/TheProject.html", "http", "www.example.org",
       "/pub/WWW/TheProject.html", ""},
      {"https://example.com:8443/a?b", "https", "example.com:8443", "/a", "b"},
      {"HTTP://EXAMPLE.com", "HTTP", "EXAMPLE.com", "/", ""},
      {"http://example.com?x=/", "http", "example.com", "/", "x=/"},
      {"http://[2001:db8::1]:80/", "http", "[2001:db8::1]:80", "/", ""},
      {"coap+tcp://h/", "coap+tcp", "h", "/", ""},
      {"http://h/a?http://i/", "http", "h", "/a", "http://i/"},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.target);
    const std::optional<RequestTarget> target = parse_request_target(c.target);
    REQUIRE(target.has_value());
    CHECK(target->form == Form::kAbsolute);
    CHECK(target->scheme == c.scheme);
    CHECK(target->authority == c.authority);
    CHECK(target->raw_path == c.path);
    CHECK(target->query == c.query);
  }
}

TEST_CASE("RFC 9112 3.2.3, 3.2.4: authority and asterisk form") {
  const std::optional<RequestTarget> connect = parse_request_target("www.example.com:80");
  REQUIRE(connect.has_value());
  CHECK(connect->form == Form::kAuthority);
  CHECK(connect->authority == "www.example.com:80");
  CHECK(connect->raw_path.empty());
  CHECK(parse_request_target("[::1]:443")->form == Form::kAuthority);
  CHECK(parse_request_target("http:80")->form == Form::kAuthority);
  CHECK(parse_request_target("*")->form == Form::kAsterisk);
  CHECK_FALSE(parse_request_target("*")->has_query);
}

TEST_CASE("request targets of no form") {
  // Neither a path nor a scheme; an authority without port (RFC 9110 9.3.6) or with a bad one; an
  // absolute form with a bad scheme, no host, user information (4.2.4), a bad port.
  constexpr std::string_view kInvalid =
      "index.html a/b ?q ** *? */ ./ ../etc example.com example.com: example.com:x "
      "example.com:65536 user@example.com:80 [::1] example.com:80/ http: http:/a ://a/ 1http://a/ "
      "h%74tp://a/ ht_tp://a/ http:// http:///a http://?a http://:80/ http://user@a/ "
      "http://user:password@a/ http://a:b/ http://a:65536/ http://[::1/ mailto:a@b";
  for (const std::string_view target : words(kInvalid)) {
    CAPTURE(target);
    CHECK_FALSE(parse_request_target(target).has_value());
  }
  for (const std::string_view target : {"", " ", "* ", " /", "http://a b/", "http://a/b c"}) {
    CAPTURE(target);
    CHECK_FALSE(parse_request_target(target).has_value());
  }
}

TEST_CASE("RFC 3986 2: which bytes a path and a query may hold, one by one") {
  constexpr std::string_view kLettersAndDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::string_view kPchar = "-._~!$&'()*+,;=:@";
  constexpr std::string_view kSentRaw = "[]|";  // by browsers, in a path too
  constexpr std::string_view kQueryOnly = "\"\\^`{}%";
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const char c = static_cast<char>(byte);
    const auto is_in = [c](std::string_view set) { return set.find(c) != std::string_view::npos; };
    const bool everywhere = is_in(kLettersAndDigits) || is_in(kPchar) || c == '/' || c == '?';
    const std::string character(1, c);
    const bool in_path = everywhere || is_in(kSentRaw);
    CHECK(parse_request_target("/a" + character).has_value() == in_path);
    CHECK(parse_request_target("/?" + character).has_value() == (in_path || is_in(kQueryOnly)));
  }
}

TEST_CASE("RFC 3986 3.2.2: hosts and their ports") {
  struct Case {
    std::string_view text;
    std::string_view host;
    std::string_view port;
  };
  constexpr Case kCases[] = {
      {"example.com", "example.com", ""},
      {"example.com:8080", "example.com", "8080"},
      {"example.com:", "example.com", ""},
      {"example.com:0", "example.com", "0"},
      {"example.com:65535", "example.com", "65535"},
      {"example.com:00080", "example.com", "00080"},
      {"example.com.", "example.com.", ""},
      {"EXAMPLE.com", "EXAMPLE.com", ""},
      {"localhost", "localhost", ""},
      {"a_b.c-d~e", "a_b.c-d~e", ""},
      {"xn--bcher-kva.example", "xn--bcher-kva.example", ""},
      {"b%C3%BCcher.example", "b%C3%BCcher.example", ""},
      {"192.0.2.16:80", "192.0.2.16", "80"},
      {"999.0.2.16", "999.0.2.16", ""},  // no address, so a registered name
      {"[::]", "[::]", ""},
      {"[2001:db8::7]", "[2001:db8::7]", ""},
      {"[2001:DB8::7]:443", "[2001:DB8::7]", "443"},
      {"[::ffff:192.0.2.1]:", "[::ffff:192.0.2.1]", ""},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.text);
    CHECK(valid_host(c.text));
    const std::optional<HostPort> result = parse_host(c.text);
    REQUIRE(result.has_value());
    CHECK(result->host == c.host);
    CHECK(result->port == c.port);
  }
}

TEST_CASE("what is no host") {
  // User information, other delimiters, half an escape, bytes that are not ASCII, bad ports, naked
  // IPv6, broken brackets, zones (RFC 3986 has none), IPvFuture, names in brackets.
  constexpr std::string_view kInvalid =
      ": :80 user@host user:password@host a/b a?b a#b a\\b a<b> a\"b a|b a^b a% a%4 a%zz "
      "b\xc3\xbc\x63her a\x7f a\tb a:b a:-1 a:+1 a:65536 a:99999999999999999999 a:80:80 "
      "::1 2001:db8::7 [] [ ] [::1 ::1] [::1]80 [::1]a [::1]] [[::1]] [::1]:65536 "
      "[fe80::1%25eth0] [fe80::1%eth0] [v1.fe80::a+en1] [192.0.2.1] [example.com]";
  for (const std::string_view text : words(kInvalid)) {
    CAPTURE(text);
    CHECK_FALSE(valid_host(text));
  }
  for (const std::string_view text :
       {"", " ", "a b", "a ", " a", "a: 1", "a:1 ", "[:: 1]", "[::1 ]"}) {
    CAPTURE(text);
    CHECK_FALSE(valid_host(text));
  }
  CHECK_FALSE(valid_host(std::string_view("a\0b", 3)));
}

TEST_CASE("RFC 3986 3.2.2: IPv6 addresses at their limits") {
  constexpr std::string_view kValid =
      ":: ::1 1:: 1::8 1:2:3::8 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 0000::0000 "
      "ABCD:EF01:2345:6789:abcd:ef01:2345:6789 1:2:3:4:5:6:1.2.3.4 1::1.2.3.4 ::1.2.3.4 "
      "::255.255.255.255 ::0.0.0.0";
  for (const std::string_view text : words(kValid)) {
    CAPTURE(text);
    CHECK(valid_host("[" + std::string(text) + "]"));
  }
  constexpr std::string_view kInvalid =
      ": ::: 1 1: :1 ::1: 1::2::3 1:::2 12345:: g:: 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 "
      "1:2:3:4::5:6:7:8 1:2:3:4:5:6:7:8:: ::1:2:3:4:5:6:7:8 1.2.3.4 ::1.2.3 ::1.2.3.4.5 "
      "::1.2.3.256 ::1.2.3.04 ::1.2.3. ::.1.2.3 ::1.2.3.4:1 1.2.3.4:: 1:2:3:4:5:6:7:1.2.3.4 "
      "1:2:3:4:5:1.2.3.4";
  for (const std::string_view text : words(kInvalid)) {
    CAPTURE(text);
    CHECK_FALSE(valid_host("[" + std::string(text) + "]"));
  }
}

TEST_CASE("random IPv6 literals agree with inet_pton") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  constexpr std::string_view kPieces[] = {"0", "1",   "ab",  "FFFF", "12345",   ":",
                                          ":", ":",   ":",   "::",   "1.2.3.4", "1.",
                                          ".", "255", "256", "01"};
  int valid = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::size_t left = random() % 18; left > 0; --left) {
      // Every other piece a colon half of the time, so that enough of them are addresses.
      const bool colon = i % 2 == 0 && left % 2 == 0;
      text += colon ? ":" : kPieces[random() % (i % 2 == 0 ? 4 : std::size(kPieces))];
    }
    CAPTURE(text);
    std::array<unsigned char, sizeof(in6_addr)> address{};
    const bool expected = inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
    REQUIRE(valid_host("[" + text + "]") == expected);
    valid += expected ? 1 : 0;
  }
  CHECK(valid > 100);
}
