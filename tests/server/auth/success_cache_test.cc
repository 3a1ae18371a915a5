// Goal: what was right is known for its time and no longer, and the oldest makes room. Method: a
// clock that the test moves.
#include "server/auth/success_cache.h"

#include <doctest/doctest.h>

using server::SuccessCache;
using std::chrono::seconds;

namespace {

core::Digest digest(unsigned number) {
  core::Digest digest{};
  digest[0] = static_cast<unsigned char>(number);
  digest[1] = static_cast<unsigned char>(number >> 8U);
  return digest;
}

const core::TimePoint kBegin{seconds(1000)};

}  // namespace

TEST_CASE("a success is known until its time is over, however often it is asked for") {
  SuccessCache cache(10, seconds(5));
  CHECK_FALSE(cache.contains(digest(1), kBegin));
  cache.insert(digest(1), kBegin);
  CHECK(cache.contains(digest(1), kBegin));
  CHECK_FALSE(cache.contains(digest(2), kBegin));
  CHECK(cache.contains(digest(1), kBegin + seconds(5) - core::Duration(1)));
  CHECK_FALSE(cache.contains(digest(1), kBegin + seconds(5)));
  CHECK(cache.size() == 0);
}

TEST_CASE("found right once more, it counts from then") {
  SuccessCache cache(10, seconds(5));
  cache.insert(digest(1), kBegin);
  cache.insert(digest(2), kBegin + seconds(1));
  cache.insert(digest(1), kBegin + seconds(4));
  CHECK(cache.size() == 2);
  CHECK(cache.contains(digest(1), kBegin + seconds(8)));
  CHECK_FALSE(cache.contains(digest(2), kBegin + seconds(8)));
}

TEST_CASE("what is full forgets the oldest, one for one") {
  SuccessCache cache(3, seconds(100));
  for (unsigned i = 0; i < 3; ++i) cache.insert(digest(i), kBegin);
  cache.insert(digest(0), kBegin);  // is the youngest now
  CHECK(cache.size() == 3);
  cache.insert(digest(3), kBegin);
  CHECK(cache.size() == 3);
  CHECK_FALSE(cache.contains(digest(1), kBegin));
  CHECK(cache.contains(digest(0), kBegin));
  CHECK(cache.contains(digest(2), kBegin));
  CHECK(cache.contains(digest(3), kBegin));
}

TEST_CASE("cleared, it knows nobody and can be filled again") {
  SuccessCache cache(3, seconds(100));
  for (unsigned i = 0; i < 3; ++i) cache.insert(digest(i), kBegin);
  cache.clear();
  CHECK(cache.size() == 0);
  CHECK_FALSE(cache.contains(digest(0), kBegin));
  cache.insert(digest(0), kBegin);
  CHECK(cache.contains(digest(0), kBegin));
}
