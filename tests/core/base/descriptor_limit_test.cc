// Goal: the process gets every descriptor that it may have, and hears how many they are. Method:
// from a limit that a test has lowered, and from the highest.

#include "core/base/descriptor_limit.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "tests/core/base/few_descriptors.h"

namespace {

rlimit descriptor_limit() {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  return limit;
}

}  // namespace

TEST_CASE("the limit is raised as far as it goes, once and again") {
  const rlim_t most = descriptor_limit().rlim_max;
  const test::FewDescriptors few;
  REQUIRE(descriptor_limit().rlim_cur == 128);
  for (int time = 0; time < 2; ++time) {
    CHECK(core::raise_descriptor_limit() == most);
    CHECK(descriptor_limit().rlim_cur == most);
    CHECK(descriptor_limit().rlim_max == most);
  }
}
