// Inbox: messages from other threads to one loop: results of jobs, orders from the main thread.
// Posting takes no lock and allocates nothing; the eventfd is written only when the inbox was
// empty. Any thread posts, the loop drains. A message belongs to its sender and lives until it has
// been delivered.
#pragma once

#include <string>

#include "core/base/callback.h"
#include "core/base/doing.h"
#include "core/base/lock_free_stack.h"
#include "core/base/unique_fd.h"

namespace core {

class Message : public LockFreeStack<Message>::Link {
 public:
  explicit Message(Callback<void()> deliver) : deliver_(deliver) {}

  // What it is, for whoever asks what its loop is doing; null: nobody says. See Doing.
  const std::string* name = nullptr;

 private:
  friend class Inbox;
  const Callback<void()> deliver_;  // on the loop; may destroy the message
};

class Inbox {
 public:
  Inbox();

  // --- Any thread.

  void post(Message& message) {
    if (put(message)) wake();
  }
  // post() in two steps, for whoever brings several: the loop may run at once when it is woken, and
  // is to find them all. True: the inbox was empty, and nobody else will wake its loop.
  [[nodiscard]] bool put(Message& message) { return messages_.push(message); }
  void wake();

  [[nodiscard]] bool empty() const { return messages_.empty(); }

  // Loop thread only. Delivers everything, in the order in which it was posted. `doing`, which may
  // be null, is told of whom.
  void drain(Doing* doing = nullptr);
  // Readable after a post to an empty inbox. To be read before drain(), or a wake-up is lost.
  [[nodiscard]] int event_fd() const { return event_fd_.get(); }

 private:
  LockFreeStack<Message> messages_;
  UniqueFd event_fd_;
};

}  // namespace core
