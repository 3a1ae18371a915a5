// Goal: lanes.tls is what the workers of the handshakes and their queue really have.
// Method: the options by table.
#include "server/app/tls_lane.h"

#include <doctest/doctest.h>

TEST_CASE("0 is automatic: as many workers as loops, and they give way to them") {
  for (const std::size_t loops : {1U, 2U, 64U}) {
    const auto automatic = server::tls_lane_options({}, loops);
    CHECK(automatic.name == "tls");
    CHECK(automatic.threads == loops);
    CHECK(automatic.queue_jobs_max == 2048);
    CHECK(automatic.nice == 19);
    CHECK(automatic.threads_max == loops);
  }
}

TEST_CASE("a number is taken as it is") {
  const auto given = server::tls_lane_options({3, 17}, 8);
  CHECK(given.threads == 3);
  CHECK(given.threads_max == 3);
  CHECK(given.queue_jobs_max == 17);
  CHECK(server::tls_lane_options({3, 0}, 8).queue_jobs_max == 2048);
  CHECK(server::tls_lane_options({0, 17}, 8).threads == 8);
}

TEST_CASE("one address may have half of the queue pending, and one at least") {
  struct Case {
    std::size_t queue;  // as configured
    std::size_t handshakes;
  };
  for (const Case& one : {Case{0, 1024}, Case{17, 8}, Case{2, 1}, Case{1, 1}}) {
    CAPTURE(one.queue);
    const auto lane = server::tls_lane_options({0, one.queue}, 1);
    CHECK(server::handshakes_per_address_max(lane) == one.handshakes);
  }
}
