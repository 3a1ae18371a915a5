// Goal: every message is delivered once, in order, and the loop is woken exactly when the inbox was
// empty. Method: the eventfd is read to count its writes; producers on threads of their own.

#include "core/io/inbox.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <unistd.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using core::Callback;
using core::Inbox;
using core::Message;

class Note {
 public:
  explicit Note(std::function<void()> deliver) : deliver_(std::move(deliver)) {}
  Message message{Callback<void()>::to<&Note::on_delivery>(*this)};

 private:
  void on_delivery() { deliver_(); }
  std::function<void()> deliver_;
};

bool readable(const Inbox& inbox, int milliseconds) {
  pollfd request{inbox.event_fd(), POLLIN, 0};
  return ::poll(&request, 1, milliseconds) == 1;
}

// How often the eventfd was written since it was read last.
std::uint64_t wakeups(const Inbox& inbox) {
  std::uint64_t count = 0;
  if (!readable(inbox, 0)) return 0;
  REQUIRE(::read(inbox.event_fd(), &count, sizeof count) == sizeof count);
  return count;
}

}  // namespace

TEST_CASE("an empty inbox wakes nobody and delivers nothing") {
  Inbox inbox;
  inbox.drain();
  CHECK(wakeups(inbox) == 0);
}

TEST_CASE("whoever asks is told what is delivered, and only while it is") {
  Inbox inbox;
  core::Doing doing;
  const std::string name = "a result";
  std::vector<const std::string*> seen;
  std::deque<Note> notes;
  for (int i = 0; i < 2; ++i) notes.emplace_back([&] { seen.push_back(doing.now()); });
  notes.front().message.name = &name;
  for (Note& note : notes) inbox.post(note.message);
  inbox.drain(&doing);
  CHECK(seen == std::vector<const std::string*>{&name, nullptr});
  CHECK(doing.now() == nullptr);
}

TEST_CASE("only the post that finds the inbox empty wakes; messages keep their order") {
  Inbox inbox;
  std::vector<int> delivered;
  std::deque<Note> notes;
  for (int i = 0; i < 5; ++i) notes.emplace_back([&delivered, i] { delivered.push_back(i); });
  for (Note& note : notes) inbox.post(note.message);
  CHECK(delivered.empty());
  CHECK(wakeups(inbox) == 1);
  inbox.drain();
  CHECK(delivered == std::vector{0, 1, 2, 3, 4});
  CHECK(wakeups(inbox) == 0);

  inbox.post(notes[3].message);
  inbox.post(notes[1].message);
  CHECK(wakeups(inbox) == 1);
  inbox.drain();
  CHECK(delivered == std::vector{0, 1, 2, 3, 4, 3, 1});
}

TEST_CASE("draining without having read the eventfd loses no wake-up") {
  Inbox inbox;
  int delivered = 0;
  Note note([&] { ++delivered; });
  inbox.post(note.message);
  inbox.drain();
  inbox.post(note.message);
  CHECK(readable(inbox, 0));
  inbox.drain();
  CHECK(delivered == 2);
}

TEST_CASE("what a delivery posts is delivered by the next drain, with a wake-up of its own") {
  Inbox inbox;
  int delivered = 0;
  Note* self = nullptr;
  Note note([&] {
    if (++delivered < 3) inbox.post(self->message);
  });
  self = &note;
  inbox.post(note.message);
  for (int drain = 1; drain <= 3; ++drain) {
    CHECK(wakeups(inbox) == 1);
    inbox.drain();
    CHECK(delivered == drain);
  }
  CHECK(wakeups(inbox) == 0);
}

TEST_CASE("a delivery may destroy its message") {
  Inbox inbox;
  std::vector<std::unique_ptr<Note>> notes(3);
  int delivered = 0;
  for (auto& slot : notes) {
    slot = std::make_unique<Note>([&] {
      ++delivered;
      slot.reset();
    });
    inbox.post(slot->message);
  }
  inbox.drain();
  CHECK(delivered == 3);
  for (const auto& slot : notes) CHECK(slot == nullptr);
}

TEST_CASE(
    "many producers: nothing lost, nothing twice, each one's order kept, no needless wake-up") {
  constexpr std::size_t kProducers = 4;
  constexpr std::size_t kMessages = 5000;
  Inbox inbox;
  std::vector<std::vector<std::size_t>> delivered(kProducers);
  std::vector<std::deque<Note>> notes(kProducers);
  for (std::size_t producer = 0; producer < kProducers; ++producer) {
    for (std::size_t i = 0; i < kMessages; ++i) {
      notes[producer].emplace_back([&, producer, i] { delivered[producer].push_back(i); });
    }
  }
  std::vector<std::thread> producers;
  for (std::size_t producer = 0; producer < kProducers; ++producer) {
    producers.emplace_back([&, producer] {
      for (Note& note : notes[producer]) inbox.post(note.message);
    });
  }
  const auto total = [&] {
    std::size_t sum = 0;
    for (const auto& list : delivered) sum += list.size();
    return sum;
  };
  std::uint64_t woken = 0;
  std::uint64_t drains_with_messages = 0;
  while (total() < kProducers * kMessages) {
    REQUIRE(readable(inbox, 10'000));  // a lost wake-up would stop us here
    woken += wakeups(inbox);
    const std::size_t before = total();
    inbox.drain();
    if (total() > before) ++drains_with_messages;
  }
  for (std::thread& producer : producers) producer.join();
  woken += wakeups(inbox);
  CHECK(woken == drains_with_messages);
  for (const auto& list : delivered) {
    REQUIRE(list.size() == kMessages);
    std::size_t out_of_order = 0;
    for (std::size_t i = 0; i < kMessages; ++i) {
      if (list[i] != i) ++out_of_order;
    }
    CHECK(out_of_order == 0);
  }
}
