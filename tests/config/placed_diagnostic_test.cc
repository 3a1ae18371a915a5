// Goal: what is found out after loading is shown as what is found out before.
// Method: places of a loaded file, and all that is printed for them.
#include "config/placed_diagnostic.h"

#include <doctest/doctest.h>

#include <string>

namespace {

const std::string kText = R"({ "listen": [{ "address": ":443", "tls": true }],
  "sites": [{ /* ü */ "tls": { "certificate": "a \" b.pem", "key": "a.key" },
    "routes": [{ "respond": {} }] }] })";

}  // namespace

TEST_SUITE("config/placed_diagnostic") {
  TEST_CASE("a string of the file is underlined") {
    const auto loaded = config::load_text(kText, "ouro.jsonc", "/etc/ouro");
    REQUIRE(loaded);
    const config::KeyPair& pair = loaded->config.sites.at(0).tls->certificates.at(0);
    CHECK("\n" + config::render(
                     config::diagnose(*loaded, pair.certificate.place, "is damaged", "help")) ==
          R"(
ouro.jsonc:2:47: error: is damaged
   2 |   "sites": [{ /* ü */ "tls": { "certificate": "a \" b.pem", "key": "a.key" },
     |                                               ^~~~~~~~~~~~ help
)");
    CHECK("\n" + config::render(config::diagnose(*loaded, pair.key.place, "is encrypted")) == R"(
ouro.jsonc:2:68: error: is encrypted
   2 |   "sites": [{ /* ü */ "tls": { "certificate": "a \" b.pem", "key": "a.key" },
     |                                                                    ^~~~~~~
)");
    CHECK("\n" + config::render(config::diagnose(*loaded, {"ouro.jsonc", 2, 13}, "a site")) == R"(
ouro.jsonc:2:13: error: a site
   2 |   "sites": [{ /* ü */ "tls": { "certificate": "a \" b.pem", "key": "a.key" },
     |             ^
)");
  }

  TEST_CASE("a place elsewhere is named, one beyond the end does no harm") {
    const auto loaded = config::load_text(kText, "ouro.jsonc", "/etc/ouro");
    REQUIRE(loaded);
    CHECK(config::render(config::diagnose(*loaded, {"other.jsonc", 2, 3}, "is wrong", "help")) ==
          "other.jsonc:2:3: error: is wrong\n     | help\n");
    CHECK(config::diagnose(*loaded, {"ouro.jsonc", 99, 1}, "is wrong").place.line == 3);
  }
}
