// Goal: the address forms that can be listened on; every other form is refused with what to write.
// Method: tables.
#include "config/address.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

TEST_SUITE("config/address") {
  TEST_CASE("addresses") {
    struct Case {
      std::string_view text;
      std::string_view host;
      std::uint16_t port;
    };
    constexpr Case kCases[] = {{":8080", "", 8080},
                               {":0", "", 0},
                               {":65535", "", 65535},
                               {"127.0.0.1:80", "127.0.0.1", 80},
                               {"0.0.0.0:80", "0.0.0.0", 80},
                               {"[::1]:80", "::1", 80},
                               {"[::]:80", "::", 80},
                               {"[2001:DB8:0:0::1]:443", "2001:db8::1", 443},
                               {"[::ffff:1.2.3.4]:1", "::ffff:1.2.3.4", 1}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const auto address = config::parse_listen_address(test.text);
      REQUIRE(address);
      CHECK(address->host == test.host);
      CHECK(address->port == test.port);
      CHECK(address->text == test.text);
      CHECK(address->place.line == 0);
    }
  }

  TEST_CASE("a Unix socket, up to the path that the kernel takes") {
    const auto address = config::parse_listen_address("unix:/run/ouro.sock");
    REQUIRE(address);
    CHECK(address->unix_path == "/run/ouro.sock");
    CHECK(address->text == "unix:/run/ouro.sock");
    const std::string longest = "/" + std::string(106, 'x');
    CHECK(config::parse_listen_address("unix:" + longest));
    const auto longer = config::parse_listen_address("unix:" + longest + "x");
    REQUIRE(!longer);
    CHECK(longer.error().message == "the path of a Unix socket has at most 107 bytes");
  }

  TEST_CASE("what is refused, and the help") {
    struct Case {
      std::string_view text;
      std::string_view message;
      std::string_view help;
    };
    constexpr std::string_view kForms = "write \":8080\" or \"127.0.0.1:8080\"";
    constexpr std::string_view kPort = "a number from 0 to 65535 (0: any that is free)";
    constexpr Case kCases[] = {
        {"", "an empty address", kForms},
        {"unix:", "\"unix:\" names no socket", "such as \"unix:/run/ouro.sock\""},
        {"unix:/run/", "\"unix:/run/\" names no socket", "such as \"unix:/run/ouro.sock\""},
        {"fd:web", "\"fd:\" addresses are not supported yet", kForms},
        {"http://127.0.0.1:80", "\"http://127.0.0.1:80\" is a URL, not an address", kForms},
        {"8080", "\"8080\" is not an address", "a port alone is written \":8080\""},
        {"127.0.0.1", "the port is missing in \"127.0.0.1\"", "write \"127.0.0.1:8080\""},
        {"[::1]", "the port is missing in \"[::1]\"", "write \"[::1]:8080\""},
        {"::1", "the port is missing in \"::1\"", "write \"[::1]:8080\""},
        {"localhost:8080", "\"localhost\" is a name, not an address",
         "use \"127.0.0.1:8080\" or \"[::1]:8080\""},
        {"localhost", "\"localhost\" is a name, not an address",
         "use \"127.0.0.1:8080\" or \"[::1]:8080\""},
        {"*:80", "\"*\" is not an address", "every address is written \":80\""},
        {"a.example:80", "\"a.example\" is not a numeric IP address",
         "such as \"127.0.0.1:80\", or \":80\" for every address"},
        {"127.0.0.1.1:80", "\"127.0.0.1.1\" is not a numeric IP address",
         "such as \"127.0.0.1:80\", or \":80\" for every address"},
        {"0x7f000001:80", "\"0x7f000001\" is not a numeric IP address",
         "such as \"127.0.0.1:80\", or \":80\" for every address"},
        {"1:2:3", "\"1:2\" is not an address", "IPv6 addresses stand in brackets: \"[::1]:8080\""},
        {"fe80::1234:5:80808", "\"80808\" is not a port", kPort},
        {"[::1:80", "\"[::1\" is not an IPv6 address in brackets", "such as \"[::1]:8080\""},
        {"[127.0.0.1]:80", "\"[127.0.0.1]\" is not an IPv6 address in brackets",
         "such as \"[::1]:8080\""},
        {"[fe80::1%eth0]:80", "\"[fe80::1%eth0]\" has a zone, which is not supported",
         "write the address alone"},
        {":", "\"\" is not a port", kPort},
        {":65536", "\"65536\" is not a port", kPort},
        {":-1", "\"-1\" is not a port", kPort},
        {":80a", "\"80a\" is not a port", kPort},
        {":000080", "\"000080\" is not a port", kPort},
        {": 80", "\" 80\" is not a port", kPort},
        {" :80", "\" \" is not a numeric IP address",
         "such as \"127.0.0.1:80\", or \":80\" for every address"}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const auto address = config::parse_listen_address(test.text);
      REQUIRE_FALSE(address);
      CHECK(address.error().message == test.message);
      CHECK(address.error().help == test.help);
    }
  }

  TEST_CASE("a NUL byte does not hide what follows it") {
    CHECK_FALSE(config::parse_listen_address(std::string("127.0.0.1\0x:80", 14)));
  }
}
