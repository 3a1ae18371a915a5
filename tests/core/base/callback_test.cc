// Goal: a callback calls its own object with the arguments as they were given, and owns nothing.
// Method: small owners that record what they were told.

#include "core/base/callback.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

#include "tests/core/base/death.h"

namespace {

struct Recorder {
  void on_number(int number) { numbers.push_back(number); }
  void on_reference(int& number) { ++number; }
  void on_nothing() { numbers.push_back(0); }
  std::vector<int> numbers;
};

}  // namespace

TEST_CASE("each callback reaches the object it was bound to") {
  Recorder first;
  Recorder second;
  using OnNumber = core::Callback<void(int)>;
  const OnNumber to_first = OnNumber::to<&Recorder::on_number>(first);
  const OnNumber to_second = OnNumber::to<&Recorder::on_number>(second);
  to_first(1);
  to_second(2);
  to_first(3);
  CHECK(first.numbers == std::vector{1, 3});
  CHECK(second.numbers == std::vector{2});
}

TEST_CASE("a copy of a callback reaches the same object") {
  Recorder recorder;
  using OnNothing = core::Callback<void()>;
  OnNothing copy;
  {
    const OnNothing original = OnNothing::to<&Recorder::on_nothing>(recorder);
    copy = original;
  }
  copy();
  CHECK(recorder.numbers == std::vector{0});
}

TEST_CASE("a reference is passed on as a reference") {
  Recorder recorder;
  int number = 41;
  core::Callback<void(int&)>::to<&Recorder::on_reference>(recorder)(number);
  CHECK(number == 42);
}

TEST_CASE("an object may be destroyed by its own callback") {
  struct SelfDestroying {
    explicit SelfDestroying(int& destroyed_count) : destroyed(destroyed_count) {}
    SelfDestroying(const SelfDestroying&) = delete;
    SelfDestroying& operator=(const SelfDestroying&) = delete;
    ~SelfDestroying() { ++destroyed; }
    void on_end() { self.reset(); }
    int& destroyed;
    std::unique_ptr<SelfDestroying> self;
    core::Callback<void()> callback = core::Callback<void()>::to<&SelfDestroying::on_end>(*this);
  };
  int destroyed = 0;
  auto owned = std::make_unique<SelfDestroying>(destroyed);
  SelfDestroying& object = *owned;
  object.self = std::move(owned);
  object.callback();
  CHECK(destroyed == 1);
}

TEST_CASE("calling a callback that was never bound is a mistake of the program") {
  CHECK(test::dies([] { core::Callback<void()>()(); }));
}
