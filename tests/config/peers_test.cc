// Goal: networks and addresses mean what they say; every slip gets what was probably meant.
// Method: tables.
#include "config/peers.h"

#include <doctest/doctest.h>

#include <string_view>

TEST_SUITE("config/peers") {
  TEST_CASE("what is right") {
    struct Case {
      std::string_view text;
      unsigned prefix_bits;
    };
    constexpr Case kCases[] = {{"10.0.0.0/8", 104},   {"127.0.0.1", 128},     {"0.0.0.0/0", 96},
                               {"2001:db8::/32", 32}, {"::1", 128},           {"::/0", 0},
                               {"fc00::/7", 7},       {"192.168.1.4/30", 126}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      config::PeerList peers;
      REQUIRE(!config::add_peers(test.text, peers));
      REQUIRE(peers.blocks.size() == 1);
      CHECK(peers.blocks[0].prefix_bits == test.prefix_bits);
      CHECK(!peers.unix_sockets);
    }
    config::PeerList peers;
    REQUIRE(!config::add_peers("unix:", peers));
    CHECK(peers.unix_sockets);
    CHECK(peers.blocks.empty());
  }

  TEST_CASE("what is refused, and the help") {
    struct Case {
      std::string_view text;
      std::string_view message;
      std::string_view help;
    };
    constexpr std::string_view kForms =
        "such as \"10.0.0.0/8\", \"2001:db8::/32\", \"127.0.0.1\" or \"unix:\"";
    constexpr Case kCases[] = {
        {"", "\"\" is not an address or network", kForms},
        {"localhost", "\"localhost\" is not an address or network", kForms},
        {"10.0.0/8", "\"10.0.0/8\" is not an address or network", kForms},
        {"10.0.0.0/33", "\"33\" is not a prefix length", "a number from 0 to 32"},
        {"10.0.0.0/", "\"\" is not a prefix length", "a number from 0 to 32"},
        {"10.0.0.0/-1", "\"-1\" is not a prefix length", "a number from 0 to 32"},
        {"::1/129", "\"129\" is not a prefix length", "a number from 0 to 128"},
        {"10.1.0.0/8", "\"10.1.0.0/8\" has bits behind its prefix", "did you mean \"10.0.0.0/8\"?"},
        {"2001:db8::1/32", "\"2001:db8::1/32\" has bits behind its prefix",
         "did you mean \"2001:db8::/32\"?"},
        {"unix:/run/x", "\"unix:/run/x\" is not an address or network", kForms},
    };
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      config::PeerList peers;
      const auto error = config::add_peers(test.text, peers);
      REQUIRE(error);
      CHECK(error->message == test.message);
      CHECK(error->help == test.help);
      CHECK(peers.empty());
    }
  }
}
