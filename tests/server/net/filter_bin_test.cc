// Goal: filters are freed by workers: along with whoever takes them, else soon by themselves, at
// once when there are many. Method: a real loop and lane; a filter lives as long as its context is
// held by somebody.

#include "server/net/filter_bin.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "core/work/worker_pool.h"
#include "tests/core/tls/filter_pair.h"

namespace {

using server::FilterBin;

class Fixture {
 public:
  Fixture() = default;
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() { REQUIRE(workers_.stop(std::chrono::seconds(10))); }

  void put(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) bin.put(core::TlsFilter::make_server(context));
  }
  [[nodiscard]] bool any_filter() const { return context.use_count() > 1; }
  // False: it does not come true.
  [[nodiscard]] bool turn_until(const std::function<bool()>& reached) {
    core::Timer limit(core::Callback<void()>::to<&Fixture::on_limit>(*this));
    loop->timers().set(limit, core::Clock::now() + std::chrono::seconds(30));
    while (!reached() && !late_) loop->turn();
    return !late_;
  }

  test::ServerContextPtr context = test::plain_server();
  std::unique_ptr<core::EventLoop> loop = std::move(*core::EventLoop::create(core::Engine{}));

 private:
  void on_limit() { late_ = true; }

  core::WorkerPool workers_{{"tls", 1, 8, 0}};
  core::JobQueue queue_{8};
  core::Lane lane_{workers_, *loop};
  bool late_ = false;

 public:
  FilterBin bin{*loop, lane_, queue_};
};

}  // namespace

TEST_CASE("what nobody takes is freed all the same, and a second time") {
  Fixture fixture;
  for (int round = 0; round < 2; ++round) {
    fixture.put(2);
    CHECK(fixture.bin.idle());
    CHECK(fixture.any_filter());
    CHECK(fixture.turn_until([&] { return !fixture.any_filter() && fixture.bin.idle(); }));
  }
}

TEST_CASE("whoever takes them has them all") {
  Fixture fixture;
  fixture.put(3);
  CHECK(fixture.bin.take().size() == 3);
  CHECK(!fixture.any_filter());
  CHECK(fixture.bin.take().empty());
}

TEST_CASE("many do not wait, nor do those that come meanwhile") {
  Fixture fixture;
  fixture.put(FilterBin::kFiltersMax);
  CHECK(!fixture.bin.idle());
  fixture.put(FilterBin::kFiltersMax + 1);
  CHECK(fixture.turn_until([&] { return fixture.bin.idle(); }));
  CHECK(!fixture.any_filter());
}

TEST_CASE("what is left when the loop ends is freed with it") {
  Fixture fixture;
  fixture.put(1);
  CHECK(fixture.any_filter());
}
