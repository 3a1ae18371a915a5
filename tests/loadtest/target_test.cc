// Goal: URLs name the address, the Host and the path they say; everything that would need a look-up
// or another protocol is refused. Method: tables.

#include "loadtest/target.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using loadtest::is_loopback;
using loadtest::parse_target;

namespace {

struct Right {
  std::string url;
  std::string_view address;
  std::string_view authority;
  std::string_view path;
  bool loopback;
  bool secure = false;
};

const std::vector<Right> kRight{
    {"http://127.0.0.1:8080/", "127.0.0.1:8080", "127.0.0.1:8080", "/", true},
    {"http://127.8.9.1/a/b?c#d", "127.8.9.1:80", "127.8.9.1", "/a/b?c", true},
    {"http://localhost:81", "127.0.0.1:81", "localhost:81", "/", true},
    {"http://localhost?q", "127.0.0.1:80", "localhost", "/?q", true},
    {"http://[::1]:5/x", "[::1]:5", "[::1]:5", "/x", true},
    {"http://[::1]/", "[::1]:80", "[::1]", "/", true},
    {"http://[::ffff:127.0.0.1]/", "127.0.0.1:80", "[::ffff:127.0.0.1]", "/", true},
    {"http://128.0.0.1/", "128.0.0.1:80", "128.0.0.1", "/", false},
    {"http://0.0.0.0/", "0.0.0.0:80", "0.0.0.0", "/", false},
    {"http://[::2]/", "[::2]:80", "[::2]", "/", false},
    {"https://127.0.0.1:8443/a", "127.0.0.1:8443", "127.0.0.1:8443", "/a", true, true},
    {"https://localhost", "127.0.0.1:443", "localhost", "/", true, true},
    {"http://[2001:db8::1]/", "[2001:db8::1]:80", "[2001:db8::1]", "/", false},
};

const std::vector<std::string> kWrong{
    "",
    "localhost",
    "ftp://localhost/",
    "https:/localhost/",
    "http://",
    "http:///a",
    "http://www.example.org/",
    "http://user@127.0.0.1/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:65536/",
    "http://127.0.0.1:8x/",
    "http://127.0.0.1/a b",
    "http://127.0.0.1/a\r\nb",
    "http://[::1/",
};

}  // namespace

TEST_CASE("what a URL names") {
  for (const Right& right : kRight) {
    CAPTURE(right.url);
    const auto target = parse_target(right.url);
    REQUIRE(target);
    CHECK(target->address.to_string() == right.address);
    CHECK(target->authority == right.authority);
    CHECK(target->path == right.path);
    CHECK(target->secure == right.secure);
    CHECK(is_loopback(target->address) == right.loopback);
  }
}

TEST_CASE("what is no target") {
  for (const std::string& url : kWrong) {
    CAPTURE(url);
    CHECK_FALSE(parse_target(url));
  }
}
