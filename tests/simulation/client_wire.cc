#include "tests/simulation/client_wire.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "core/base/invariant.h"
#include "tests/simulation/tls_contexts.h"

namespace simulation {

using Outcome = core::TlsFilter::Outcome;

ClientWire::ClientWire(std::shared_ptr<Socket> socket, Random& random, core::TlsVersion version,
                       const std::shared_ptr<const core::TlsSession>& session)
    : socket_(std::move(socket)),
      random_(random),
      version_(version),
      filter_(core::TlsFilter::make_client(client_context(version), "a.example", session)) {
  INVARIANT(filter_->handshake({}, sealed_) == Outcome::kWantsInput);
}

void ClientWire::send(std::string_view plain) {
  INVARIANT(ready() && !has_ended());
  if (filter_ == nullptr) {
    socket_->sent += plain;
  } else if (!failed_) {
    INVARIANT(filter_->seal(plain, sealed_));
  }
}

void ClientWire::flush(std::size_t size_max) {
  if (socket_->client_ended || socket_->reset) return;
  std::size_t size = std::min(size_max, sealed_.bytes.size());
  if (size > 0 && random_.chance(0.5)) size = random_.between(1, size);
  socket_->sent.append(sealed_.bytes, 0, size);
  sealed_.bytes.erase(0, size);
  if (ending_ && sealed_.bytes.empty()) say_end();
}

void ClientWire::flush_all() {
  if (socket_->client_ended || socket_->reset) return;
  socket_->sent += std::exchange(sealed_.bytes, {});
  if (ending_) say_end();
}

void ClientWire::end() {
  if (has_ended()) return;
  ending_ = true;
  notifies_ = filter_ != nullptr && !spoilt_ && random_.chance(0.5);
}

// A close_notify leaves by itself, as from a client that has nothing else to write.
void ClientWire::say_end() {
  if (std::exchange(notifies_, false)) {
    filter_->close(sealed_);
  } else {
    socket_->client_ended = true;
  }
}

void ClientWire::spoil(std::string_view junk) {
  spoilt_ = true;
  sealed_.append(junk);
}

std::string ClientWire::read(std::size_t size_max) {
  const std::size_t size = std::min(size_max, socket_->queue.size());
  std::string taken = socket_->queue.substr(0, size);
  socket_->queue.erase(0, size);
  if (filter_ == nullptr || failed_) return taken;
  if (taken.empty()) return {};
  INVARIANT(!notified_);
  auto records = std::as_bytes(std::span(taken));
  if (!filter_->handshake_done()) {
    const Outcome outcome = filter_->handshake(records, sealed_);
    if (outcome == Outcome::kFailed) on_failure();
    if (outcome != Outcome::kDone) return {};
    records = filter_->unread();
  }
  filter_->give(records);
  std::string plain;
  std::array<char, 16384> buffer{};
  for (;;) {
    std::size_t opened = 0;
    const Outcome outcome = filter_->open(buffer, opened, sealed_);
    plain.append(buffer.data(), opened);
    if (outcome == Outcome::kDone) continue;
    if (outcome == Outcome::kFailed) on_failure();
    if (outcome == Outcome::kEnded) {
      notified_ = true;
      INVARIANT(filter_->unread().empty());  // nothing stands behind it
    }
    return plain;
  }
}

void ClientWire::on_failure() {
  INVARIANT(spoilt_);
  failed_ = true;
}

std::shared_ptr<const core::TlsSession> ClientWire::take_session() {
  if (filter_ == nullptr || !ready() || failed_ || filter_->session() == nullptr) return nullptr;
  // RFC 8446 C.4: for one connection.
  return std::exchange(session_taken_, true) ? nullptr : filter_->session();
}

}  // namespace simulation
