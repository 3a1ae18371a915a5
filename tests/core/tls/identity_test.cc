// Goal: a chain and its key become an identity in every form they come in, and each mistake in them
// is a sentence that says what to do. Method: certificates issued by the test (issued.h), tables.

#include "core/tls/identity.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "tests/core/tls/issued.h"

namespace {

using core::KeyKind;
using core::TlsIdentity;
using std::chrono::days;
using std::chrono::system_clock;
using test::ec_key;
using test::issue;
using test::Issued;
using test::rsa_key;

constexpr std::string_view kNoCertificate =
    "the certificate chain holds no certificate: a line \"-----BEGIN CERTIFICATE-----\" is missing";
constexpr std::string_view kNoKey =
    "the private key holds no private key: a line \"-----BEGIN PRIVATE KEY-----\" is missing";
constexpr std::string_view kEncrypted =
    "the private key is encrypted: nobody is there to type its password, so store it without "
    "(openssl pkey -in FILE -out FILE)";

std::string mistake_of(std::string_view chain, std::string_view key) {
  const auto loaded = TlsIdentity::from_pem(chain, key);
  return loaded ? "none" : loaded.error();
}

std::shared_ptr<const TlsIdentity> made(const Issued& issued) {
  return TlsIdentity::from_pem(issued.certificate_pem(), issued.key_pem()).value();
}

std::string block(std::string_view name, std::string_view content) {
  return "-----BEGIN " + std::string(name) + "-----\n" + std::string(content) + "-----END " +
         std::string(name) + "-----\n";
}

std::string with_crlf(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') result += '\r';
    result += c;
  }
  return result;
}

}  // namespace

TEST_CASE("mistakes in the files") {
  const auto good = issue("good", ec_key());
  const auto chain = good.certificate_pem();
  const auto key = good.key_pem();
  struct Row {
    std::string chain;
    std::string key;
    std::string_view mistake;
  };
  const Row rows[] = {
      {chain, key, "none"},
      {"", key, kNoCertificate},
      {"some text", key, kNoCertificate},
      {std::string(3, '\0'), key, kNoCertificate},
      {key, key, "the certificate chain holds a private key and no certificate"},
      {chain.substr(0, chain.size() / 2), key,
       "the certificate chain is damaged: a PEM block is cut off or not base64"},
      {chain + chain.substr(0, 100), key,
       "the certificate chain is damaged: a PEM block is cut off or not base64"},
      {block("CERTIFICATE", "AAAA\n"), key,
       "the certificate chain is damaged: certificate 1 in it is not an X.509 certificate"},
      {chain + block("CERTIFICATE", "AAAA\n"), key,
       "the certificate chain is damaged: certificate 2 in it is not an X.509 certificate"},
      {std::string(core::kPemBytesMax + 1, '\n'), key,
       "the certificate chain is no PEM file: it is larger than 1 MiB"},
      {std::string(core::kPemBytesMax, '\n'), key, kNoCertificate},
      {chain, "", kNoKey},
      {chain, "some text", kNoKey},
      {chain, chain, "the private key holds a certificate and no private key"},
      {chain, key.substr(0, key.size() / 2),
       "the private key is damaged: a PEM block is cut off or not base64"},
      {chain, block("ENCRYPTED PRIVATE KEY", "AAAA\n"), kEncrypted},
      {chain,
       block("EC PRIVATE KEY",
             "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
             "AAAA\n"),
       kEncrypted},
  };
  for (const auto& row : rows) {
    CAPTURE(row.chain.substr(0, 100));
    CAPTURE(row.key.substr(0, 100));
    CHECK(mistake_of(row.chain, row.key) == row.mistake);
  }
  CHECK(mistake_of(chain, block("PRIVATE KEY", "AAAA\n"))
            .starts_with("the private key is damaged: it is no private key"));
}

TEST_CASE("keys that are no good") {
  const auto weak = issue("weak", rsa_key(1024));
  const auto odd = issue("odd", ec_key("secp256k1"));
  const auto good = issue("good", ec_key());
  const auto other = issue("other", rsa_key(2048));
  CHECK(mistake_of(weak.certificate_pem(), weak.key_pem()) ==
        "the private key is too weak: RSA 1024, and 2048 bits are the least");
  CHECK(
      mistake_of(odd.certificate_pem(), odd.key_pem()) ==
      "the private key is on a curve that clients do not know (ECDSA secp256k1): use P-256, P-384 "
      "or P-521");
  CHECK(mistake_of(good.certificate_pem(), other.key_pem()) ==
        "the private key (RSA 2048) does not belong to the certificate of CN=good (ECDSA P-256)");
  CHECK(mistake_of(good.certificate_pem(), issue("good", ec_key()).key_pem()) ==
        "the private key (ECDSA P-256) does not belong to the certificate of CN=good (ECDSA "
        "P-256)");
}

TEST_CASE("chains in the wrong order, with a gap, or with the wrong authority") {
  const auto root = issue("root", ec_key());
  const auto middle = issue("middle", ec_key("P-384"), &root);
  const auto leaf = issue("leaf", ec_key(), &middle);
  const auto namesake = issue("middle", ec_key());
  const auto weak = issue("weak", rsa_key(1024));
  const auto under_weak = issue("leaf", ec_key(), &weak);
  const auto key = leaf.key_pem();
  const auto [r, m, l] =
      std::array{root.certificate_pem(), middle.certificate_pem(), leaf.certificate_pem()};
  CHECK(mistake_of(l, key) == "none");
  CHECK(mistake_of(l + m, key) == "none");
  CHECK(mistake_of(l + m + r, key) == "none");
  CHECK(mistake_of(m + l, key) ==
        "the certificate chain is in the wrong order: the private key belongs to certificate 2 of "
        "it (CN=leaf), which must come first");
  CHECK(mistake_of(l + r, key) ==
        "the certificate chain is in the wrong order, or one is missing: certificate 1 (CN=leaf) "
        "was issued by CN=middle, and not by certificate 2 that follows it (CN=root)");
  CHECK(mistake_of(l + m + m, key) ==
        "the certificate chain is in the wrong order, or one is missing: certificate 2 (CN=middle) "
        "was issued by CN=root, and not by certificate 3 that follows it (CN=middle)");
  CHECK(mistake_of(l + namesake.certificate_pem(), key)
            .starts_with("the certificate chain is in the wrong order, or one is missing: "));
  CHECK(mistake_of(under_weak.certificate_pem() + weak.certificate_pem(), under_weak.key_pem()) ==
        "the key of certificate 2 of the chain is too weak: RSA 1024, and 2048 bits are the least");
}

TEST_CASE("one file with everything, text between the blocks, and lines that end in CR LF") {
  const auto root = issue("root", ec_key());
  const auto leaf = issue("leaf", ec_key(), &root);
  const auto all = "subject=leaf\n" + leaf.certificate_pem() + "\nKey:\n" + leaf.key_pem() +
                   "the authority\n" + root.certificate_pem() + "end";
  for (const auto& file : {all, with_crlf(all)}) {
    const auto identity = TlsIdentity::from_pem(file, file);
    REQUIRE(identity);
    CHECK((*identity)->subject() == "CN=leaf");
    CHECK((*identity)->issuer() == "CN=root");
    CHECK((*identity)->to_pem().chain == leaf.certificate_pem() + root.certificate_pem());
    CHECK((*identity)->to_pem().key == leaf.key_pem());
  }
}

TEST_CASE("kinds of keys") {
  CHECK(made(issue("a", ec_key()))->key_description() == "ECDSA P-256");
  CHECK(made(issue("a", ec_key("P-384")))->key_description() == "ECDSA P-384");
  CHECK(made(issue("a", ec_key("P-521")))->key_description() == "ECDSA P-521");
  CHECK(made(issue("a", rsa_key(2048)))->key_description() == "RSA 2048");
  core::KeyPtr ed25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  CHECK(made(issue("a", std::move(ed25519)))->key_description() == "Ed25519");
}

TEST_CASE("names are those of subjectAltName, without tricks; the CN is none") {
  CHECK(made(issue("only.cn.example", ec_key()))->names().empty());
  CHECK_FALSE(made(issue("only.cn.example", ec_key()))->covers("only.cn.example"));
  const std::string zero("bank.example\0.evil.example", 26);
  const auto identity = made(issue("cn", ec_key(), nullptr,
                                   {{GEN_DNS, "A.Example"},
                                    {GEN_DNS, zero},
                                    {GEN_EMAIL, "mail@a.example"},
                                    {GEN_DNS, ""},
                                    {GEN_DNS, "*.w.example"},
                                    {GEN_IPADD, std::string("\x7f\0\0\x01", 4)},
                                    {GEN_IPADD, "\x01\x02\x03"},
                                    {GEN_IPADD, std::string(15, '\0') + '\x01'}}));
  CHECK(identity->names() ==
        std::vector<std::string>{"a.example", "*.w.example", "127.0.0.1", "::1"});
  struct Row {
    std::string_view host;
    bool covered;
  };
  const Row rows[] = {
      {"a.example", true},     {"A.EXAMPLE.", true}, {"b.a.example", false},
      {"x.w.example", true},   {"w.example", false}, {"x.y.w.example", false},
      {".w.example", false},   {"127.0.0.1", true},  {"127.0.0.2", false},
      {"::1", true},           {"0:0:0:0::1", true}, {"::2", false},
      {"bank.example", false}, {"", false},          {"mail@a.example", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.host);
    CHECK(identity->covers(row.host) == row.covered);
  }
}

TEST_CASE("validity is told, and an expired certificate is no mistake") {
  const auto now = system_clock::now();
  const auto fresh = made(issue("a", ec_key(), nullptr, {}, 10));
  CHECK(fresh->not_before() <= now - days(1));
  CHECK(fresh->not_before() > now - days(2));
  CHECK(fresh->not_after() > now + days(9));
  CHECK(fresh->not_after() < now + days(11));
  const auto expired = made(issue("a", ec_key(), nullptr, {}, -1));
  CHECK(expired->not_after() < now);
}

TEST_CASE("what to_pem() writes is what from_pem() reads") {
  for (const auto kind : {KeyKind::kEcdsaP256, KeyKind::kRsa2048}) {
    const std::vector<std::string> names = {"a.example", "*.b.example", "::1"};
    const auto first = TlsIdentity::self_signed(names, kind, days(90)).value();
    const auto pem = first->to_pem();
    const auto second = TlsIdentity::from_pem(pem.chain, pem.key).value();
    CHECK(second->names() == names);
    CHECK(second->subject() == first->subject());
    CHECK(second->not_after() == first->not_after());
    CHECK(second->key_description() == first->key_description());
    CHECK(second->to_pem().chain == pem.chain);
    CHECK(second->to_pem().key == pem.key);
  }
}
