// Goal: a loop gets the latest value, each at most once, and none is lost. Method: an inbox that
// the test drains; a thread that gives while it does.

#include "server/app/latest_value.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

namespace {

using Value = std::shared_ptr<const int>;

struct Taker {
  void take(const Value& value) { taken.push_back(*value); }
  std::vector<int> taken;
};

core::Callback<void(const Value&)> to(Taker& taker) {
  return core::Callback<void(const Value&)>::to<&Taker::take>(taker);
}

}  // namespace

TEST_CASE("the latest takes the place of what nobody has looked at") {
  core::Inbox inbox;
  Taker taker;
  server::LatestValue<Value> latest(inbox, to(taker));
  latest.give(std::make_shared<const int>(1));
  latest.give(std::make_shared<const int>(2));
  inbox.drain();
  CHECK(taker.taken == std::vector{2});
  inbox.drain();
  latest.give(std::make_shared<const int>(3));
  inbox.drain();
  CHECK(taker.taken == std::vector{2, 3});
}

TEST_CASE("one that nobody looks at any more is freed") {
  core::Inbox inbox;
  Taker taker;
  const auto value = std::make_shared<const int>(1);
  {
    server::LatestValue<Value> latest(inbox, to(taker));
    latest.give(value);
    CHECK(value.use_count() == 2);
    inbox.drain();
    CHECK(value.use_count() == 1);
    latest.give(value);
    inbox.drain();
  }
  CHECK(value.use_count() == 1);
}

TEST_CASE("the last of many arrives while others are on their way") {
  constexpr int kLast = 20'000;
  core::Inbox inbox;
  Taker taker;
  server::LatestValue<Value> latest(inbox, to(taker));
  std::thread giver([&latest] {
    for (int i = 1; i <= kLast; ++i) latest.give(std::make_shared<const int>(i));
  });
  while (taker.taken.empty() || taker.taken.back() != kLast) inbox.drain();
  giver.join();
  CHECK(std::is_sorted(taker.taken.begin(), taker.taken.end()));
  CHECK(std::adjacent_find(taker.taken.begin(), taker.taken.end()) == taker.taken.end());
}
