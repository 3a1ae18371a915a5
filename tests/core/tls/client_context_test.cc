// Goal: a client's options do what they say, and a mistake in them is a sentence. Method: contexts
// built from tables; what a handshake makes of them is in server_context_test.cc.

#include "core/tls/client_context.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/core/tls/filter_pair.h"

namespace {

using core::TlsClientOptions;

std::string mistake_of(const TlsClientOptions& options) {
  const auto built = core::TlsClientContext::build(options);
  return built ? "none" : built.error();
}

}  // namespace

TEST_CASE("mistakes in the options") {
  CHECK(mistake_of({}) == "none");
  TlsClientOptions ca;
  ca.ca = "nothing";
  CHECK(mistake_of(ca).starts_with("the ca file holds no certificate"));
  TlsClientOptions alpn;
  alpn.alpn = {""};
  CHECK(mistake_of(alpn) == "a name for ALPN has 1 to 255 bytes");
  TlsClientOptions algorithms;
  algorithms.signature_algorithms = "rot13";
  CHECK(mistake_of(algorithms).starts_with("signature algorithms rot13: "));
  TlsClientOptions suites;
  suites.suites_12 = "ROT13";
  CHECK(mistake_of(suites).starts_with("cipher suites ROT13: "));
  TlsClientOptions groups;
  groups.groups = "rot13";
  CHECK(mistake_of(groups).starts_with("groups rot13: "));
}

TEST_CASE("whether it verifies, and whether it keeps sessions") {
  TlsClientOptions options;
  CHECK_FALSE(test::new_client(options)->verifies());
  options.ca = test::any_identity()->to_pem().chain;
  CHECK(test::new_client(options)->verifies());
  core::TlsServerOptions server_options;
  server_options.ticket_keys = core::TicketKeys::rotating();
  const auto server = test::new_server({test::entry_of(test::any_identity())}, server_options);
  for (const bool keeps : {false, true}) {
    options.keep_sessions = keeps;
    const auto client = test::new_client(options);
    test::FilterPair pair(server, *client);
    REQUIRE(pair.shake());
    CHECK((pair.client.filter->session() != nullptr) == keeps);
  }
}
