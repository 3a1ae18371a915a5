#include "core/io/polled_accepts.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/io/accept.h"

namespace core {

PolledAccepts::Entry& PolledAccepts::entry_of(const Operation& operation) {
  const auto found = std::ranges::find(entries_, &operation, &Entry::operation);
  INVARIANT(found != entries_.end());
  return *found;
}

void PolledAccepts::cancel(const Operation& operation) {
  Entry& entry = entry_of(operation);
  if (entry.error == 0) end(entry, -ECANCELED);
}

// Its last completion comes when the poll is over.
void PolledAccepts::end(Entry& entry, std::int32_t error) {
  entry.error = error;
  if (entry.polled) stop_poll_(*entry.operation);
}

void PolledAccepts::on_poll(const Operation& operation, bool goes_on) {
  Entry& entry = entry_of(operation);
  entry.polled = goes_on;
  entry.ready = true;  // whatever the poll says: accept4(2) will tell
}

bool PolledAccepts::due() const { return std::ranges::any_of(entries_, &Entry::due); }

void PolledAccepts::accept_due(CompletionQueue& completions) {
  for (Entry& entry : entries_) {
    if (entry.error == 0 && entry.ready) accept(entry, completions);
    if (entry.ended()) completions.push(Completion{entry.operation, entry.error, false, {}});
  }
  std::erase_if(entries_, [](const Entry& entry) { return entry.ended(); });
}

void PolledAccepts::accept(Entry& entry, CompletionQueue& completions) {
  const int error = accept_some(*entry.operation, Backend::kAcceptsPerWait, completions);
  if (error == 0) return;
  if (error != EAGAIN) return end(entry, -error);
  entry.ready = false;
  if (!std::exchange(entry.polled, true)) start_poll_(*entry.operation);
}

}  // namespace core
