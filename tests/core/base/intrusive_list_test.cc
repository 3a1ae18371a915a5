// Goal: elements come out in order, leave from anywhere, and nobody is left with a dangling link.
// Method: small cases for each operation, and a random comparison with std::list.

#include "core/base/intrusive_list.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <list>
#include <memory>
#include <random>
#include <vector>

#include "tests/core/base/death.h"

namespace {

struct OtherTag {};

struct Element : core::ListHook<Element>, core::ListHook<OtherTag> {
  explicit Element(int value) : number(value) {}
  [[nodiscard]] bool in_list() const { return core::ListHook<Element>::linked(); }
  void leave() { core::ListHook<Element>::unlink(); }
  int number;
};

using List = core::IntrusiveList<Element>;
using OtherList = core::IntrusiveList<Element, OtherTag>;

std::vector<int> numbers(List& list) {
  std::vector<int> result;
  list.for_each([&](const Element& element) { result.push_back(element.number); });
  return result;
}

void empty_out(List& list) {
  while (list.pop_front() != nullptr) {
  }
}

}  // namespace

TEST_CASE("an empty list has no front, no back and nothing to pop") {
  List list;
  CHECK(list.empty());
  CHECK(list.front() == nullptr);
  CHECK(list.back() == nullptr);
  CHECK(list.pop_front() == nullptr);
}

TEST_CASE("push_back queues, push_front jumps the queue") {
  List list;
  Element one(1);
  Element two(2);
  Element three(3);
  list.push_back(one);
  list.push_back(two);
  list.push_front(three);
  CHECK(numbers(list) == std::vector{3, 1, 2});
  CHECK(list.front() == &three);
  CHECK(list.back() == &two);
  CHECK(list.pop_front() == &three);
  CHECK_FALSE(three.in_list());
  empty_out(list);
}

TEST_CASE("an element leaves by itself, also by its end, also when it is in no list") {
  List list;
  Element first(1);
  auto middle = std::make_unique<Element>(2);
  Element last(3);
  list.push_back(first);
  list.push_back(*middle);
  list.push_back(last);
  middle.reset();
  CHECK(numbers(list) == std::vector{1, 3});
  first.leave();
  first.leave();
  CHECK(numbers(list) == std::vector{3});
  last.leave();
  CHECK(list.empty());
}

TEST_CASE("an element can be in two lists that have different tags") {
  List list;
  OtherList other;
  Element element(1);
  list.push_back(element);
  other.push_back(element);
  element.leave();
  CHECK(list.empty());
  CHECK(other.front() == &element);
  CHECK(other.pop_front() == &element);
}

TEST_CASE("append moves everything behind and empties the source") {
  List target;
  List source;
  std::vector<std::unique_ptr<Element>> elements;
  for (int i = 0; i < 4; ++i) {
    (i < 2 ? target : source).push_back(*elements.emplace_back(std::make_unique<Element>(i)));
  }
  target.append(source);
  CHECK(source.empty());
  CHECK(numbers(target) == std::vector{0, 1, 2, 3});
  target.append(source);
  CHECK(numbers(target) == std::vector{0, 1, 2, 3});
  elements.clear();
  CHECK(target.empty());
}

TEST_CASE("for_each lets each element leave, or end, while it is visited") {
  List list;
  for (int i = 0; i < 6; ++i) list.push_back(*new Element(i));
  list.for_each([](Element& element) {
    if (element.number % 2 == 0) delete &element;
  });
  CHECK(numbers(list) == std::vector{1, 3, 5});
  while (const Element* element = list.front()) delete element;
  CHECK(list.empty());
}

TEST_CASE("what a programmer must not do ends the program") {
  CHECK(test::dies([] {
    List list;
    Element element(1);
    list.push_back(element);
    list.push_back(element);
  }));
  CHECK(test::dies([] {
    Element element(1);
    List list;
    list.push_back(element);
  }));
}

TEST_CASE("random operations agree with std::list") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  List list;
  std::list<int> model;
  std::vector<std::unique_ptr<Element>> elements;
  elements.reserve(40);
  for (int i = 0; i < 40; ++i) elements.push_back(std::make_unique<Element>(i));
  for (int step = 0; step < 5000; ++step) {
    Element& element = *elements[random() % elements.size()];
    switch (random() % 4) {
      case 0:
        if (element.in_list()) break;
        list.push_back(element);
        model.push_back(element.number);
        break;
      case 1:
        if (element.in_list()) break;
        list.push_front(element);
        model.push_front(element.number);
        break;
      case 2:
        element.leave();
        model.remove(element.number);
        break;
      default:
        const Element* popped = list.pop_front();
        REQUIRE((popped == nullptr) == model.empty());
        if (popped == nullptr) break;
        REQUIRE(popped->number == model.front());
        model.pop_front();
    }
    REQUIRE(std::ranges::equal(numbers(list), model));
  }
  elements.clear();
  CHECK(list.empty());
}
