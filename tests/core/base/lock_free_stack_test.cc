// Goal: what any number of threads push, one thread takes: all of it, once, each thread's in its
// order. Method: sequential cases for the order and the wake-up rule, then producers against a
// consumer.

#include "core/base/lock_free_stack.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace {

struct Item : core::LockFreeStack<Item>::Link {
  std::size_t producer = 0;
  std::size_t number = 0;
};

using Stack = core::LockFreeStack<Item>;

std::vector<const Item*> taken(Stack& stack) {
  std::vector<const Item*> items;
  for (const Item* item = stack.take_all(); item != nullptr; item = item->next_in_stack) {
    items.push_back(item);
  }
  return items;
}

}  // namespace

TEST_CASE("only the push that finds the stack empty says so") {
  Stack stack;
  Item items[3];
  CHECK(stack.empty());
  CHECK(stack.push(items[0]));
  CHECK_FALSE(stack.push(items[1]));
  CHECK_FALSE(stack.empty());
  CHECK(taken(stack).size() == 2);
  CHECK(stack.empty());
  CHECK(stack.push(items[2]));
  CHECK(taken(stack).size() == 1);
}

TEST_CASE("everything comes out in the order of the pushes, and nothing twice") {
  Stack stack;
  CHECK(stack.take_all() == nullptr);
  std::vector<Item> items(100);
  for (Item& item : items) stack.push(item);
  const auto out = taken(stack);
  REQUIRE(out.size() == items.size());
  for (std::size_t i = 0; i < items.size(); ++i) CHECK(out[i] == &items[i]);
  CHECK(stack.take_all() == nullptr);
}

TEST_CASE("an item may be pushed again once it was taken") {
  Stack stack;
  Item first;
  Item second;
  stack.push(first);
  stack.push(second);
  CHECK(taken(stack).size() == 2);
  stack.push(second);
  stack.push(first);
  CHECK(taken(stack) == std::vector<const Item*>{&second, &first});
}

TEST_CASE("producers on several threads lose nothing, repeat nothing and keep their own order") {
  constexpr std::size_t kProducers = 4;
  constexpr std::size_t kItems = 20'000;
  Stack stack;
  std::atomic<std::size_t> said_empty{0};
  std::vector<std::vector<Item>> items(kProducers, std::vector<Item>(kItems));
  std::vector<std::thread> producers;
  for (std::size_t producer = 0; producer < kProducers; ++producer) {
    producers.emplace_back([&, producer] {
      for (std::size_t i = 0; i < kItems; ++i) {
        Item& item = items[producer][i];
        item.producer = producer;
        item.number = i;
        if (stack.push(item)) said_empty.fetch_add(1);
      }
    });
  }
  std::vector<std::size_t> next(kProducers, 0);
  std::size_t total = 0;
  std::size_t out_of_order = 0;
  std::size_t full_takes = 0;
  while (total < kProducers * kItems) {
    const Item* item = stack.take_all();
    if (item != nullptr) ++full_takes;
    for (; item != nullptr; item = item->next_in_stack) {
      if (item->number != next[item->producer]++) ++out_of_order;
      ++total;
    }
  }
  for (std::thread& producer : producers) producer.join();
  CHECK(out_of_order == 0);
  CHECK(stack.empty());
  CHECK(said_empty.load() == full_takes);
}
