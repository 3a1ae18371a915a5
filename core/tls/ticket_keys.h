// TicketKeys: the keys that session tickets are encrypted with (RFC 5077 4), so that a client
// resumes on any loop, after a reload, and with keys from files on any host. Any thread: handshakes
// on workers share it, under a mutex held for a copy of 80 bytes. Keys are wiped when they go.
//
// A ticket is encrypted with AES-CBC and authenticated with HMAC-SHA256. Random keys change every
// kRotation and then still open tickets for two more periods: who steals the memory reads the
// tickets of a day and a half, no more. Keys from files never change by themselves.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/thread_annotations.h"

namespace core {

// One key; wiped on destruction.
struct TicketKey {
  static constexpr std::size_t kNameBytes = 16;

  TicketKey() = default;
  TicketKey(const TicketKey&) = default;
  TicketKey& operator=(const TicketKey&) = default;
  ~TicketKey();

  std::array<unsigned char, kNameBytes> name{};
  std::array<unsigned char, 32> hmac{};
  std::array<unsigned char, 32> aes{};
  std::size_t secret_bytes = 32;  // of hmac and of aes: 16 is AES-128
};

class TicketKeys {
 public:
  enum class Found { kUnknown, kNewest, kOlder };
  using Now = std::function<TimePoint()>;

  static constexpr Duration kRotation = std::chrono::hours(12);
  static constexpr std::size_t kKeysMax = 3;  // of the random ones: the newest and two older

  // Random keys. `now` is called under the mutex, on any thread.
  [[nodiscard]] static std::shared_ptr<TicketKeys> rotating(Now now = &Clock::now);

  // Keys in the format of nginx' ssl_session_ticket_key. 80 bytes: name (16), HMAC key (32),
  // AES-256 key (32); 48 bytes: name (16), AES-128 key (16), HMAC key (16). The first encrypts, all
  // decrypt.
  [[nodiscard]] static Result<std::shared_ptr<TicketKeys>, std::string> from_material(
      std::span<const std::string> material);

  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;
  ~TicketKeys() = default;

  // The key for new tickets.
  void copy_newest(TicketKey& key);
  // The key called `name` (kNameBytes). kOlder: the client is to get a new ticket.
  [[nodiscard]] Found find(std::string_view name, TicketKey& key);

 private:
  explicit TicketKeys(Now now) : now_(std::move(now)) {}
  void rotate() REQUIRES(mutex_);

  struct Aged {
    TicketKey key;
    TimePoint born;
  };

  // Constant after construction. Empty: the keys do not rotate.
  Now now_;

  // Any thread.
  Mutex mutex_;
  std::vector<Aged> keys_ GUARDED_BY(mutex_);  // the newest first
};

}  // namespace core
