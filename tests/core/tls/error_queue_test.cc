// Goal: the cause is found, and nothing stays behind for somebody else's failure. Method: errors
// raised by the test.

#include "core/tls/error_queue.h"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace {

void raise(int library, int reason) {
  ERR_new();
  ERR_set_error(library, reason, nullptr);
}

}  // namespace

TEST_CASE("the oldest error is taken, and the queue is empty behind it") {
  ERR_clear_error();
  CHECK(core::take_error() == 0);
  raise(ERR_LIB_PEM, PEM_R_NO_START_LINE);
  raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
  CHECK(ERR_GET_REASON(core::take_error()) == PEM_R_NO_START_LINE);
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("the protocol's error is taken from behind the cryptography's") {
  CHECK(core::take_protocol_error() == 0);
  raise(ERR_LIB_PROV, 1);
  raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
  raise(ERR_LIB_SSL, SSL_R_BAD_PACKET);
  const auto error = core::take_protocol_error();
  CHECK(ERR_GET_LIB(error) == ERR_LIB_SSL);
  CHECK(ERR_GET_REASON(error) == SSL_R_BAD_LENGTH);
  CHECK(ERR_peek_error() == 0);
  raise(ERR_LIB_PEM, PEM_R_NO_START_LINE);
  raise(ERR_LIB_PEM, PEM_R_BAD_END_LINE);
  CHECK(ERR_GET_REASON(core::take_protocol_error()) == PEM_R_NO_START_LINE);
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a failed call in words") {
  raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
  CHECK(core::openssl_error("cannot begin") == "cannot begin: bad length");
  CHECK(core::openssl_error("cannot begin") == "cannot begin: OpenSSL gives no reason");
}

TEST_CASE("a clean queue forgets what came before and what comes during it") {
  raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
  {
    const core::CleanErrorQueue clean;
    CHECK(ERR_peek_error() == 0);
    raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
  }
  CHECK(ERR_peek_error() == 0);
}
