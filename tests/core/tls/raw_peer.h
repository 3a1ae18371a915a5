// A client that does what TlsFilter never does: key updates in series, renegotiation, requests for
// OCSP responses. OpenSSL's own object on the BIO of core/tls. One thread.
#pragma once

#include <array>
#include <span>
#include <string>

#include "core/tls/client_context.h"
#include "core/tls/connection_state.h"
#include "core/tls/openssl_handles.h"
#include "core/tls/record_bio.h"
#include "tests/core/tls/filter_pair.h"

namespace test {

class RawPeer {
 public:
  explicit RawPeer(const core::TlsClientContext& context) : ssl_(SSL_new(context.context())) {
    core::connect_bio(ssl_.get(), state_);
    state_.output = &sent_;
    SSL_set_connect_state(ssl_.get());
  }

  [[nodiscard]] SSL* ssl() { return ssl_.get(); }

  // Talks until neither side has anything to say; what arrives as plaintext is thrown away.
  void talk_to(Side& server) {
    do {
      server.take(sent_.take());
      const auto records = server.sent.take();
      state_.input = std::as_bytes(std::span(records));
      std::array<char, 20000> buffer{};
      std::size_t size = 0;
      int result = 0;
      do {  // a record at a time: plaintext or a message
        result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size);
      } while (result == 1 ||
               (!state_.input.empty() && SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ));
      state_.input = {};
    } while (!sent_.text.empty());
  }

  std::string take_sent() { return sent_.take(); }

  // SSL_do_handshake() for the first flight, and for one of renegotiation.
  void begin() { SSL_do_handshake(ssl_.get()); }

 private:
  core::ConnectionState state_;
  Wire sent_;
  core::SslPtr ssl_;
};

}  // namespace test
