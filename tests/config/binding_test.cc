// Goal: each site is on the listeners that the rules say, and no others; what cannot be is refused
// where it stands, once. Method: the same few listeners and sites in all combinations, as indices
// or as the one message; whole texts for what an operator meets first.
#include "config/binding.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/loader.h"
#include "tests/config/sample.h"

using config::loaded_text;

namespace {

using Indices = std::vector<std::size_t>;

constexpr std::string_view kPlain = R"(":80")";
constexpr std::string_view kTls = R"({"address": ":443", "tls": true})";
constexpr std::string_view kSelfSigned = R"({"address": ":8443", "tls": "self-signed"})";
constexpr std::string_view kCertificate = R"("tls": {"certificate": "a.pem", "key": "a.key"})";

std::string site(const std::string& members) {
  return "{" + members + (members.empty() ? "" : ", ") + R"("routes": [{"respond": {}}]})";
}
std::string tls_site(const std::string& members = "") {
  return site(std::string(kCertificate) + (members.empty() ? "" : ", ") + members);
}

std::string file(const std::vector<std::string_view>& listens,
                 const std::vector<std::string>& sites) {
  std::string text = "{\"listen\": [";
  for (const std::string_view listen : listens) text += "\n  " + std::string(listen) + ",";
  text += "],\n\"sites\": [";
  for (const std::string& one : sites) text += "\n  " + one + ",";
  return text + "]}";
}

}  // namespace

TEST_SUITE("config/binding") {
  TEST_CASE("where a site is") {
    const std::string host = R"("hosts": ["a"])";
    struct Case {
      std::vector<std::string_view> listens;
      Indices plain;  // of a site without TLS; empty: everywhere
      Indices tls;
    };
    const std::vector<Case> cases = {
        {{kPlain, kTls}, {0}, {1}},
        {{kTls, kPlain}, {1}, {0}},
        {{kPlain, kTls, kSelfSigned}, {0, 2}, {1, 2}},
        {{kPlain, kSelfSigned}, {}, {1}},
        {{kTls, kSelfSigned}, {1}, {}},
        {{kSelfSigned}, {}, {}},
    };
    for (const Case& test : cases) {
      CAPTURE(test.listens);
      const auto config = loaded_text(file(test.listens, {site(""), tls_site(host)})).config;
      CHECK(config.sites[0].listen == test.plain);
      CHECK(config.sites[1].listen == test.tls);
    }
    CHECK(loaded_text(file({kPlain}, {site("")})).config.sites[0].listen.empty());
    CHECK(loaded_text(file({kTls}, {tls_site()})).config.sites[0].listen.empty());
  }

  TEST_CASE("a site's own choice") {
    const auto config =
        loaded_text(file({kPlain, kTls, kSelfSigned},
                         {site(R"("listen": [":8443"])"), tls_site(R"("listen": [":443"])"),
                          site(R"("listen": [":80"])"), tls_site(R"("hosts": ["a"])")}))
            .config;
    CHECK(config.sites[0].listen == Indices{2});
    CHECK(config.sites[1].listen == Indices{1});
    CHECK(config.sites[2].listen == Indices{0});
    CHECK(config.sites[3].listen == Indices{1, 2});
  }

  TEST_CASE("a host, or no host, may stand once with and once without TLS") {
    const std::string host = R"("hosts": ["a"])";
    const std::string on_8443 = R"("listen": [":8443"])";
    struct Case {
      std::string name;
      std::vector<std::string_view> listens;
      std::vector<std::string> sites;
      std::string_view error;
    };
    const std::vector<Case> cases = {
        {"apart", {kPlain, kTls}, {site(host), tls_site(host)}, ""},
        {"apart, the others first", {kPlain, kTls}, {tls_site(host), site(host)}, ""},
        {"both defaults", {kPlain, kTls}, {site(""), tls_site()}, ""},
        {"twice plain",
         {kPlain, kTls},
         {tls_site(host), site(host), site(host)},
         "7:14: error: duplicate host \"a\""},
        {"twice TLS",
         {kPlain, kTls},
         {site(host), tls_site(host), tls_site(host)},
         "duplicate host \"a\""},
        {"two TLS defaults",
         {kPlain, kTls},
         {site(""), tls_site(), tls_site()},
         "a second site without hosts"},
        {"they meet where both are",
         {kPlain, kTls, kSelfSigned},
         {site(host), tls_site(host)},
         "7:63: error: duplicate host \"a\""},
        {"likewise",
         {kPlain, kTls, kSelfSigned},
         {tls_site(host), site(host)},
         "duplicate host \"a\""},
        {"kept apart by hand",
         {kPlain, kTls, kSelfSigned},
         {site(host), tls_site(R"("listen": [":443"], )" + host)},
         ""},
        {"kept apart by hand, the other way round",
         {kPlain, kTls, kSelfSigned},
         {site(R"("listen": [":80"], )" + host), tls_site(host)},
         ""},
        {"together by hand",
         {kPlain, kTls, kSelfSigned},
         {tls_site(host), site(on_8443 + ", " + host)},
         "duplicate host \"a\""},
        {"together by hand, the other way round",
         {kPlain, kTls, kSelfSigned},
         {site(on_8443 + ", " + host), tls_site(host)},
         "duplicate host \"a\""},
    };
    for (const Case& test : cases) {
      CAPTURE(test.name);
      const std::string text = file(test.listens, test.sites);
      config::check_errors(text, config::errors_of(text), test.error);
    }
  }

  TEST_CASE("what cannot be, as it is shown") {
    CHECK(
        config::errors_of(file({kPlain}, {tls_site()})) ==
        "ouro.jsonc:4:4: error: a site with tls, but no listener has it\n"
        "   4 |   {\"tls\": {\"certificate\": \"a.pem\", \"key\": \"a.key\"}, "
        "\"routes\": [{\"respond\": {}}]},]}\n"
        "     |    ^~~~~ such as { \"address\": \":443\", \"tls\": true } in the top \"listen\"\n");
    CHECK(config::errors_of(file({kTls}, {site("")})) ==
          "ouro.jsonc:4:3: error: a site without tls, but every listener has it\n"
          "   4 |   {\"routes\": [{\"respond\": {}}]},]}\n"
          "     |   ^ give it \"tls\": { \"certificate\": \"a.pem\", \"key\": \"a.key\" }, or "
          "add a plain listener\n");
    CHECK(config::errors_of(file({kPlain, kTls}, {tls_site(R"("listen": [":80"])")})) ==
          "ouro.jsonc:5:64: error: \":80\" speaks no TLS, but the site has tls\n"
          "   5 |   {\"tls\": {\"certificate\": \"a.pem\", \"key\": \"a.key\"}, "
          "\"listen\": [\":80\"], \"routes\": [{\"respond\": {}}]},]}\n"
          "     |                                                                ^~~~~ those with "
          "TLS: \":443\"\n");
    CHECK(config::errors_of(file({kPlain, kTls}, {site(R"("listen": [":443"])")})) ==
          "ouro.jsonc:5:15: error: \":443\" speaks TLS, but the site has no tls\n"
          "   5 |   {\"listen\": [\":443\"], \"routes\": [{\"respond\": {}}]},]}\n"
          "     |               ^~~~~~ give it \"tls\": { \"certificate\": \"a.pem\", \"key\": "
          "\"a.key\" }, or add a plain listener\n");
    CHECK(config::errors_of(file({kPlain, kTls}, {site("")})) ==
          "ouro.jsonc:3:30: error: no site with tls is on \":443\"\n"
          "   3 |   {\"address\": \":443\", \"tls\": true},],\n"
          "     |                              ^~~~ give a site \"tls\": { \"certificate\": "
          "\"a.pem\", \"key\": \"a.key\" }\n");
  }

  TEST_CASE("one mistake is one message") {
    const std::vector<std::pair<std::string, std::string_view>> cases = {
        {file({kPlain}, {tls_site(R"("listen": [":80"])")}), "in the top \"listen\""},
        {file({kPlain, R"({"address": ":443", "tls": "on"})"}, {tls_site()}), "write true"},
        {file({kPlain, R"({"address": ":443", "ssl": true})"}, {tls_site()}), "here it is \"tls\""},
        {file({kPlain, R"({"address": "443", "tls": true})"}, {tls_site()}), "a port alone"},
        {file({kTls}, {site(R"("ssl": {})")}), "here it is \"tls\""},
        {file({kTls}, {site(R"("tls": true)")}), "tls must be an object"},
        {file({kTls}, {site(R"("certificate": "a.pem")")}), "it belongs inside \"tls\""},
        {file({kPlain, kTls}, {site(""), site(R"("tls": true, "listen": [":443"])")}),
         "tls must be an object"},
        {file({kPlain, kTls}, {site(""), site(R"("tsl": {}, "hosts": ["a"])")}),
         "did you mean \"tls\"?"},
    };
    for (const auto& [broken, error] : cases) {
      config::check_errors(broken, config::errors_of(broken), error);
    }
  }

  TEST_CASE("a listener without a site is said, a self-signed one too") {
    const auto of_plain = loaded_text(file({kPlain, kTls}, {tls_site()})).warnings;
    const std::string shown = config::render(of_plain);
    CHECK(shown.find("ouro.jsonc:2:3: warning: no site is on \":80\"") != std::string::npos);
    CHECK(shown.find("\"https://{host}{uri}\"") != std::string::npos);
    const auto unused =
        loaded_text(file({kPlain, kSelfSigned}, {site(R"("listen": [":80"])")})).warnings;
    CHECK(config::render(unused).find("3:15: warning: no site is on \":8443\"") !=
          std::string::npos);
    CHECK(loaded_text(file({kPlain, kSelfSigned}, {site("")})).warnings.empty());
  }
}
