// Goal: what is written is read back, in order, whatever stands around it. Method: certificates of
// the test (issued.h); the mistakes are in identity_test.cc.

#include "core/tls/pem.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/core/tls/issued.h"

TEST_CASE("certificates come back in their order, other blocks are passed over") {
  const auto one = test::issue("one", test::ec_key());
  const auto two = test::issue("two", test::ec_key());
  const auto text = "first\n" + two.certificate_pem() + two.key_pem() + one.certificate_pem();
  const auto read = core::read_certificates(text);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK(X509_cmp(read->front().get(), two.certificate.get()) == 0);
  CHECK(X509_cmp(read->back().get(), one.certificate.get()) == 0);
}

TEST_CASE("the first key counts; damage behind it is not looked at") {
  const auto one = test::issue("one", test::ec_key());
  const auto two = test::issue("two", test::rsa_key(2048));
  const auto text = one.certificate_pem() + one.key_pem() + two.key_pem();
  for (const auto size : {text.size(), text.size() - 50}) {
    const auto key = core::read_private_key(text.substr(0, size));
    REQUIRE(key);
    CHECK(EVP_PKEY_eq(key->get(), one.key.get()) == 1);
  }
}

TEST_CASE("nothing, and a file as large as may be") {
  CHECK_FALSE(core::read_certificates(""));
  CHECK_FALSE(core::read_private_key(""));
  const auto one = test::issue("one", test::ec_key());
  auto text = one.certificate_pem();
  text.resize(core::kPemBytesMax, '\n');
  CHECK(core::read_certificates(text));
  text += '\n';
  CHECK_FALSE(core::read_certificates(text));
}
