// Goal: what RFC 7617 calls credentials are taken apart, other schemes are told from mistakes, and
// a password is wiped. Method: tables, with the RFC's own examples; texts encoded by base64(1).

#include "server/auth/credentials.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace {

using server::Credentials;
using server::CredentialsFailure;
using server::read_credentials;

struct Taken {
  std::string field;
  std::string user;
  std::string password;
};

}  // namespace

TEST_CASE("credentials are a name and all behind the first colon") {
  const std::vector<Taken> examples{
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"},  // RFC 7617 2
      {"Basic dGVzdDoxMjPCow==", "test", "123£"},                        // RFC 7617 2.1
      {"basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"},
      {"BASIC   QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"},
      {"Basic YTpiOmM=", "a", "b:c"},
      {"Basic YTo6Og==", "a", "::"},
      {"Basic YTo=", "a", ""},
      {"Basic OmI=", "", "b"},
      {"Basic Og==", "", ""},
      {"Basic YTrk", "a", "\xE4"},
  };
  for (const Taken& example : examples) {
    CAPTURE(example.field);
    const auto credentials = read_credentials(example.field);
    REQUIRE(credentials);
    CHECK(credentials->user == example.user);
    CHECK(credentials->password == example.password);
  }
}

TEST_CASE("another scheme is as good as none") {
  for (const std::string field : {"", "Bearer abc", "Digest username=\"a\"", "Basi QTpi",
                                  "Basics QTpi", "Negotiate", " Basic QTpi", "\"Basic\" QTpi"}) {
    CAPTURE(field);
    const auto credentials = read_credentials(field);
    REQUIRE(!credentials);
    CHECK(credentials.error() == CredentialsFailure::kOtherScheme);
  }
}

TEST_CASE("malformed credentials are refused") {
  const std::vector<std::string> fields{
      "Basic",          "Basic ",         "Basic\tYTpi",     "Basic,YTpi",
      "Basic YTpi,",    "Basic YTpi ",    "Basic YTpi YTpi", "Basic realm=\"x\"",
      "Basic YTpiYw",   "Basic YTpiYx==", "Basic ====",
      "Basic YWJj",      // abc: no colon
      "Basic YTpiAA==",  // a:b NUL
      "Basic AGE6Yg==",  // NUL a:b
      "Basic YTpiCg==",  // a:b LF
      "Basic CWE6Yg==",  // TAB a:b
      "Basic YTpiHw==",  // a:b US
      "Basic YTpifw==",  // a:b DEL
  };
  for (const std::string& field : fields) {
    CAPTURE(field);
    const auto credentials = read_credentials(field);
    REQUIRE(!credentials);
    CHECK(credentials.error() == CredentialsFailure::kMalformed);
  }
}

TEST_CASE("credentials that are moved take their password along") {
  Credentials here = *read_credentials("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  Credentials there(std::move(here));
  CHECK(there.password == "open sesame");
  Credentials last = *read_credentials("Basic YTpi");
  last = std::move(there);
  CHECK(last.user == "Aladdin");
  CHECK(last.password == "open sesame");
}

// Looked at in memory that the test owns, where an object was.
TEST_CASE("credentials leave no password in their memory") {
  alignas(Credentials) std::string_view::value_type memory[sizeof(Credentials)];
  auto* credentials = new (memory) Credentials;
  credentials->password = "short";  // lies in the string itself
  const std::string_view all(memory, sizeof memory);
  CHECK(std::string(all).find("short") != std::string::npos);
  credentials->~Credentials();
  CHECK(std::string(all).find("short") == std::string::npos);
}
