// Goal: the storms are what the command line's help and the README say: the calm first, then each
// kind alone, then all together, then under a quota. Method: the list as it is.

#include "prove/storm.h"

#include <doctest/doctest.h>

#include <set>
#include <string_view>

namespace {

using prove::Storm;

int parts_of(const Storm& storm) {
  return int{storm.passwords} + int{storm.handshakes} + int{storm.cold_files} +
         int{storm.hanging_root} + int{storm.unread_log};
}

}  // namespace

TEST_CASE("the calm comes first, and every storm is found by its own name") {
  std::set<std::string_view> names;
  for (const Storm& storm : prove::storms()) {
    CAPTURE(storm.name);
    CHECK(names.insert(storm.name).second);
    CHECK(!storm.title.empty());
    const Storm* found = prove::storm_by_name(storm.name);
    REQUIRE(found != nullptr);
    CHECK(found->title == storm.title);
  }
  CHECK(parts_of(prove::storms().front()) == 0);
  CHECK(prove::storm_by_name("") == nullptr);
  CHECK(prove::storm_by_name("rain") == nullptr);
}

TEST_CASE("each kind comes alone, all come together, and one comes under a quota") {
  for (const char* name : {"passwords", "handshakes", "cold", "hang", "log"}) {
    CAPTURE(name);
    CHECK(parts_of(*prove::storm_by_name(name)) == 1);
    CHECK(prove::storm_by_name(name)->cpus == 0);
  }
  CHECK(parts_of(*prove::storm_by_name("all")) == 5);
  CHECK(prove::storm_by_name("quota")->cpus == 0.5);
  CHECK(parts_of(*prove::storm_by_name("quota")) > 0);
}
