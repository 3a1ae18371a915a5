// PasswordGate: one serving loop's way to the password desk, and its memory of who was let in: what
// was right a moment ago costs no hop. It has the users of each file, so it is the one who knows
// whether a verdict still counts: the desk's is about a hash, and counts when the user has that
// hash now. Exchanges of one client that ask the same wait for one request.
//
// Loop thread only, as marked. Owns its requests until they are home, whoever has left meanwhile;
// idle() before it or the desk is destroyed, and nothing is asked of it from then on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/address_block.h"
#include "core/base/intrusive_list.h"
#include "core/digest/keyed_digest.h"
#include "core/io/event_loop.h"
#include "server/auth/credentials.h"
#include "server/auth/password_desk.h"
#include "server/auth/success_cache.h"
#include "server/auth/user_table.h"

namespace server {

// The users of every file of the configuration, by its number; null: the file cannot be read, and
// nobody gets in.
using UserTables = std::vector<std::shared_ptr<const UserTable>>;

struct PasswordAnswer {
  enum class Kind : std::uint8_t {
    kRight,
    kWrong,  // or there is no such user
    kBusy,   // too many wait
    kFailed  // nobody could find out
  };
  Kind kind = Kind::kBusy;
  std::chrono::seconds retry_after{0};  // when it is busy
};

// Written by the loop, read by any thread.
struct GateCounters {
  std::atomic<std::uint64_t> checks{0};      // exchanges that brought credentials
  std::atomic<std::uint64_t> cache_hits{0};  // of them: known here
  std::atomic<std::uint64_t> joined{0};      // waited for another's request
  std::atomic<std::uint64_t> refused{0};     // told to come later
};

class PasswordGate {
 public:
  static constexpr std::size_t kRequestsMax = 4096;
  static constexpr std::size_t kSuccessesMax = 4096;
  static constexpr core::Duration kSuccessFor = std::chrono::seconds(5);

 private:
  struct Place;

 public:
  // Who waits for an answer. Leaves by being destroyed.
  class Waiter : public core::ListHook<Waiter> {
   public:
    Waiter() = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    virtual ~Waiter();
    // Once; may destroy the waiter.
    virtual void on_answer(const PasswordAnswer& answer) = 0;

   private:
    friend class PasswordGate;
    Place* place_ = nullptr;  // while it waits
  };

  PasswordGate(core::EventLoop& loop, PasswordDesk& desk, UserTables tables);
  PasswordGate(const PasswordGate&) = delete;
  PasswordGate& operator=(const PasswordGate&) = delete;
  ~PasswordGate();

  // Whether they are known to be right: else wait_for().
  [[nodiscard]] bool knows(std::size_t file, const Credentials& credentials);
  // `network`: of the client (SocketAddress::client_network()). When too many wait already the
  // waiter is answered at once.
  void wait_for(std::size_t file, const Credentials& credentials, const core::IpAddress& network,
                Waiter& waiter);

  // All files have been looked at again. What is in flight is judged by the new tables.
  void use(UserTables tables);

  // Nothing is out. Once all exchanges are gone it becomes so by itself, after a hash at most.
  [[nodiscard]] bool idle() const { return places_.empty() && !sweep_out_; }

  [[nodiscard]] std::size_t requests() const { return places_.size(); }

  // For whom its loop works, for those who go on behind an answer.
  [[nodiscard]] core::Doing& doing() { return loop_.doing(); }

  // --- Any thread.
  [[nodiscard]] const GateCounters& counters() const { return counters_; }

 private:
  // A request of one client with all who wait for it.
  struct Key {
    core::Digest digest{};
    core::IpAddress network{};
    [[nodiscard]] bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const { return core::DigestHash()(key.digest); }
  };
  // As the user is now.
  struct Stored {
    const core::PasswordHash& hash;
    core::Digest digest;
  };

  [[nodiscard]] const UserTable& table(std::size_t file) const;
  [[nodiscard]] Stored look_up(std::size_t file, std::string_view user, std::string_view password);
  void join(std::size_t file, std::string_view user, std::string_view password,
            const core::IpAddress& network, core::IntrusiveList<Waiter>& waiters);
  void on_home(Place& place);
  void judge(Place& place);
  void answer(core::IntrusiveList<Waiter>& waiters, const PasswordAnswer& answer);
  void on_waiter_left(Place& place);
  void send_sweep();
  void on_sweep_home();

  core::EventLoop& loop_;
  PasswordDesk& desk_;
  const std::shared_ptr<const UserTable> nobody_;
  UserTables tables_;
  core::KeyedDigest digest_;
  SuccessCache successes_{kSuccessesMax, kSuccessFor};
  std::unordered_map<Key, std::unique_ptr<Place>, KeyHash> places_;
  DeskSweep sweep_;
  bool sweep_out_ = false;
  bool sweep_again_ = false;
  std::chrono::seconds last_retry_after_{1};  // what the desk said last

  // Any thread.
  GateCounters counters_;
};

}  // namespace server
