#include "tests/core/tls/hostile_client.h"

#include <array>
#include <span>

#include "core/base/invariant.h"
#include "core/tls/connection_state.h"
#include "core/tls/openssl_handles.h"
#include "core/tls/record_bio.h"
#include "tests/core/tls/filter_pair.h"

namespace test {

struct HostileClient::Parts {
  explicit Parts(core::TlsVersion version)
      : context(new_client(version_only(version))), ssl(SSL_new(context->context())) {
    INVARIANT(ssl != nullptr);
    core::connect_bio(ssl.get(), state);
    state.output = &sent;
    SSL_set_connect_state(ssl.get());
  }

  // Whether OpenSSL only waits for more.
  bool goes_on(int result) {
    failed = result != 1 && SSL_get_error(ssl.get(), result) != SSL_ERROR_WANT_READ;
    return !failed;
  }

  void open_records() {
    std::array<char, 16384> buffer{};
    do {
      std::size_t size = 0;
      if (!goes_on(SSL_read_ex(ssl.get(), buffer.data(), buffer.size(), &size))) return;
      plain.append(buffer.data(), size);
    } while (!state.input.empty() || SSL_pending(ssl.get()) > 0);
  }

  core::ConnectionState state;
  Wire sent;
  ClientContextPtr context;
  core::SslPtr ssl;
  std::string plain;
  bool failed = false;
};

HostileClient::HostileClient(core::TlsVersion version, const Session& session)
    : parts_(std::make_unique<Parts>(version)) {
  if (session != nullptr) INVARIANT(SSL_set_session(parts_->ssl.get(), session->get()) == 1);
}

HostileClient::~HostileClient() = default;

std::string HostileClient::hello(std::string_view early) {
  if (early.empty()) {
    INVARIANT(parts_->goes_on(SSL_do_handshake(parts_->ssl.get())));
    return parts_->sent.take();
  }
  // What the server has not allowed: only this client's copy of the session says so.
  INVARIANT(SSL_SESSION_set_max_early_data(SSL_get_session(parts_->ssl.get()), 16384) == 1);
  std::size_t size = 0;
  INVARIANT(SSL_write_early_data(parts_->ssl.get(), early.data(), early.size(), &size) == 1);
  INVARIANT(size == early.size());
  return parts_->sent.take();
}

std::string HostileClient::take(std::string_view received) {
  parts_->state.input = std::as_bytes(std::span(received));
  const bool shaking = !handshake_done();
  if (!shaking || (parts_->goes_on(SSL_do_handshake(parts_->ssl.get())) && handshake_done())) {
    if (!parts_->state.input.empty()) parts_->open_records();
  }
  parts_->state.input = {};
  return parts_->sent.take();
}

std::string HostileClient::seal(std::string_view plain) {
  std::size_t size = 0;
  INVARIANT(SSL_write_ex(parts_->ssl.get(), plain.data(), plain.size(), &size) == 1);
  return parts_->sent.take();
}

std::string HostileClient::key_updates(int count) {
  for (int i = 0; i < count; ++i) {
    INVARIANT(SSL_key_update(parts_->ssl.get(), SSL_KEY_UPDATE_REQUESTED) == 1);
    INVARIANT(SSL_do_handshake(parts_->ssl.get()) == 1);
  }
  return parts_->sent.take();
}

std::string HostileClient::renegotiation() {
  SSL_clear_options(parts_->ssl.get(), SSL_OP_NO_RENEGOTIATION);
  INVARIANT(SSL_renegotiate(parts_->ssl.get()) == 1);
  INVARIANT(parts_->goes_on(SSL_do_handshake(parts_->ssl.get())));
  return parts_->sent.take();
}

std::string HostileClient::close() {
  INVARIANT(SSL_shutdown(parts_->ssl.get()) == 0);
  return parts_->sent.take();
}

bool HostileClient::handshake_done() const { return SSL_is_init_finished(parts_->ssl.get()) == 1; }

bool HostileClient::failed() const { return parts_->failed; }

const std::string& HostileClient::plain() const { return parts_->plain; }

}  // namespace test
