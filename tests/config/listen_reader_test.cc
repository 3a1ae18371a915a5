// Goal: where to listen and whom to believe is read as written; each slip gets one message with its
// place and the remedy.
// Method: a table of members; one listener with all its keys.
#include "config/listen_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "config/loader.h"
#include "tests/config/sample.h"

namespace {

using config::errors_of_members;
using config::Wrong;

void check(const Wrong& test) {
  config::check_errors(test.text, errors_of_members(test.text), test.error);
}

}  // namespace

TEST_SUITE("config/listen_reader") {
  TEST_CASE("every key of a listener") {
    const auto result = config::load_text(
        R"({"listen": [":80", {"address": "unix:run/x", "proxy_protocol": ["unix:", "10.0.0.0/8"],
            "trusted_proxies": ["::1"], "client_ip_header": "X-Real-IP",
            "tls": "self-signed"}],
            "sites": [{"routes": [{"files": {"root": "/srv"}}]}]})",
        "ouro.jsonc", "/etc/ouro");
    REQUIRE(result);
    REQUIRE(result->config.listen.size() == 2);
    const config::Listen& plain = result->config.listen[0];
    CHECK(plain.tls == config::ListenTls::kOff);
    CHECK(plain.proxy_protocol.empty());
    CHECK(plain.trusted_proxies.empty());
    CHECK(plain.client_ip_header == "X-Forwarded-For");
    const config::Listen& full = result->config.listen[1];
    CHECK(full.address.unix_path == "/etc/ouro/run/x");
    CHECK(full.tls == config::ListenTls::kSelfSigned);
    CHECK(full.proxy_protocol.unix_sockets);
    CHECK(full.proxy_protocol.blocks.size() == 1);
    CHECK(full.trusted_proxies.blocks.size() == 1);
    CHECK(full.client_ip_header == "X-Real-IP");
  }

  TEST_CASE("listen") {
    constexpr Wrong kCases[] = {
        {R"("listen": [":80", {"address": ":81"}])", ""},
        {R"("listen": [":0", ":0"])", ""},
        {R"("listen": [":80", "127.0.0.1:80", "[::1]:80"])", ""},
        {R"("listen": [])", "listen must not be empty"},
        {R"("listen": ":80")", "^~~~~ write [\":80\"]"},
        {R"("listen": [80])", "^~ write \":80\""},
        {R"("listen": [null])", "an item of \"listen\" must be a string or an object, not null"},
        {R"("listen": [{}])", "\"address\" is missing in an item of \"listen\""},
        {R"("listen": [{"adress": ":80"}])", "did you mean \"address\"?"},
        {R"("listen": [{"address": 80}])", "an address must be a string, not a number"},
        {R"("listen": [{"address": ":80", "tls": false}])", ""},
        {R"("listen": [{"address": ":80", "tls": "self-signed"}])", ""},
        {R"("listen": [{"address": "unix:s", "tls": "self-signed"}])", ""},
        {R"("listen": [{"address": ":80", "tls": "${env:OURO_TEST_UNSET:-false}"}])", ""},
        {R"("listen": [{"address": ":80", "tls": "${env:OURO_TEST_UNSET:-self-signed}"}])", ""},
        {R"("listen": [{"address": ":80", "tls": "on"}])", "^~~~ write true"},
        {R"("listen": [{"address": ":80", "tls": "selfsigned"}])", "did you mean \"self-signed\"?"},
        {R"("listen": [{"address": ":80", "tls": "a.pem"}])",
         "^~~~~~~ allowed: true, false or \"self-signed\""},
        {R"("listen": [{"address": ":80", "tls": null}])",
         "tls must be true, false or \"self-signed\", not null"},
        {R"("listen": [{"address": ":80", "tls": {"certificate": "a.pem"}}])",
         "certificates stand in \"tls\" of the sites"},
        {R"("listen": [{"address": ":80", "ssl": true}])", "here it is \"tls\""},
        {R"("listen": [{"address": ":80", "certificate": "a.pem"}])",
         "it belongs inside \"tls\" of a site"},
        {R"("listen": ["${env:OURO_TEST_UNSET}"])", "OURO_TEST_UNSET is not set"},
        {R"("listen": ["unix:/run/x", "unix:run/x"])", ""},
        {R"("listen": ["unix:/etc/ouro/x", "unix:x"])", "duplicate address \"unix:x\""},
        {R"("listen": [{"address": ":80", "proxy_protocol": "10.0.0.0/8"}])",
         "proxy_protocol must be a list"},
        {R"("listen": [{"address": ":80", "proxy_protocol": ["10.0.0.0"]}])", ""},
        {R"("listen": [{"address": ":80", "trusted_proxies": ["10.0.0.1/8"]}])",
         "did you mean \"10.0.0.0/8\"?"},
        {R"("listen": [{"address": ":80", "trusted_proxys": []}])",
         "did you mean \"trusted_proxies\"?"},
        {R"("listen": [{"address": ":80", "client_ip_header": "X Real"}])",
         "\"X Real\" is not the name of a field"},
        {R"("listen": ["[::1]:80", {"address": "[0:0::1]:80"}])",
         "2:36: error: duplicate address \"[0:0::1]:80\""},
    };
    for (const Wrong& test : kCases) check(test);
  }

  TEST_CASE("addresses at their limit, and one more") {
    std::string addresses = "\"listen\": [\":1\"";
    for (std::size_t i = 1; i < config::kListenAddressesMax; ++i) {
      addresses += ", \":" + std::to_string(i + 1) + "\"";
    }
    CHECK(errors_of_members(addresses + "]") == "");
    const std::string one_more = addresses + ", \":9999\"]";
    check({one_more, "listen has more than 1000 addresses"});
  }

  TEST_CASE("a name to listen on, as it is shown") {
    CHECK(errors_of_members(R"(  "listen": [":80", "localhost:8080"])") ==
          "ouro.jsonc:2:21: error: \"localhost\" is a name, not an address\n"
          "   2 |   \"listen\": [\":80\", \"localhost:8080\"],\n"
          "     |                     ^~~~~~~~~~~~~~~~ use \"127.0.0.1:8080\" or \"[::1]:8080\"\n");
  }

  TEST_CASE("a duplicate address behind an unknown key points at the address") {
    CHECK(errors_of_members(R"("listen": [":80", {"x": 1, "address": ":80"}])")
              .find("2:39: error: duplicate address") != std::string::npos);
  }

  TEST_CASE("admin") {
    constexpr Wrong kCases[] = {
        {R"("admin": {})", ""},
        {R"("admin": {"address": null})", ""},
        {R"("admin": {"address": "[::1]:9180"})", ""},
        {R"("admin": {"address": "unix:admin"})", ""},
        {R"("admin": {"address": ":0"}, "listen": [":0"])", ""},
        {R"("admin": ":9180")", "admin must be an object, not a string"},
        {R"("admin": {"adress": ":9180"})", "did you mean \"address\"?"},
        {R"("admin": {"address": 9180})", "^~~~ write \":9180\""},
        {R"("admin": {"address": "9180"})", "a port alone is written \":9180\""},
        {R"("admin": {"address": ":9180", "tls": true})", "unknown key \"tls\""},
        {R"("admin": {"address": ":81"}, "listen": [":80", ":81"])", "duplicate address \":81\""},
        {R"("admin": {"address": ":81"}, "listen": [":80", ":81"])", "the first is at 2:48"},
        {R"("admin": {"address": "unix:/etc/ouro/x"}, "listen": ["unix:x"])", "duplicate address"},
        {R"("admin": {"address": ":81"}, "listen": [":80", "81"])",
         "a port alone is written \":81\""},
    };
    for (const Wrong& test : kCases) check(test);
  }

  TEST_CASE("the admin's address, its default, and none") {
    const auto admin_of = [](const std::string& members) {
      const auto result = config::load_text(
          "{" + members + R"("listen": [":80"], "sites": [{"routes": [{"respond": {}}]}]})",
          "ouro.jsonc", "/etc/ouro");
      REQUIRE(result);
      return result->config.admin;
    };
    CHECK(admin_of("").is_default);
    CHECK(admin_of("").address->text == "127.0.0.1:9180");
    CHECK(admin_of(R"("admin": {}, )").is_default);
    const config::Admin own = admin_of(R"("admin": {"address": "unix:run/admin"}, )");
    CHECK_FALSE(own.is_default);
    CHECK(own.address->unix_path == "/etc/ouro/run/admin");
    CHECK(own.address->place.column == 23);
    const config::Admin none = admin_of(R"("admin": {"address": null}, )");
    CHECK_FALSE(none.is_default);
    CHECK_FALSE(none.address);
  }
}
