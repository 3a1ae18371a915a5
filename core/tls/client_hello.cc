#include "core/tls/client_hello.h"

#include <algorithm>
#include <cstdint>

namespace core {
namespace {

constexpr unsigned kHandshakeRecord = 22;
constexpr unsigned kMajorVersion = 3;
constexpr std::size_t kRecordHeaderBytes = 5;
constexpr std::size_t kRecordBytesMax = 1U << 14U;  // RFC 8446 5.1, for clear text
constexpr unsigned kClientHello = 1;
constexpr unsigned kSessionTicket = 35;
constexpr unsigned kPreSharedKey = 41;
constexpr std::size_t kVersionAndRandomBytes = 2 + 32;

enum class State { kGood, kShort, kWrong };

// The bytes of handshake messages, with the record headers between them taken out. Once it ran
// short or met something else it gives zeros.
class HandshakeBytes {
 public:
  explicit HandshakeBytes(std::span<const std::byte> records) : records_(records) {}

  [[nodiscard]] State state() const { return state_; }

  // A number of `size` bytes, the most significant first.
  std::size_t number(std::size_t size) {
    std::size_t value = 0;
    for (; size > 0; --size) {
      if (!refill()) return 0;
      value = value << 8U | std::to_integer<std::size_t>(records_.front());
      take(1);
    }
    return value;
  }

  void skip(std::size_t size) {
    while (size > 0 && refill()) {
      const auto step = std::min({size, record_left_, records_.size()});
      take(step);
      size -= step;
    }
  }

  // Not when it ran short before: the zeros given since then prove nothing.
  void fail() {
    if (state_ == State::kGood) state_ = State::kWrong;
  }

 private:
  void take(std::size_t size) {
    records_ = records_.subspan(size);
    record_left_ -= size;
  }

  // Whether a byte of a message lies at the front.
  bool refill() {
    if (state_ != State::kGood) return false;
    if (record_left_ == 0) begin_record();
    if (state_ == State::kGood && records_.empty()) state_ = State::kShort;
    return state_ == State::kGood;
  }

  void begin_record() {
    const auto at = [this](std::size_t i) { return std::to_integer<unsigned>(records_[i]); };
    if ((!records_.empty() && at(0) != kHandshakeRecord) ||
        (records_.size() > 1 && at(1) != kMajorVersion)) {
      state_ = State::kWrong;
      return;
    }
    if (records_.size() < kRecordHeaderBytes) {
      state_ = State::kShort;
      return;
    }
    record_left_ = at(3) << 8U | at(4);
    records_ = records_.subspan(kRecordHeaderBytes);
    if (record_left_ == 0 || record_left_ > kRecordBytesMax) state_ = State::kWrong;
  }

  std::span<const std::byte> records_;
  std::size_t record_left_ = 0;
  State state_ = State::kGood;
};

// The fields of one message, none of which may reach behind the message's end.
class Message {
 public:
  Message(HandshakeBytes& bytes, std::size_t size) : bytes_(bytes), left_(size) {}

  [[nodiscard]] bool more() const { return left_ > 0 && bytes_.state() == State::kGood; }
  std::size_t number(std::size_t size) { return spend(size) ? bytes_.number(size) : 0; }
  void skip(std::size_t size) {
    if (spend(size)) bytes_.skip(size);
  }

 private:
  bool spend(std::size_t size) {
    if (size > left_) bytes_.fail();
    left_ -= std::min(size, left_);
    return bytes_.state() == State::kGood;
  }

  HandshakeBytes& bytes_;
  std::size_t left_;
};

bool finds_resumption(Message hello) {
  hello.skip(kVersionAndRandomBytes);
  hello.skip(hello.number(1));  // session id
  hello.skip(hello.number(2));  // cipher suites
  hello.skip(hello.number(1));  // compression methods
  hello.skip(hello.more() ? 2 : 0);
  bool resumption = false;
  while (hello.more()) {
    const auto type = hello.number(2);
    const auto size = hello.number(2);
    if (type == kPreSharedKey || (type == kSessionTicket && size > 0)) resumption = true;
    hello.skip(size);
  }
  return resumption;
}

}  // namespace

ClientHelloGlance glance_at_client_hello(std::span<const std::byte> client_hello) {
  HandshakeBytes bytes(client_hello);
  const auto type = bytes.number(1);
  const auto size = bytes.number(3);
  if (bytes.state() == State::kGood && type != kClientHello) bytes.fail();
  const bool resumption = finds_resumption(Message(bytes, size));
  return {bytes.state() != State::kShort, resumption && bytes.state() != State::kWrong};
}

bool resumption_offered(std::span<const std::byte> client_hello) {
  return glance_at_client_hello(client_hello).resumption;
}

bool client_hello_complete(std::span<const std::byte> client_hello) {
  return glance_at_client_hello(client_hello).complete;
}

}  // namespace core
