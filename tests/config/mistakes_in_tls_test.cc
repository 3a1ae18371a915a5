// Goal: the mistakes that people make with certificates and listeners each give one message, which
// says what to write instead.
// Method: small files with one mistake each, and all of what is printed for them.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/config/sample.h"

namespace {

struct Mistake {
  std::string listen;
  std::string site;  // what it has besides its routes
  std::string_view shown;
};

const std::string kPlain = R"(":80")";
const std::string kTls = R"({ "address": ":443", "tls": true })";
const std::string kPair = R"("tls": { "certificate": "a.pem", "key": "a.key" })";

std::string file(const std::string& listen, const std::string& site) {
  return "{ \"listen\": [" + listen + "],\n  \"sites\": [ { " + site +
         ",\n    \"routes\": [{ \"respond\": {} }] } ] }";
}

template <std::size_t N>
void check_all(const Mistake (&mistakes)[N]) {
  for (const Mistake& mistake : mistakes) {
    CHECK("\n" + config::errors_of(file(mistake.listen, mistake.site)) == mistake.shown);
  }
}

}  // namespace

TEST_SUITE("config/mistakes_in_tls") {
  TEST_CASE("of a site's certificate") {
    check_all({{kTls, R"("tls": { "certficate": "a.pem", "key": "a.key" })", R"(
ouro.jsonc:2:25: error: unknown key "certficate"
   2 |   "sites": [ { "tls": { "certficate": "a.pem", "key": "a.key" },
     |                         ^~~~~~~~~~~~ did you mean "certificate"?
)"},
               {kTls, R"("tls": { "certificate": "a.pem" })", R"(
ouro.jsonc:2:16: error: "key" is missing in tls
   2 |   "sites": [ { "tls": { "certificate": "a.pem" },
     |                ^~~~~ the private key of the certificate (PEM)
)"},
               {kTls, R"("tls": "a.pem")", R"(
ouro.jsonc:2:23: error: tls must be an object or a list of objects, not a string
   2 |   "sites": [ { "tls": "a.pem",
     |                       ^~~~~~~ such as { "certificate": "a.pem", "key": "a.key" }
)"},
               {kTls,
                R"("tls": { "certificate": "a.pem", "key": "a.key",
  "client_auth": { "ca": "c.pem", "mode": "optional" } })",
                R"(
ouro.jsonc:3:43: error: "optional" is not a valid value for mode
   3 |   "client_auth": { "ca": "c.pem", "mode": "optional" } },
     |                                           ^~~~~~~~~~ allowed: "require", "request"
)"}});
  }

  TEST_CASE("of all TLS") {
    check_all({{kTls + "],\n  \"tls\": { \"min_version\": \"1.1\" }, \"include\": [", kPair, R"(
ouro.jsonc:2:27: error: "1.1" is not a valid value for min_version
   2 |   "tls": { "min_version": "1.1" }, "include": [],
     |                           ^~~~~ did you mean "1.2"?
)"}});
  }

  TEST_CASE("of a listener") {
    check_all({{R"({ "address": ":443", "tls": "on" })", kPair, R"(
ouro.jsonc:1:42: error: "on" is not a valid value for tls
   1 | { "listen": [{ "address": ":443", "tls": "on" }],
     |                                          ^~~~ write true
)"},
               {R"({ "address": ":443", "tls": "selfsigned" })", kPair, R"(
ouro.jsonc:1:42: error: "selfsigned" is not a valid value for tls
   1 | { "listen": [{ "address": ":443", "tls": "selfsigned" }],
     |                                          ^~~~~~~~~~~~ did you mean "self-signed"?
)"},
               {R"({ "address": ":443", "tls": "letsencrypt" })", kPair, R"(
ouro.jsonc:1:42: error: "letsencrypt" is not a valid value for tls
   1 | { "listen": [{ "address": ":443", "tls": "letsencrypt" }],
     |                                          ^~~~~~~~~~~~~ allowed: true, false or "self-signed"
)"}});
  }

  TEST_CASE("of listeners and sites that do not meet") {
    check_all({{kPlain, kPair, R"(
ouro.jsonc:2:16: error: a site with tls, but no listener has it
   2 |   "sites": [ { "tls": { "certificate": "a.pem", "key": "a.key" },
     |                ^~~~~ such as { "address": ":443", "tls": true } in the top "listen"
)"},
               {kPlain + ", " + kTls, R"("hosts": ["a.example"])",
                R"(
ouro.jsonc:1:49: error: no site with tls is on ":443"
   1 | { "listen": [":80", { "address": ":443", "tls": true }],
     |                                                 ^~~~ give a site )"
                R"("tls": { "certificate": "a.pem", "key": "a.key" }
)"},
               {kTls, R"("hosts": ["a.example"])",
                R"(
ouro.jsonc:2:14: error: a site without tls, but every listener has it
   2 |   "sites": [ { "hosts": ["a.example"],
     |              ^ give it "tls": { "certificate": "a.pem", "key": "a.key" })"
                R"(, or add a plain listener
)"},
               {kPlain + ", " + kTls, kPair + ",\n  \"listen\": [\":80\"]", R"(
ouro.jsonc:3:14: error: ":80" speaks no TLS, but the site has tls
   3 |   "listen": [":80"],
     |              ^~~~~ those with TLS: ":443"
)"},
               {kPlain + ", " + kTls, R"("listen": [":443"])",
                R"(
ouro.jsonc:2:27: error: ":443" speaks TLS, but the site has no tls
   2 |   "sites": [ { "listen": [":443"],
     |                           ^~~~~~ give it "tls": { "certificate": "a.pem", "key": "a.key" })"
                R"(, or add a plain listener
)"}});
  }
}
