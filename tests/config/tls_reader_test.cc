// Goal: certificates, and what holds for all TLS, are read as written, with the place of each file;
// each slip gets one message with the remedy. Method: tables of "tls" in a right file; whole texts
// for what an operator meets first.
#include "config/tls_reader.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "config/loader.h"
#include "tests/config/sample.h"
#include "tests/server/app/temporary_directory.h"

using config::Wrong;

namespace {

std::string file_with(std::string_view site_tls) {
  return "{ \"listen\": [{ \"address\": \":443\", \"tls\": true }], \"sites\": [{\n\"tls\": " +
         std::string(site_tls) + ",\n\"routes\": [{ \"respond\": {} }] }] }";
}

config::Config loaded(std::string_view text, std::string_view directory = "/etc/ouro") {
  return config::loaded_text(text, directory).config;
}

}  // namespace

TEST_SUITE("config/tls_reader") {
  TEST_CASE("certificates of a site, with their places") {
    setenv("OURO_TEST_TLS", "/run/tls", 1);  // NOLINT(concurrency-mt-unsafe)
    const config::Config config = loaded(file_with(
        R"([{"certificate": "ec.pem", "key": "${env:OURO_TEST_TLS}/ec.key", "stapling": "ec.der"},
            {"certificate": "/rsa.pem", "key": "rsa.key", "stapling": null,
             "client_auth": {"ca": "./ca.pem"}}])"));
    REQUIRE(config.sites[0].tls);
    const config::SiteTls& tls = *config.sites[0].tls;
    REQUIRE(tls.certificates.size() == 2);
    CHECK(tls.certificates[0].certificate.path == "/etc/ouro/ec.pem");
    CHECK(tls.certificates[0].certificate.place.file == "ouro.jsonc");
    CHECK(tls.certificates[0].certificate.place.line == 2);
    CHECK(tls.certificates[0].certificate.place.column == 25);
    CHECK(tls.certificates[0].key.path == "/run/tls/ec.key");
    REQUIRE(tls.certificates[0].stapling);
    CHECK(tls.certificates[0].stapling->path == "/etc/ouro/ec.der");
    CHECK(tls.certificates[1].certificate.path == "/rsa.pem");
    CHECK_FALSE(tls.certificates[1].stapling);
    REQUIRE(tls.client_auth);
    CHECK(tls.client_auth->ca.path == "/etc/ouro/ca.pem");
    CHECK(tls.client_auth->ca.place.line == 4);
    CHECK(tls.client_auth->mode == config::ClientAuth::Mode::kRequire);
  }

  TEST_CASE("a certificate without its list, and the other mode") {
    const config::Config config = loaded(file_with(
        R"({"certificate": "a", "key": "b", "client_auth": {"ca": "c", "mode": "request"}})"));
    REQUIRE(config.sites[0].tls);
    CHECK(config.sites[0].tls->certificates.size() == 1);
    CHECK(config.sites[0].tls->client_auth->mode == config::ClientAuth::Mode::kRequest);
  }

  TEST_CASE("paths of an included file start there, and variables of files are read") {
    const test::TemporaryDirectory directory;
    static_cast<void>(directory.write("name", "from-file.pem\n"));
    static_cast<void>(directory.write("sites/a.jsonc",
                                      R"({"tls": {"certificate": "${file:../name}", "key": "a.key"},
            "routes": [{"respond": {}}]})"));
    const config::Config config =
        loaded(R"({"listen": [{"address": ":443", "tls": true}], "include": ["sites/a.jsonc"]})",
               directory.path());
    const config::KeyPair& pair = config.sites[0].tls->certificates[0];
    CHECK(pair.certificate.path == directory.path() + "/sites/from-file.pem");
    CHECK(pair.key.path == directory.path() + "/sites/a.key");
    CHECK(pair.key.place.file == directory.path() + "/sites/a.jsonc");
  }

  TEST_CASE("slips in a site's tls") {
    constexpr Wrong kCases[] = {
        {R"({"certificate": "a", "key": "b"})", ""},
        {R"([{"certificate": "a", "key": "b"}])", ""},
        {R"(true)", "tls must be an object or a list of objects, not a boolean"},
        {R"("a.pem")", "^~~~~~~ such as { \"certificate\": \"a.pem\", \"key\": \"a.key\" }"},
        {R"([])", "tls must not be empty"},
        {R"(["a.pem"])", "^~~~~~~ write { \"certificate\": \"a.pem\" }"},
        {R"({"certificate": "a.pem"})", "2:1: error: \"key\" is missing in tls"},
        {R"({"key": "a.key"})", "2:1: error: \"certificate\" is missing in tls"},
        {R"([{"certificate": "a.pem"}])", "2:9: error: \"key\" is missing in an item of \"tls\""},
        {R"({"certficate": "a", "key": "b"})", "did you mean \"certificate\"?"},
        {R"({"certificate": "", "key": "b"})", "certificate must be a file"},
        {R"({"certificate": "a/", "key": "b"})", "certificate must be a file"},
        {R"({"certificate": ["a"], "key": "b"})", "certificate must be a string, not a list"},
        {R"({"certificate": "a", "key": "-----BEGIN PRIVATE KEY-----\n"})",
         "key is the path of a file, not what stands in it"},
        {R"({"certificate": "a", "key": "b", "stapling": true})", "stapling must be a string"},
        {R"({"certificate": "a", "key": "b", "client_auth": {}})", "\"ca\" is missing"},
        {R"({"certificate": "a", "key": "b", "client_auth": "ca.pem"})",
         "write { \"ca\": \"ca.pem\" }"},
        {R"({"certificate": "a", "key": "b", "client_auth": {"ca": "c", "mode": "optional"}})",
         "allowed: \"require\", \"request\""},
        {R"({"certificate": "a", "key": "b", "client_auth": {"ca": "c", "mode": "required"}})",
         "did you mean \"require\"?"},
        {R"({"certificate": "a", "key": "b", "ca": "c"})", "it belongs inside \"client_auth\""},
        {R"({"certificate": "a", "key": "b", "min_version": "1.2"})",
         "it belongs inside \"tls\" of the whole file"},
    };
    for (const Wrong& test : kCases) {
      config::check_errors(test.text, config::errors_of(file_with(test.text)), test.error);
    }
  }

  TEST_CASE("client_auth stands once, wherever") {
    const std::string asking = R"({"certificate": "a", "key": "b", "client_auth": {"ca": "c"}})";
    const std::string silent = R"({"certificate": "a", "key": "b", "client_auth": null})";
    CHECK(config::errors_of(file_with("[" + silent + ",\n" + asking + "]")) == "");
    CHECK(config::errors_of(file_with("[" + asking + ",\n" + silent + "]")) == "");
    CHECK(config::errors_of(file_with("[" + asking + ",\n" + asking + "]")) ==
          "ouro.jsonc:3:34: error: a second client_auth\n"
          "   3 | {\"certificate\": \"a\", \"key\": \"b\", \"client_auth\": {\"ca\": \"c\"}}],\n"
          "     |                                  ^~~~~~~~~~~~~ one holds for all certificates of "
          "the site; the first is at 2:42\n");
  }

  TEST_CASE("what holds for all TLS") {
    const auto with = [](const std::string& tls) {
      return R"({"listen": [":80"], "sites": [{"routes": [{"respond": {}}]}], "tls": )" + tls + "}";
    };
    CHECK(loaded(with("{}")).tls.min_version == config::TlsVersion::k12);
    CHECK(loaded(with("{}")).tls.ticket_keys.empty());
    const config::Tls full =
        loaded(with(R"({"min_version": "1.3", "ticket_keys": ["new", "/run/old"]})")).tls;
    CHECK(full.min_version == config::TlsVersion::k13);
    REQUIRE(full.ticket_keys.size() == 2);
    CHECK(full.ticket_keys[0].path == "/etc/ouro/new");
    CHECK(full.ticket_keys[1].path == "/run/old");
    CHECK(full.ticket_keys[1].place.column == 116);
    constexpr Wrong kCases[] = {
        {R"({"min_version": "1.1"})", "did you mean \"1.2\"?"},
        {R"({"min_version": "TLSv1.2"})", "allowed: \"1.2\", \"1.3\""},
        {R"({"min_version": 1.2})", "min_version must be a string, not a fraction"},
        {R"({"ticket_keys": "a"})", "write [\"a\"]"},
        {R"({"ticket_keys": [""]})", "an item of \"ticket_keys\" must be a file"},
        {R"({"ticket_keys": [1]})", "an item of \"ticket_keys\" must be a string"},
        {R"({"certificate": "a.pem"})", "it belongs inside \"tls\" of a site"},
    };
    for (const Wrong& test : kCases) {
      config::check_errors(test.text, config::errors_of(with(std::string(test.text))), test.error);
    }
  }

  TEST_CASE("files that are missing are said beforehand") {
    const test::TemporaryDirectory directory;
    static_cast<void>(directory.write("a.pem", ""));
    const auto result = config::load_text(
        file_with(R"({"certificate": "a.pem", "key": "/nowhere/a.key", "stapling": "none"})"),
        "ouro.jsonc", directory.path());
    REQUIRE(result);
    REQUIRE(result->warnings.size() == 2);
    CHECK(result->warnings[0].message == "\"/nowhere/a.key\" does not exist");
    CHECK(result->warnings[0].help == "ouro does not start without it");
    CHECK(result->warnings[1].help == "nothing is stapled as long as it is missing");
  }
}
