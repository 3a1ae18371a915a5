// Goal: as many loops as CPUs are really given.
// Method: the quota's text as the kernel words it, and the affinity mask of this very process.

#include "server/app/cpu_count.h"

#include <doctest/doctest.h>
#include <sched.h>

#include <optional>
#include <string>

TEST_CASE("a quota counts as CPUs, and as loops rounded up") {
  struct Case {
    std::string text;
    std::optional<double> cpus;
    std::size_t loops = 0;
  };
  const Case cases[] = {
      {"max 100000", std::nullopt}, {"100000 100000", 1.0, 1}, {"150000 100000", 1.5, 2},
      {"1000 100000", 0.01, 1},     {"400000 100000", 4.0, 4}, {"400001 100000", 4.00001, 5},
      {"-1 100000", std::nullopt},  {"", std::nullopt},        {" ", std::nullopt},
      {"100000", std::nullopt},     {"1 0", std::nullopt},     {"x y", std::nullopt},
      {"25000 50000", 0.5, 1},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    const auto quota = server::quota_cpus(one.text);
    CHECK(quota == one.cpus);
    if (quota) CHECK(server::whole_cpus(*quota) == one.loops);
  }
}

TEST_CASE("the affinity mask bounds the count") {
  cpu_set_t before;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  const std::size_t all = server::available_cpus();
  CHECK(all >= 1);
  CHECK(all <= static_cast<std::size_t>(CPU_COUNT(&before)));
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(server::available_cpus() == 1);
  REQUIRE(sched_setaffinity(0, sizeof before, &before) == 0);
}
