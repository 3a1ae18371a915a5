// Goal: a certificate made at start-up is one that clients take, and no nonsense becomes one.
// Method: tables of names and of days; a handshake with a client that trusts it.

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/tls/identity.h"
#include "tests/core/tls/filter_pair.h"

namespace {

using core::KeyKind;
using core::TlsIdentity;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::system_clock;

std::string mistake_of(const std::vector<std::string>& names, days valid = days(1)) {
  const auto made = TlsIdentity::self_signed(names, KeyKind::kEcdsaP256, valid);
  return made ? "none" : made.error();
}

}  // namespace

TEST_CASE("names: hosts, wildcards and addresses; what is neither is a sentence") {
  CHECK(mistake_of({}) == "a certificate needs a name");
  for (const std::string good :
       {"a", "a.example", "A_b-1.Example.", "*.example", "127.0.0.1", "::1"}) {
    CAPTURE(good);
    CHECK(mistake_of({good}) == "none");
  }
  for (const std::string bad : {"", ".", ".a", "a..b", "a b", "*", "*.", "a.*.b", "*a.b", "a/b",
                                "a:1", "[::1]", "a,DNS:b", "\xc3\xa4.example"}) {
    CAPTURE(bad);
    CHECK(mistake_of({"good", bad}) == "\"" + bad + "\" is neither a host name nor an address");
  }
  CHECK(mistake_of({std::string(253, 'a')}) == "none");
  CHECK(mistake_of({std::string(254, 'a')}) != "none");
}

TEST_CASE("validity: 1 to 36500 days, since an hour ago") {
  const std::string_view limits = "a certificate is valid for 1 to 36500 days";
  CHECK(mistake_of({"a"}, days(0)) == limits);
  CHECK(mistake_of({"a"}, days(-1)) == limits);
  CHECK(mistake_of({"a"}, days(36501)) == limits);
  CHECK(mistake_of({"a"}, days(36500)) == "none");
  const auto identity = test::new_identity({"a"});
  const auto now = system_clock::now();
  CHECK(identity->not_before() <= now - hours(1));
  CHECK(identity->not_before() > now - hours(2));
  CHECK(identity->not_after() > now + days(29));
  CHECK(identity->not_after() <= now + days(30));
}

TEST_CASE("the subject is the first name while it fits") {
  CHECK(test::new_identity({"A.example", "b"})->subject() == "CN=a.example");
  CHECK(test::new_identity({"::1"})->subject() == "CN=::1");
  CHECK(test::new_identity({std::string(64, 'a')})->subject() == "CN=" + std::string(64, 'a'));
  CHECK(test::new_identity({std::string(65, 'a')})->subject() == "CN=self-signed");
  CHECK(test::new_identity({"a"})->issuer() == "CN=a");
}

TEST_CASE("a client that trusts it verifies every name of it, with either kind of key") {
  for (const auto kind : {KeyKind::kEcdsaP256, KeyKind::kRsa2048}) {
    const auto identity =
        test::new_identity({"a.example", "*.b.example", "127.0.0.1", "::1"}, kind);
    core::TlsClientOptions options;
    options.ca = identity->to_pem().chain;
    const auto client = test::new_client(options);
    const auto server = test::new_server({test::entry_of(identity)});
    for (const auto* name : {"a.example", "x.b.example", "127.0.0.1", "::1"}) {
      CAPTURE(name);
      CHECK(test::FilterPair(server, *client, name).shake());
    }
    CHECK_FALSE(test::FilterPair(server, *client, "c.example").shake());
  }
}
