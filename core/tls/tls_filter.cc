#include "core/tls/tls_filter.h"

#include "core/base/invariant.h"
#include "core/tls/error_queue.h"
#include "core/tls/failure_text.h"
#include "core/tls/host_table.h"
#include "core/tls/openssl_handles.h"
#include "core/tls/pem.h"
#include "core/tls/record_bio.h"

namespace core {
namespace {

// The last step that sees every message: OpenSSL has no limit for these of its own.
void on_message(int writes, int /*version*/, int type, const void* message, std::size_t size,
                SSL* ssl, void* /*argument*/) noexcept {
  auto& state = *static_cast<ConnectionState*>(SSL_get_app_data(ssl));
  const auto* bytes = static_cast<const unsigned char*>(message);
  if (writes == 0 && type == SSL3_RT_HEADER) ++state.work;
  if (writes == 0 && type == SSL3_RT_HANDSHAKE && size > 0 && bytes[0] == SSL3_MT_KEY_UPDATE) {
    state.work += TlsFilter::kKeyUpdateWork;
    if (++state.key_updates > TlsFilter::kKeyUpdatesMax) state.refusal = "too many key updates";
  }
  // SSL_OP_NO_RENEGOTIATION answers each attempt with this warning and goes on for ever.
  if (writes == 1 && type == SSL3_RT_ALERT && size == 2 && bytes[1] == SSL_AD_NO_RENEGOTIATION) {
    state.refusal = "renegotiation";
  }
}

SSL* new_ssl(SSL_CTX* context) {
  const CleanErrorQueue clean;
  SSL* ssl = SSL_new(context);
  INVARIANT(ssl != nullptr);  // only memory is missing when it fails
  SSL_set_msg_callback(ssl, on_message);
  return ssl;
}

bool is_address(const std::string& canonical) {
  return canonical.find(':') != std::string::npos ||
         canonical.find_first_not_of("0123456789.") == std::string::npos;
}

void name_server(SSL* ssl, const std::string& name, bool verifies) {
  if (name.empty()) return;
  // As TlsIdentity::covers() compares: the CN is no name (RFC 9110 4.3.4), "*" a whole label.
  SSL_set_hostflags(ssl,
                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (is_address(name)) {
    if (!verifies || X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1) return;
    // "1.2.3" only looks like one: a name that no certificate has, and not a name unchecked.
    INVARIANT(SSL_set1_host(ssl, name.c_str()) == 1);
    return;
  }
  // What SSL_set_tlsext_host_name() does, without its old cast. The name is copied.
  if (name.size() <= TLSEXT_MAXLEN_host_name) {
    INVARIANT(SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                       const_cast<char*>(name.c_str())) == 1);
  }
  if (verifies) INVARIANT(SSL_set1_host(ssl, name.c_str()) == 1);
}

std::string subject_of(const X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  INVARIANT(bio != nullptr);
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

// One call into OpenSSL: the sink is there during it, the error queue is clean around it.
class TlsFilter::Turn {
 public:
  Turn(TlsFilter& filter, ByteSink& output) : filter_(filter) { filter.state_.output = &output; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { filter_.state_.output = nullptr; }

 private:
  CleanErrorQueue clean_;
  TlsFilter& filter_;
};

std::unique_ptr<TlsFilter> TlsFilter::make_server(std::shared_ptr<const TlsServerContext> context) {
  INVARIANT(context != nullptr);
  SSL* ssl = new_ssl(context->front());
  SSL_set_accept_state(ssl);
  return std::unique_ptr<TlsFilter>(new TlsFilter(ssl, std::move(context)));
}

std::unique_ptr<TlsFilter> TlsFilter::make_client(
    const TlsClientContext& context, std::string_view server_name,
    const std::shared_ptr<const TlsSession>& session) {
  const CleanErrorQueue clean;
  SSL* ssl = new_ssl(context.context());
  SSL_set_connect_state(ssl);
  name_server(ssl, canonical_host(server_name), context.verifies());
  if (session != nullptr) INVARIANT(SSL_set_session(ssl, session->get()) == 1);
  return std::unique_ptr<TlsFilter>(new TlsFilter(ssl, nullptr));
}

TlsFilter::TlsFilter(ssl_st* ssl, std::shared_ptr<const TlsServerContext> context)
    : ssl_(ssl), context_(std::move(context)) {
  connect_bio(ssl, state_);
}

TlsFilter::~TlsFilter() {
  // Else OpenSSL spoils the session of a connection that ends without close_notify, though TLS asks
  // that of none since 1.1 (RFC 4346 7.2.1), and the client's next handshake is a full one.
  if (phase_ == Phase::kOpen) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
}

TlsFilter::Outcome TlsFilter::handshake(std::span<const std::byte> input, ByteSink& output) {
  INVARIANT(phase_ != Phase::kOpen);
  if (phase_ == Phase::kFailed) return Outcome::kFailed;
  const Turn turn(*this, output);
  state_.input = input;
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) return outcome_of(result);
  phase_ = Phase::kOpen;
  handshake_done_ = true;
  // Sent, and OpenSSL would keep its copy as long as the connection lives.
  if (context_ != nullptr) SSL_set_tlsext_status_ocsp_resp(ssl_, nullptr, 0);
  keep_renewed_session();
  return Outcome::kDone;
}

void TlsFilter::free_buffers() {
  if (handshake_done_) static_cast<void>(SSL_free_buffers(ssl_));
}

// OpenSSL tells nobody of the ticket that TLS 1.2 renews in a resumption (RFC 5077 3.3).
void TlsFilter::keep_renewed_session() {
  const auto mode = SSL_CTX_get_session_cache_mode(SSL_get_SSL_CTX(ssl_));
  const bool keeps = context_ == nullptr && (mode & SSL_SESS_CACHE_CLIENT) != 0;
  if (!keeps || !resumed() || SSL_version(ssl_) >= TLS1_3_VERSION) return;
  state_.session = std::make_shared<const TlsSession>(SSL_get1_session(ssl_));
}

void TlsFilter::give(std::span<const std::byte> records) { state_.input = records; }

TlsFilter::Outcome TlsFilter::open(std::span<char> plain, std::size_t& size, ByteSink& output) {
  INVARIANT(!plain.empty() && phase_ != Phase::kHandshake);
  size = 0;
  if (phase_ == Phase::kFailed) return Outcome::kFailed;
  const Turn turn(*this, output);
  const int result = SSL_read_ex(ssl_, plain.data(), plain.size(), &size);
  if (result != 1) return outcome_of(result);
  state_.key_updates = 0;
  return Outcome::kDone;
}

bool TlsFilter::seal(std::string_view plain, ByteSink& output) {
  INVARIANT(phase_ != Phase::kHandshake);
  if (phase_ == Phase::kFailed) return false;
  if (plain.empty()) return true;
  const Turn turn(*this, output);
  std::size_t sealed = 0;
  if (SSL_write_ex(ssl_, plain.data(), plain.size(), &sealed) != 1) {
    fail();
    return false;
  }
  INVARIANT(sealed == plain.size());
  return true;
}

void TlsFilter::close(ByteSink& output) {
  if (phase_ != Phase::kOpen || (SSL_get_shutdown(ssl_) & SSL_SENT_SHUTDOWN) != 0) return;
  const Turn turn(*this, output);
  SSL_shutdown(ssl_);
}

TlsFilter::Outcome TlsFilter::outcome_of(int result) {
  const int error = SSL_get_error(ssl_, result);
  if (state_.refusal != nullptr) return fail();
  if (error == SSL_ERROR_ZERO_RETURN) return Outcome::kEnded;
  if (error != SSL_ERROR_WANT_READ) return fail();
  if (state_.input.empty()) return Outcome::kWantsInput;
  INVARIANT(phase_ == Phase::kOpen);  // only there OpenSSL stops behind a message
  return Outcome::kDone;
}

TlsFilter::Outcome TlsFilter::fail() {
  failure_ = state_.refusal != nullptr ? state_.refusal : failure_text(take_protocol_error(), ssl_);
  phase_ = Phase::kFailed;
  return Outcome::kFailed;
}

bool TlsFilter::http_request() const { return failure_ == kPlainHttp; }

std::string_view TlsFilter::version() const { return SSL_get_version(ssl_); }

std::string_view TlsFilter::cipher() const {
  const char* name = SSL_get_cipher_name(ssl_);
  return name == nullptr ? "" : name;
}

bool TlsFilter::resumed() const { return SSL_session_reused(ssl_) == 1; }

std::string_view TlsFilter::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  const void* data = name;
  return {static_cast<const char*>(data), size};
}

std::string TlsFilter::client_subject() const {
  const CleanErrorQueue clean;
  const X509* certificate = context_ == nullptr ? nullptr : SSL_get0_peer_certificate(ssl_);
  const bool verified = certificate != nullptr && SSL_get_verify_result(ssl_) == X509_V_OK;
  return verified ? subject_of(certificate) : std::string();
}

std::string TlsFilter::peer_certificate() const {
  const CleanErrorQueue clean;
  X509* certificate = SSL_get0_peer_certificate(ssl_);
  return certificate == nullptr ? std::string() : write_certificate(certificate);
}

}  // namespace core
