// Goal: the work runs again and again and not any more once it was stopped; what hangs is not
// waited for beyond the limit. Method: work that counts, and work that waits for the test.

#include "server/app/periodic_thread.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <utility>

#include "tests/server/app/live_server.h"

using std::chrono::milliseconds;

TEST_CASE("it runs until it is stopped") {
  std::atomic<int> runs{0};
  server::PeriodicThread thread([&runs] { ++runs; }, milliseconds(1));
  CHECK(test::LiveServer::eventually([&runs] { return runs >= 3; }));
  CHECK(thread.stop(std::chrono::seconds(10)));
  const int at_end = runs;
  CHECK(thread.stop(milliseconds(0)));
  CHECK(runs == at_end);
}

TEST_CASE("a long period does not make the end wait, nor run the work") {
  std::atomic<int> runs{0};
  server::PeriodicThread thread([&runs] { ++runs; }, std::chrono::hours(1));
  CHECK(thread.stop(std::chrono::seconds(10)));
  CHECK(runs == 0);
}

TEST_CASE("work that hangs is given up, and may still end") {
  std::promise<void> begun;
  std::promise<void> release;
  bool first = true;  // of its thread only
  server::PeriodicThread thread(
      [&] {
        if (!std::exchange(first, false)) return;
        begun.set_value();
        release.get_future().wait();
      },
      milliseconds(1));
  begun.get_future().wait();
  CHECK(!thread.stop(milliseconds(1)));
  release.set_value();
  CHECK(thread.stop(std::chrono::seconds(10)));
}
