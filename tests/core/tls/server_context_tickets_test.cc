// Goal: a ticket is good wherever the same keys and the same entry are, and nowhere else. Method:
// handshakes in memory (filter_pair.h) against contexts that share one thing or the other.

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/tls/server_context.h"
#include "tests/core/tls/filter_pair.h"

namespace {

using core::ClientAuth;
using core::TicketKeys;
using core::TlsServerOptions;
using core::TlsVersion;
using test::asking_entry;
using test::entry_of;
using test::FilterPair;
using test::IdentityPtr;
using test::kVersions;
using test::new_client;
using test::new_identity;
using test::new_server;
using test::version_only;

using Session = std::shared_ptr<const core::TlsSession>;

TlsServerOptions with_keys(std::shared_ptr<TicketKeys> keys) {
  TlsServerOptions options;
  options.ticket_keys = std::move(keys);
  return options;
}

test::ClientContextPtr keeping_client(TlsVersion version, IdentityPtr identity = nullptr) {
  auto options = version_only(version);
  options.keep_sessions = true;
  options.identity = std::move(identity);
  return new_client(options);
}

Session session_from(const test::ServerContextPtr& server, const core::TlsClientContext& client,
                     std::string_view name = "a.example") {
  FilterPair pair(server, client, name);
  REQUIRE(pair.shake());
  return pair.client.filter->session();
}

bool resumes(const test::ServerContextPtr& server, const core::TlsClientContext& client,
             const Session& session, std::string_view name = "a.example") {
  FilterPair pair(server, client, name, session);
  REQUIRE(pair.shake());
  CHECK(pair.client.filter->resumed() == pair.server.filter->resumed());
  return pair.server.filter->resumed();
}

}  // namespace

TEST_CASE("a ticket is good in every context with the same keys, and gives the next one") {
  const auto keys = TicketKeys::rotating();
  const auto identity = new_identity();
  const auto before = new_server({entry_of(identity)}, with_keys(keys));
  const auto after = new_server({entry_of(identity)}, with_keys(keys));
  const auto strange = new_server({entry_of(identity)}, with_keys(TicketKeys::rotating()));
  const auto without = new_server({entry_of(identity)});
  for (const auto version : kVersions) {
    const auto client = keeping_client(version);
    const auto session = session_from(before, *client);
    REQUIRE(session != nullptr);
    CHECK(resumes(before, *client, session));
    CHECK_FALSE(resumes(strange, *client, session_from(before, *client)));
    CHECK_FALSE(resumes(without, *client, session_from(before, *client)));
    CHECK(session_from(without, *client) == nullptr);
    FilterPair pair(after, *client, "a.example", session_from(before, *client));
    REQUIRE(pair.shake(1));
    CHECK(pair.server.filter->resumed());
    const auto next = pair.client.filter->session();
    if (version == TlsVersion::k13) REQUIRE(next != nullptr);
    if (next != nullptr) CHECK(resumes(before, *client, next));
  }
}

TEST_CASE("a ticket of one entry opens no other, whichever comes first") {
  const auto identity = new_identity({"a.example", "b.example"});
  for (const bool default_first : {true, false}) {
    const auto named = entry_of(identity, {"b.example"});
    const auto open = entry_of(identity);
    const auto server =
        new_server(default_first ? std::vector{open, named} : std::vector{named, open},
                   with_keys(TicketKeys::rotating()));
    for (const auto version : kVersions) {
      const auto client = keeping_client(version);
      CHECK(resumes(server, *client, session_from(server, *client, "a.example"), "a.example"));
      CHECK(resumes(server, *client, session_from(server, *client, "b.example"), "b.example"));
      CHECK_FALSE(
          resumes(server, *client, session_from(server, *client, "a.example"), "b.example"));
      CHECK_FALSE(
          resumes(server, *client, session_from(server, *client, "b.example"), "a.example"));
    }
  }
}

TEST_CASE(
    "a resumed client is still who it proved to be; a ticket does not outlive its authority") {
  const auto good = new_identity({"good.client"});
  const auto ca = good->to_pem().chain;
  const auto keys = TicketKeys::rotating();
  const auto server = new_server({asking_entry(ClientAuth::kRequired, ca)}, with_keys(keys));
  const auto other =
      new_server({asking_entry(ClientAuth::kRequired, new_identity({"other"})->to_pem().chain)},
                 with_keys(keys));
  const auto open = new_server({asking_entry(ClientAuth::kNone, "")}, with_keys(keys));
  for (const auto version : kVersions) {
    const auto client = keeping_client(version, good);
    FilterPair pair(server, *client, "a.example", session_from(server, *client));
    REQUIRE(pair.shake());
    CHECK(pair.server.filter->resumed());
    CHECK(pair.server.filter->client_subject() == "CN=good.client");
    // The authority is another one now: the client has to prove itself again, and cannot.
    CHECK_FALSE(FilterPair(other, *client, "a.example", session_from(server, *client)).shake());
    // A client who proved nothing does not come in with a ticket.
    const auto nobody = keeping_client(version);
    CHECK_FALSE(FilterPair(server, *nobody, "a.example", session_from(open, *nobody)).shake());
  }
}

TEST_CASE("a client that resumes with an older key's ticket keeps the new one, in both versions") {
  const std::vector<std::string> old_key{std::string(80, 'a')};
  const std::vector<std::string> both_keys{std::string(80, 'b'), std::string(80, 'a')};
  const std::vector<std::string> new_key{std::string(80, 'b')};
  const auto server_of = [](const std::vector<std::string>& material) {
    return new_server({entry_of(test::any_identity())},
                      with_keys(TicketKeys::from_material(material).value()));
  };
  for (const auto version : kVersions) {
    const auto client = keeping_client(version);
    const auto session = session_from(server_of(old_key), *client);
    REQUIRE(session != nullptr);
    FilterPair pair(server_of(both_keys), *client, "a.example", session);
    REQUIRE(pair.shake());
    REQUIRE(pair.client.filter->resumed());
    const auto renewed = pair.client.filter->session();
    REQUIRE(renewed != nullptr);
    CHECK(resumes(server_of(new_key), *client, renewed));
  }
}
