// TlsFilter: the TLS state of one connection, server or client side, as a filter of bytes: records
// in, plaintext out, and back. It has no fd, no buffer of its own and no thread; it belongs to one
// thread at a time, a worker during a handshake step and then the loop (a full handshake costs 0.3
// to 0.6 ms, a record a few microseconds). What the peer does wrong is kFailed with a reason; the
// filter is then good for nothing but failure() and its destructor.
//
//   handshake(input, output) until kDone;
//   give(records), then open(plain, size, output) until kWantsInput; seal(plain, output) any time;
//   close(output).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/tls/byte_sink.h"
#include "core/tls/client_context.h"
#include "core/tls/connection_state.h"
#include "core/tls/server_context.h"

struct ssl_st;

namespace core {

class TlsFilter {
 public:
  enum class Outcome {
    kDone,        // handshake(): it is through; open(): a record is done, ask again
    kWantsInput,  // everything given is taken
    kEnded,       // the peer sent close_notify: nothing follows
    kFailed,      // see failure(); the output may have an alert that is worth sending
  };

  // Peers that keep us busy without sending data are refused (OpenSSL counts empty records).
  static constexpr std::uint32_t kKeyUpdatesMax = 32;
  // A key update that asks for another takes 14 us, as long as ten small records.
  static constexpr std::uint64_t kKeyUpdateWork = 10;

  // Takes about 10 us: a worker's work, too.
  [[nodiscard]] static std::unique_ptr<TlsFilter> make_server(
      std::shared_ptr<const TlsServerContext> context);

  // `server_name`: sent as SNI unless it is an address, empty or longer than 255 bytes; what the
  // certificate must cover when the context verifies. `session`: what to resume; not to be used by
  // two connections (RFC 8446 C.4).
  [[nodiscard]] static std::unique_ptr<TlsFilter> make_client(
      const TlsClientContext& context, std::string_view server_name,
      const std::shared_ptr<const TlsSession>& session = nullptr);

  TlsFilter(const TlsFilter&) = delete;
  TlsFilter& operator=(const TlsFilter&) = delete;
  ~TlsFilter();

  // One step. Takes all of `input` unless the handshake is through before its end: then unread()
  // is what lies behind it, to be given again. Not after kDone. The client begins, with no input.
  [[nodiscard]] Outcome handshake(std::span<const std::byte> input, ByteSink& output);

  // The records to open next. They must stay where they are until open() has taken them, or until
  // the next give(), which replaces what unread() still has.
  void give(std::span<const std::byte> records);

  // One record's plaintext at most: fills the head of `plain` (not empty) and sets `size`, to 0
  // when the record had none. Whoever stops asking before kWantsInput keeps unread() and asks on
  // later.
  [[nodiscard]] Outcome open(std::span<char> plain, std::size_t& size, ByteSink& output);

  // What was given and not taken yet.
  [[nodiscard]] std::span<const std::byte> unread() const { return state_.input; }

  // What the peer has made us do so far, in small records. Empty ones count and are not reported by
  // open(): it takes up to 32 of them at once.
  [[nodiscard]] std::uint64_t work() const { return state_.work; }

  // Any size, as records of at most 16 KiB of plaintext. False: failed for good.
  [[nodiscard]] bool seal(std::string_view plain, ByteSink& output);

  // close_notify: we send nothing more. Harmless during a handshake, after a failure, or twice.
  void close(ByteSink& output);

  // Gives back what opening and sealing took of this thread's heap: before another thread destroys
  // the filter, so that neither frees what is the other's (its arena of malloc has a lock). What a
  // peer left of a record in the middle of it stays.
  void free_buffers();

  // After kFailed: few and stable words, "no shared cipher".
  [[nodiscard]] std::string_view failure() const { return failure_; }
  // After kFailed: it was plain HTTP, so that an answer in plain HTTP will be understood.
  [[nodiscard]] bool http_request() const;

  // --- Facts, once the handshake is through.

  [[nodiscard]] bool handshake_done() const { return handshake_done_; }
  [[nodiscard]] std::string_view version() const;  // "TLSv1.3"
  [[nodiscard]] std::string_view cipher() const;   // "TLS_AES_128_GCM_SHA256"
  [[nodiscard]] bool resumed() const;
  // Server: the name the client asked for, in lower case; empty: none.
  [[nodiscard]] std::string_view server_name() const { return state_.server_name; }
  [[nodiscard]] std::string_view alpn() const;  // empty: not negotiated
  // Server: index of the entry that answers.
  [[nodiscard]] std::size_t entry() const { return state_.entry.value_or(0); }
  // Server: who the client proved to be (RFC 2253); empty: it showed no certificate.
  [[nodiscard]] std::string client_subject() const;
  // The peer's certificate in PEM; empty: none.
  [[nodiscard]] std::string peer_certificate() const;
  // Client: the newest ticket, when its context keeps sessions; in TLS 1.3 it comes with the first
  // records behind the handshake, in TLS 1.2 it is the old one when that was not renewed.
  [[nodiscard]] std::shared_ptr<const TlsSession> session() const { return state_.session; }

 private:
  class Turn;
  enum class Phase : std::uint8_t { kHandshake, kOpen, kFailed };

  TlsFilter(ssl_st* ssl, std::shared_ptr<const TlsServerContext> context);
  Outcome outcome_of(int result);
  Outcome fail();
  void keep_renewed_session();

  ssl_st* ssl_;
  std::shared_ptr<const TlsServerContext> context_;  // null on the client's side
  ConnectionState state_;
  std::string failure_;
  Phase phase_ = Phase::kHandshake;
  bool handshake_done_ = false;  // stays true after a failure
};

}  // namespace core
