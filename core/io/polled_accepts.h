// PolledAccepts: listeners whose back end is told when somebody is there, by a poll that goes on by
// itself, and then takes whoever waits, so many a turn. A connection costs no submission, and a
// burst of them cannot hold the loop for as long as it lasts. Loop thread only.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/callback.h"
#include "core/base/invariant.h"
#include "core/io/backend.h"
#include "core/io/operation.h"

namespace core {

class PolledAccepts {
 public:
  using Poll = Callback<void(Operation&)>;

  // `start_poll` and `stop_poll` have the kernel watch an operation's listener, and no longer; what
  // it says of it goes to on_poll(), once more after `stop_poll`.
  PolledAccepts(Poll start_poll, Poll stop_poll) : start_poll_(start_poll), stop_poll_(stop_poll) {}
  PolledAccepts(const PolledAccepts&) = delete;
  PolledAccepts& operator=(const PolledAccepts&) = delete;
  ~PolledAccepts() { INVARIANT(entries_.empty()); }

  // Both belong to the caller, and complete in accept_due() only.
  void start(Operation& operation) { entries_.push_back({&operation}); }
  void cancel(const Operation& operation);

  // `goes_on`: the poll will tell again.
  void on_poll(const Operation& operation, bool goes_on);

  // Something is to be done without a wait.
  [[nodiscard]] bool due() const;
  // Backend::kAcceptsPerWait connections at most of each listener, and the ends of operations.
  void accept_due(CompletionQueue& completions);

  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    Operation* operation;
    bool ready = true;       // somebody may be there
    bool polled = false;     // the kernel will say when
    std::int32_t error = 0;  // that ends it, once the kernel has given it back

    [[nodiscard]] bool ended() const { return error != 0 && !polled; }
    [[nodiscard]] bool due() const { return error == 0 ? ready : !polled; }
  };

  [[nodiscard]] Entry& entry_of(const Operation& operation);
  void accept(Entry& entry, CompletionQueue& completions);
  void end(Entry& entry, std::int32_t error);

  const Poll start_poll_;
  const Poll stop_poll_;
  std::vector<Entry> entries_;
};

}  // namespace core
