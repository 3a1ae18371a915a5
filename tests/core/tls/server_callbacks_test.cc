// Goal: what a handshake asks of the server beside names and tickets: the stapled response, for
// whom it speaks and while it is good; a server name that is none. Method: an OpenSSL client that
// asks (raw_peer.h), and hellos changed in one place.

#include "core/tls/server_callbacks.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/core/tls/filter_pair.h"
#include "tests/core/tls/issued.h"
#include "tests/core/tls/ocsp_response.h"
#include "tests/core/tls/raw_peer.h"

namespace {

using core::TlsFilter;
using test::Side;

// The stapled response a client that asks gets; empty: none.
std::string staple_from(const test::ServerContextPtr& server, core::TlsVersion version) {
  const auto context = test::new_client(test::version_only(version));
  Side side(TlsFilter::make_server(server));
  test::RawPeer client(*context);
  SSL_ctrl(client.ssl(), SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, TLSEXT_STATUSTYPE_ocsp, nullptr);
  client.begin();
  client.talk_to(side);
  REQUIRE(side.filter->handshake_done());
  const unsigned char* bytes = nullptr;
  const long size = SSL_ctrl(client.ssl(), SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, &bytes);
  if (size <= 0) return "";
  const void* data = bytes;
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

}  // namespace

TEST_CASE("a client that asks gets the response while it is good, and nothing behind its end") {
  const auto root = test::issue("root", test::ec_key());
  const auto leaf = test::issue("leaf", test::ec_key(), &root);
  const auto identity = core::TlsIdentity::from_pem(leaf.certificate_pem(), leaf.key_pem()).value();
  const auto fresh = test::ocsp_response(leaf, root, 3600);
  const auto stale = test::ocsp_response(leaf, root, -60);
  for (const auto version : test::kVersions) {
    auto entry = test::entry_of(identity);
    CHECK(staple_from(test::new_server({entry}), version).empty());
    entry.stapled = {fresh};
    CHECK(staple_from(test::new_server({entry}), version) == fresh);
    entry.stapled = {stale};
    CHECK(staple_from(test::new_server({entry}), version).empty());
    entry.stapled = {stale, fresh};
    CHECK(staple_from(test::new_server({entry}), version) == fresh);
  }
}

TEST_CASE("a response about another certificate is a mistake") {
  const auto root = test::issue("root", test::ec_key());
  const auto leaf = test::issue("leaf", test::ec_key(), &root);
  auto entry = test::entry_of(test::any_identity());
  entry.stapled = {test::ocsp_response(leaf, root, 3600)};
  const auto built = core::TlsServerContext::build({entry}, {});
  REQUIRE_FALSE(built);
  CHECK(built.error() ==
        "entry 1 (the default): the stapled response speaks about another certificate");
}

TEST_CASE("a server name that is no host name list is refused with an alert") {
  const std::string name = "a.example";
  for (const auto version : test::kVersions) {
    const auto context = test::new_client(test::version_only(version));
    // Offsets before the name: its size, its type, the size of the list; and a byte of the name.
    for (const std::size_t back : {1U, 3U, 4U}) {
      CAPTURE(back);
      Side client(TlsFilter::make_client(*context, name));
      client.begin();
      auto hello = client.sent.take();
      const auto at = hello.find(name);
      REQUIRE(at != std::string::npos);
      hello[at - back] = static_cast<char>(hello[at - back] ^ 1);
      Side server(TlsFilter::make_server(test::plain_server()));
      server.take(hello);
      CHECK(server.outcome == test::Outcome::kFailed);
      CHECK(server.filter->failure() == "malformed server name");
      CHECK_FALSE(server.sent.text.empty());
    }
    Side client(TlsFilter::make_client(*context, name));
    client.begin();
    auto hello = client.sent.take();
    hello[hello.find(name)] = '\0';
    Side server(TlsFilter::make_server(test::plain_server()));
    server.take(hello);
    CHECK(server.filter->failure() == "malformed server name");
  }
}

TEST_CASE("the second hello counts, whatever the first one named") {
  auto options = test::version_only(core::TlsVersion::k13);
  options.groups = "P-521:P-384";  // we know the second only, so there are two hellos
  const auto context = test::new_client(options);
  const auto server = test::new_server(
      {test::entry_of(test::any_identity(), {"a.example"}), test::entry_of(test::any_identity())});
  std::string name = "a.example";
  for (const bool again : {true, false}) {
    CAPTURE(again);
    Side side(TlsFilter::make_server(server));
    test::RawPeer client(*context);
    const auto set_name = [&client](char* text) {
      SSL_ctrl(client.ssl(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, text);
    };
    set_name(name.data());
    client.begin();
    if (!again) set_name(nullptr);
    client.talk_to(side);
    REQUIRE(side.filter->handshake_done());
    CHECK(side.filter->entry() == (again ? 0 : 1));
    CHECK(side.filter->server_name() == (again ? "a.example" : ""));
  }
}

TEST_CASE("how OpenSSL is to ask for client certificates") {
  CHECK(core::verify_mode(core::ClientAuth::kNone) == SSL_VERIFY_NONE);
  CHECK(core::verify_mode(core::ClientAuth::kOptional) == SSL_VERIFY_PEER);
  CHECK(core::verify_mode(core::ClientAuth::kRequired) ==
        (SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT));
}
