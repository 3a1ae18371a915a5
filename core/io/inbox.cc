#include "core/io/inbox.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>

#include "core/base/invariant.h"

namespace core {

// Blocking: io_uring answers EAGAIN at once on a non-blocking eventfd instead of waiting for it.
Inbox::Inbox() : event_fd_(::eventfd(0, EFD_CLOEXEC)) { INVARIANT(event_fd_.valid()); }

// eventfd(2): a write of 1 blocks only at 2^64 - 1 unread ones.
void Inbox::wake() {
  const std::uint64_t one = 1;
  while (::write(event_fd_.get(), &one, sizeof one) < 0) INVARIANT(errno == EINTR);
}

void Inbox::drain(Doing* doing) {
  if (messages_.empty()) return;
  Message* message = messages_.take_all();
  while (message != nullptr) {
    Message* next = message->next_in_stack;
    const DoingFor doing_for(doing, message->name);
    message->deliver_();
    message = next;
  }
}

}  // namespace core
