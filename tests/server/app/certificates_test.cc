// Goal: every listener with TLS has the certificates of its sites; what is wrong with a file is
// said with the place that names it, all at once.
// Method: configurations over files made by the test, loaded; the messages as they are.
#include "server/app/certificates.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "config/loader.h"
#include "tests/server/app/tls_files.h"

namespace {

using core::KeyKind;
using test::make_identity;
using test::write_identity;

config::Config config_of(const test::TemporaryDirectory& directory, const std::string& text) {
  auto loaded = config::load_text(text, "ouro.jsonc", directory.path());
  const std::string errors = loaded ? "" : config::render(loaded.error());
  REQUIRE(errors == "");
  return loaded->config;
}

// One site, whose "tls" is the second line; `rest` belongs to the whole file.
config::Config with_tls(const test::TemporaryDirectory& directory, const std::string& tls,
                        const std::string& rest = "") {
  return config_of(directory, R"({"listen": [{"address": ":443", "tls": true}], "sites": [{
"tls": )" + tls + R"(, "hosts": ["a.example"], "routes": [{"respond": {}}]}])" +
                                  rest + "}");
}

// "LINE:COLUMN MESSAGE" of each in a line of its own, with DIR for the directory.
std::string failures_of(const test::TemporaryDirectory& directory, const config::Config& config) {
  const auto certificates = server::load_certificates(config);
  if (certificates) return "";
  std::string all;
  for (const server::CertificateFailure& failure : certificates.error()) {
    std::string message = failure.message;
    const std::size_t at = message.find(directory.path());
    if (at != std::string::npos) message.replace(at, directory.path().size(), "DIR");
    all += std::to_string(failure.place.line) + ":" + std::to_string(failure.place.column) + " " +
           message + "\n";
  }
  return all;
}

const std::string kPair = R"({"certificate": "a.pem", "key": "a.key"})";

}  // namespace

TEST_SUITE("server/app/certificates") {
  TEST_CASE("each listener has the sites that are on it, each site its certificates") {
    const test::TemporaryDirectory directory;
    write_identity(directory, "a", *make_identity({"a.example"}));
    write_identity(directory, "rsa",
                   *make_identity({"a.example"}, std::chrono::days(9), KeyKind::kRsa2048));
    write_identity(directory, "b", *make_identity({"b.example"}));
    const auto config = config_of(directory, R"({
      "listen": [":80", {"address": ":443", "tls": true}, {"address": ":444", "tls": true}],
      "sites": [
        {"routes": [{"respond": {}}]},
        {"hosts": ["a.example"], "listen": [":443"], "routes": [{"respond": {}}],
         "tls": [{"certificate": "a.pem", "key": "a.key"},
                 {"certificate": "rsa.pem", "key": "rsa.key"}]},
        {"hosts": ["b.example"], "routes": [{"respond": {}}],
         "tls": {"certificate": "b.pem", "key": "b.key", "stapling": "later.der"}}]})");
    const auto certificates = server::load_certificates(config);
    REQUIRE(certificates);
    REQUIRE(certificates->contexts.size() == 3);
    CHECK(certificates->contexts[0] == nullptr);
    CHECK(certificates->contexts[1]->entries().size() == 2);
    CHECK(certificates->contexts[1]->entry_for("b.example") == 1);
    CHECK(certificates->contexts[2]->entries().size() == 1);
    CHECK(certificates->contexts[2]->entry_for("a.example") == std::nullopt);
    REQUIRE(certificates->identities.size() == 3);
    CHECK(certificates->identities[0].empty());
    REQUIRE(certificates->identities[1].size() == 2);
    CHECK(certificates->identities[1][0]->key_description() == "ECDSA P-256");
    CHECK(certificates->identities[1][1]->key_description() == "RSA 2048");
    CHECK(certificates->identities[2].at(0)->names() == std::vector<std::string>{"b.example"});
  }

  TEST_CASE("a name finds the exact site, then *.name, then the one without hosts, or nothing") {
    const test::TemporaryDirectory directory;
    const std::string sites = R"(
      {"hosts": ["*.example"], "routes": [{"respond": {}}]},
      {"hosts": ["a.example"], "routes": [{"respond": {}}]})";
    const std::string head =
        R"({"listen": [{"address": ":443", "tls": "self-signed"}], "sites": [)";
    const auto strict = server::load_certificates(config_of(directory, head + sites + "]}"));
    const auto open = server::load_certificates(
        config_of(directory, head + sites + R"(, {"routes": [{"respond": {}}]}]})"));
    REQUIRE(strict);
    REQUIRE(open);
    CHECK(strict->contexts.at(0)->entry_for("a.example") == 1);
    CHECK(strict->contexts.at(0)->entry_for("b.example") == 0);
    for (const char* other : {"a.b.example", "example", "other", ""}) {
      CAPTURE(other);
      CHECK(strict->contexts.at(0)->entry_for(other) == std::nullopt);
      CHECK(open->contexts.at(0)->entry_for(other) == 2);
    }
  }

  TEST_CASE("without TLS no file is read") {
    const test::TemporaryDirectory directory;
    const auto certificates = server::load_certificates(
        config_of(directory,
                  R"({"listen": [":80"], "sites": [{"routes": [{"respond": {}}]}],
            "tls": {"ticket_keys": ["none"]}})"));
    REQUIRE(certificates);
    CHECK(certificates->contexts.at(0) == nullptr);
    CHECK(certificates->identities.at(0).empty());
  }

  TEST_CASE("a self-signed certificate is for the hosts of its site, or for this machine") {
    const test::TemporaryDirectory directory;
    write_identity(directory, "c", *make_identity({"c.example"}));
    const auto certificates = server::load_certificates(config_of(directory, R"({
      "listen": [{"address": ":443", "tls": "self-signed"}],
      "sites": [{"routes": [{"respond": {}}]},
                {"hosts": ["b.example", "*.b.example"], "routes": [{"respond": {}}]},
                {"hosts": ["c.example"], "tls": {"certificate": "c.pem", "key": "c.key"},
                 "routes": [{"respond": {}}]}]})"));
    REQUIRE(certificates);
    REQUIRE(certificates->identities.size() == 3);
    for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
      CHECK(certificates->identities[0].at(0)->covers(host));
    }
    CHECK(certificates->identities[1].at(0)->names() ==
          std::vector<std::string>{"b.example", "*.b.example"});
    CHECK(certificates->identities[2].at(0)->names() == std::vector<std::string>{"c.example"});
  }

  TEST_CASE("what is wrong with a certificate and its key") {
    const test::TemporaryDirectory directory;
    write_identity(directory, "a", *make_identity({"a.example"}));
    write_identity(directory, "b", *make_identity({"b.example"}));
    directory.write("empty.pem", "");
    directory.write("large.pem", std::string((std::size_t{1} << 20) + 1, 'x'));
    const auto of = [&directory](const std::string& certificate, const std::string& key) {
      return failures_of(directory, with_tls(directory, R"({"certificate": ")" + certificate +
                                                            R"(", "key": ")" + key + R"("})"));
    };
    CHECK(of("a.pem", "a.key") == "");
    CHECK(of("none.pem", "a.key") == "2:24 DIR/none.pem does not exist\n");
    CHECK(of("a.pem", "none.key") == "2:40 DIR/none.key does not exist\n");
    CHECK(of("empty.pem", "a.key") ==
          "2:24 DIR/empty.pem: the certificate chain holds no certificate: a line "
          "\"-----BEGIN CERTIFICATE-----\" is missing\n");
    CHECK(of("a.key", "a.key") ==
          "2:24 DIR/a.key: the certificate chain holds a private key and no certificate\n");
    CHECK(of("a.pem", "a.pem") ==
          "2:40 DIR/a.pem: the private key holds a certificate and no private key\n");
    CHECK(of("a.pem", "b.key") ==
          "2:40 DIR/b.key: the private key (ECDSA P-256) does not belong to the certificate of "
          "CN=a.example (ECDSA P-256)\n");
    CHECK(of("large.pem", "a.key") == "2:24 DIR/large.pem is larger than 1 MiB\n");
    CHECK(of("a.pem", "large.pem") == "2:40 DIR/large.pem is larger than 1 MiB\n");
  }

  TEST_CASE("what is wrong with files that go with it") {
    const test::TemporaryDirectory directory;
    write_identity(directory, "a", *make_identity({"a.example"}));
    write_identity(directory, "b", *make_identity({"a.example"}));
    directory.write("bad.der", "no response");
    const auto of = [&directory](const std::string& tls) {
      return failures_of(directory, with_tls(directory, tls));
    };
    const std::string files = R"("certificate": "a.pem", "key": "a.key",
)";
    CHECK(of("{" + files + R"("stapling": "none.der"})") == "");
    CHECK(of("{" + files + R"("stapling": "bad.der"})") ==
          "3:13 DIR/bad.der: the stapled response is no OCSP response in DER\n");
    CHECK(of("{" + files + R"("client_auth": {"ca": "a.pem"}})") == "");
    CHECK(of("{" + files + R"("client_auth": {"ca": "a.key"}})") ==
          "3:23 DIR/a.key: client_auth: the ca file holds a private key and no certificate\n");
    CHECK(of("{" + files + R"("client_auth": {"ca": "none"}})") ==
          "3:23 DIR/none does not exist\n");
    CHECK(of("[" + kPair + R"(,
{"certificate": "b.pem", "key": "b.key"}])") ==
          "3:17 DIR/b.pem: has two certificates with keys of the same kind: ECDSA P-256\n");
  }

  TEST_CASE("what is wrong with ticket keys") {
    const test::TemporaryDirectory directory;
    write_identity(directory, "a", *make_identity({"a.example"}));
    directory.write("first", std::string(80, '1'));
    directory.write("second", std::string(48, '2'));
    directory.write("short", std::string(79, '3'));
    const auto of = [&directory](const std::string& files) {
      return failures_of(directory, with_tls(directory, kPair, R"(, "tls": {
"ticket_keys": [)" + files + "]}"));
    };
    CHECK(of(R"("first", "second")") == "");
    CHECK(of(R"("first", "short")") ==
          "3:26 DIR/short: ticket key 2 has 79 bytes: 80 are needed, or 48 "
          "(openssl rand 80 >FILE)\n");
    CHECK(of(R"("first", "first")") ==
          "3:26 DIR/first: ticket key 2 has the name of another (its first 16 bytes)\n");
    CHECK(of(R"("none")") == "3:17 DIR/none does not exist\n");
  }

  TEST_CASE("all of it is said at once") {
    const test::TemporaryDirectory directory;
    const auto config = config_of(directory, R"({"listen": [{"address": ":443", "tls": true}],
      "sites": [
{"hosts": ["a"], "tls": {"certificate": "a.pem", "key": "a.key"}, "routes": [{"respond": {}}]},
{"hosts": ["b"], "tls": {"certificate": "b.pem", "key": "b.key"}, "routes": [{"respond": {}}]}],
"tls": {"ticket_keys": ["c"]}})");
    CHECK(failures_of(directory, config) ==
          "3:41 DIR/a.pem does not exist\n4:41 DIR/b.pem does not exist\n"
          "5:25 DIR/c does not exist\n");
    CHECK(server::load_certificates(config).error().front().is_missing);
  }
}
