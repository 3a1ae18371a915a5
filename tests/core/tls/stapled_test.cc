// Goal: only a response that says "good" about one of our certificates is stapled. Method: OCSP
// responses made by the test.

#include "core/tls/stapled.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "core/tls/identity.h"
#include "tests/core/tls/issued.h"
#include "tests/core/tls/ocsp_response.h"

namespace {

std::string mistake_of(std::string_view der) {
  const auto read = core::read_stapled(der);
  return read ? "none" : read.error();
}

}  // namespace

TEST_CASE("a good response names its certificate and its end") {
  const auto root = test::issue("root", test::ec_key());
  const auto leaf = test::issue("leaf", test::ec_key(), &root);
  const auto now = std::time(nullptr);
  const auto stapled = core::read_stapled(test::ocsp_response(leaf, root, 3600)).value();
  CHECK(stapled.expires >= now + 3600);
  CHECK(stapled.expires < now + 3700);
  CHECK(core::speaks_about(stapled, leaf.certificate.get()));
  const auto other = core::TlsIdentity::self_signed(std::vector<std::string>{"other"},
                                                    core::KeyKind::kEcdsaP256, std::chrono::days(1))
                         .value();
  CHECK_FALSE(core::speaks_about(stapled, other->certificate()));
  CHECK_FALSE(core::speaks_about(core::Stapled(), leaf.certificate.get()));
}

TEST_CASE("what is no good response is a sentence") {
  const auto root = test::issue("root", test::ec_key());
  const auto leaf = test::issue("leaf", test::ec_key(), &root);
  const auto good = test::ocsp_response(leaf, root, 3600);
  CHECK(mistake_of(good) == "none");
  CHECK(mistake_of(test::ocsp_response(leaf, root, -3600)) == "none");
  CHECK(mistake_of("") == "is no OCSP response in DER");
  CHECK(mistake_of(good.substr(0, good.size() - 1)) == "is no OCSP response in DER");
  CHECK(mistake_of(test::ocsp_response(leaf, root, 3600, V_OCSP_CERTSTATUS_REVOKED)) ==
        "says that the certificate is revoked or unknown");
  CHECK(mistake_of(test::ocsp_response(leaf, root, 3600, V_OCSP_CERTSTATUS_UNKNOWN)) ==
        "says that the certificate is revoked or unknown");
  CHECK(mistake_of(test::ocsp_refusal()) == "says that the authority could not answer");
}

TEST_CASE("the serial number of another authority's certificate is not enough") {
  const auto root = test::issue("root", test::ec_key());
  const auto leaf = test::issue("leaf", test::ec_key(), &root);
  const auto other_root = test::issue("other", test::ec_key());
  const auto same_number = test::issue("leaf", test::ec_key(), &other_root);
  const auto stapled = core::read_stapled(test::ocsp_response(leaf, root, 3600)).value();
  CHECK(core::speaks_about(stapled, leaf.certificate.get()));
  CHECK_FALSE(core::speaks_about(stapled, same_number.certificate.get()));
}

TEST_CASE("a response that no handshake could carry is a sentence, as are bytes behind one") {
  const auto root = test::issue("root", test::ec_key());
  const auto leaf = test::issue("leaf", test::ec_key(), &root);
  const auto good = test::ocsp_response(leaf, root, 3600);
  CHECK(mistake_of(good + "x") == "is no OCSP response in DER");
  CHECK(mistake_of(good + std::string(core::kStapledBytesMax - good.size(), 'x')) ==
        "is no OCSP response in DER");
  CHECK(mistake_of(good + std::string(core::kStapledBytesMax + 1 - good.size(), 'x')) ==
        "is larger than 16 KiB");
}
