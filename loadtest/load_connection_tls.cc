// LoadConnection's reading of what came over TLS.

#include <array>

#include "loadtest/load_connection.h"
#include "loadtest/load_loop.h"

namespace loadtest {
namespace {

constexpr std::size_t kRecordBytesMax = std::size_t{16} * 1024;  // RFC 8446 5.1

}  // namespace

void LoadConnection::advance_tls(std::span<const std::byte> records, core::TimePoint now) {
  switch (tls_->advance(records)) {
    case TlsStream::Outcome::kWantsInput:
      break;
    case TlsStream::Outcome::kDone:
      if (state_ == State::kHandshake) {
        owner_.on_handshake(tls_->filter());
        begin_requests(now);
      }
      read_records(now);
      break;
    case TlsStream::Outcome::kEnded:
    case TlsStream::Outcome::kFailed:
      return tls_failed(now);
  }
  // A flight of the handshake, the requests that followed it, or the answer to a key update.
  if (state_ == State::kHandshake || state_ == State::kOpen) flush();
}

void LoadConnection::read_records(core::TimePoint now) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): open() fills what is read.
  std::array<char, kRecordBytesMax> plain;
  while (state_ == State::kOpen) {
    std::size_t size = 0;
    switch (tls_->open(plain, size)) {
      case TlsStream::Outcome::kDone:
        read({plain.data(), size}, now);
        break;
      case TlsStream::Outcome::kWantsInput:
        return;
      case TlsStream::Outcome::kEnded:
        return lost(0);
      case TlsStream::Outcome::kFailed:
        return tls_failed(now);
    }
  }
}

void LoadConnection::tls_failed(core::TimePoint now) {
  const std::string words(tls_->filter().failure());
  owner_.on_tls_failure(words);
  if (state_ == State::kHandshake) {
    connect_failed(Mishap::kTls, "no TLS handshake: " + words);
  } else {
    fail_all(Mishap::kTls, "TLS failed: " + words, now);
  }
  start_close();
}

}  // namespace loadtest
