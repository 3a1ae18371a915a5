#include "tests/server/net/tls_client.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "core/base/invariant.h"

namespace test {

using Outcome = core::TlsFilter::Outcome;

// Whatever the filter wants sent goes out at once.
class TlsClient::Wire final : public core::ByteSink {
 public:
  explicit Wire(const TlsClient& client) : client_(client) {}
  void append(std::string_view bytes) override {
    while (!bytes.empty() && is_open) {
      const std::size_t size = std::min(bytes.size(), client_.piece_bytes);
      is_open = client_.socket_.send(bytes.substr(0, size));
      bytes.remove_prefix(size);
    }
  }
  bool is_open = true;

 private:
  const TlsClient& client_;
};

TlsClient::TlsClient(std::uint16_t port, std::string_view server_name,
                     const core::TlsClientOptions& options, const Session& session,
                     int receive_bytes, const char* source)
    : socket_(port, receive_bytes, source) {
  const auto context = core::TlsClientContext::build(options);
  INVARIANT(context.has_value());
  filter_ = core::TlsFilter::make_client(**context, server_name, session);
}

void TlsClient::begin() {
  Wire wire(*this);
  begun_ = true;
  INVARIANT(filter_->handshake({}, wire) == Outcome::kWantsInput);
}

bool TlsClient::shake_hands() {
  if (!begun_) begin();
  Wire wire(*this);
  for (;;) {
    const std::string received = socket_.read_some(65536);
    if (received.empty()) return false;
    const Outcome outcome = filter_->handshake(std::as_bytes(std::span(received)), wire);
    if (outcome == Outcome::kDone) {
      // What lies behind it is for fill().
      rest_ = received.substr(received.size() - filter_->unread().size());
      return true;
    }
    if (outcome != Outcome::kWantsInput) return false;
  }
}

bool TlsClient::send(std::string_view plain) {
  Wire wire(*this);
  return filter_->seal(plain, wire) && wire.is_open;
}

void TlsClient::send_close() {
  Wire wire(*this);
  filter_->close(wire);
}

bool TlsClient::fill() {
  Wire wire(*this);
  const std::string received = rest_.empty() ? socket_.read_some(65536) : std::exchange(rest_, {});
  if (received.empty()) return false;
  filter_->give(std::as_bytes(std::span(received)));
  std::array<char, 16384> plain{};
  for (;;) {
    std::size_t size = 0;
    const Outcome outcome = filter_->open(plain, size, wire);
    plain_.append(plain.data(), size);
    if (outcome == Outcome::kDone) continue;
    ended_ = outcome == Outcome::kEnded;
    return outcome == Outcome::kWantsInput;
  }
}

std::string TlsClient::read(std::size_t size) {
  while (plain_.size() < size && fill()) {
  }
  return std::exchange(plain_, {});
}

std::optional<std::string> TlsClient::read_to_end() {
  while (fill()) {
  }
  if (!ended_) return std::nullopt;
  return std::exchange(plain_, {});
}

}  // namespace test
