// Goal: Retry-After says when there is room again, never 0, never rounded down; the mean run time
// follows what the hashes take. Method: tables.
#include "server/auth/drain_rate.h"

#include <doctest/doctest.h>

#include <array>

using server::DrainRate;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("Retry-After is what those who wait will take, rounded up, and at least a second") {
  struct Case {
    std::size_t waiting;
    core::Duration mean;
    std::size_t threads;
    seconds expected;
  };
  const std::array cases{
      Case{0, milliseconds(0), 1, seconds(1)},
      Case{0, milliseconds(100), 1, seconds(1)},
      Case{1024, milliseconds(0), 1, seconds(1)},
      Case{10, milliseconds(100), 1, seconds(1)},
      Case{11, milliseconds(100), 1, seconds(2)},
      Case{1024, milliseconds(100), 1, seconds(103)},
      Case{1024, milliseconds(100), 2, seconds(52)},
      Case{1024, milliseconds(100), 64, seconds(2)},
      Case{256, milliseconds(250), 4, seconds(16)},
      Case{1024, std::chrono::minutes(1), 1, seconds(61440)},
      Case{1'000'000, core::Duration(1), 1, seconds(1)},
  };
  for (const Case& c : cases) {
    CAPTURE(c.waiting);
    CAPTURE(c.threads);
    CHECK(server::retry_after(c.waiting, c.mean, c.threads).count() == c.expected.count());
  }
}

TEST_CASE("the first run time is the mean, and a later one an eighth of it") {
  DrainRate rate;
  CHECK((rate.mean() == core::Duration::zero()));
  rate.add(milliseconds(80));
  CHECK((rate.mean() == milliseconds(80)));
  rate.add(milliseconds(160));
  CHECK((rate.mean() == milliseconds(90)));
  rate.add(milliseconds(10));
  CHECK((rate.mean() == milliseconds(80)));
}

TEST_CASE("an estimate counts until the first run time, and not any more then") {
  DrainRate rate(milliseconds(500));
  CHECK((rate.mean() == milliseconds(500)));
  rate.add(milliseconds(80));
  CHECK((rate.mean() == milliseconds(80)));
}

TEST_CASE("after a change the mean is there within twenty run times") {
  DrainRate rate;
  rate.add(milliseconds(50));
  for (int i = 0; i < 20; ++i) rate.add(milliseconds(500));
  CHECK((rate.mean() > milliseconds(460)));
  CHECK((rate.mean() <= milliseconds(500)));
  for (int i = 0; i < 20; ++i) rate.add(milliseconds(50));
  CHECK((rate.mean() < milliseconds(90)));
  CHECK((rate.mean() >= milliseconds(50)));
}
