// Goal: the auth lane is as the configuration wants it, lets the loops run first, and ends within
// its limit. Method: its options by table; started and stopped.

#include "server/app/auth_lane.h"

#include <doctest/doctest.h>

#include "server/app/tls_lane.h"

TEST_CASE("threads and queue, found out or named") {
  const auto by_itself = server::auth_lane_options({}, 3);
  CHECK(by_itself.name == "auth");
  CHECK(by_itself.threads == 3);
  CHECK(by_itself.threads_max == 3);
  CHECK(by_itself.queue_jobs_max == 1024);
  CHECK(by_itself.nice == 19);
  CHECK(by_itself.results_at_a_time == 1);
  const auto named = server::auth_lane_options({1, 7}, 3);
  CHECK(named.threads == 1);
  CHECK(named.threads_max == 1);
  CHECK(named.queue_jobs_max == 7);
}

TEST_CASE("handshakes do not wait behind hashes: what is short has no less priority") {
  CHECK(server::tls_lane_options({}, 1).nice <= server::auth_lane_options({}, 1).nice);
}

TEST_CASE("a lane that nobody asks anything ends") {
  const auto lane = server::AuthLane::start({}, 2);
  REQUIRE(lane);
  CHECK((*lane)->desk().counters().requests == 0);
  CHECK((*lane)->stop(std::chrono::seconds(10)));
}
