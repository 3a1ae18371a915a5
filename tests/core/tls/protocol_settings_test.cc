// Goal: versions, options and lists are set as every connection relies on them. Method: an SSL_CTX
// asked afterwards; what they do is in server_context_test.cc.

#include "core/tls/protocol_settings.h"

#include <doctest/doctest.h>

#include <string>

#include "core/tls/pem.h"
#include "core/tls/server_context.h"
#include "tests/core/tls/filter_pair.h"

TEST_CASE("what both sides share") {
  for (const auto version : test::kVersions) {
    const core::SslContextPtr context(SSL_CTX_new(TLS_method()));
    core::set_protocol(context.get(), version);
    const long least = SSL_CTX_ctrl(context.get(), SSL_CTRL_GET_MIN_PROTO_VERSION, 0, nullptr);
    CHECK(least == (version == core::TlsVersion::k13 ? TLS1_3_VERSION : TLS1_2_VERSION));
    const auto options = SSL_CTX_get_options(context.get());
    CHECK((options & SSL_OP_NO_RENEGOTIATION) != 0);
    CHECK((options & SSL_OP_NO_COMPRESSION) != 0);
    CHECK(SSL_CTX_ctrl(context.get(), SSL_CTRL_GET_READ_AHEAD, 0, nullptr) == 0);
  }
}

TEST_CASE("a server prefers its own order and takes no early data") {
  const core::SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  core::set_server_preferences(context.get());
  CHECK((SSL_CTX_get_options(context.get()) & SSL_OP_CIPHER_SERVER_PREFERENCE) != 0);
  CHECK(SSL_CTX_get_max_early_data(context.get()) == 0);
  CHECK(SSL_CTX_get_security_level(context.get()) == 2);
}

TEST_CASE("ALPN on the wire") {
  CHECK(core::alpn_on_the_wire({}).value().empty());
  CHECK(core::alpn_on_the_wire({"h2", "http/1.1"}).value() == "\x02h2\x08http/1.1");
  CHECK(core::alpn_on_the_wire({std::string(255, 'a')}).value().size() == 256);
  CHECK_FALSE(core::alpn_on_the_wire({std::string(256, 'a')}));
  CHECK_FALSE(core::alpn_on_the_wire({"h2", ""}));
}

TEST_CASE("trust takes every certificate, also twice, and says what a file lacks") {
  const core::SslContextPtr context(SSL_CTX_new(TLS_method()));
  const auto pem = test::any_identity()->to_pem();
  CHECK(core::trust(context.get(), pem.chain + pem.chain).value().size() == 2);
  const auto nothing = core::trust(context.get(), pem.key);
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error() == "holds a private key and no certificate");
  CHECK(core::use_identity(context.get(), *test::any_identity()));
}
