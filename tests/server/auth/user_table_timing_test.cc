// Goal: an unknown user and a wrong password cannot be told apart by the time that they take.
// Method: both in turns, in thread CPU time, which a busy machine does not change; the medians are
// held against each other. A control with another cost shows that the measure would tell.

#include <doctest/doctest.h>
#include <time.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "core/password/password_hasher.h"
#include "server/auth/user_table.h"

namespace {

using server::UserTable;

constexpr int kSamples = 120;

double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double median(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  return samples[samples.size() / 2];
}

double seconds_of(core::PasswordHasher& hasher, const UserTable& table, const std::string& user) {
  const double begin = thread_cpu_seconds();
  const core::PasswordHash* hash = table.find(user);
  CHECK(!hasher.verify("a wrong password", hash != nullptr ? *hash : table.stand_in(user)));
  return thread_cpu_seconds() - begin;
}

// How many times as long as `known` an unknown user takes.
double ratio(const UserTable& table, const std::string& known) {
  core::PasswordHasher hasher;
  std::vector<double> knowns;
  std::vector<double> unknowns;
  for (int count = 0; count < kSamples; ++count) {
    knowns.push_back(seconds_of(hasher, table, known));
    unknowns.push_back(seconds_of(hasher, table, "nobody" + std::to_string(count)));
  }
  return median(unknowns) / median(knowns);
}

}  // namespace

TEST_CASE("an unknown user takes as long as a wrong password") {
  for (const std::string hash :
       {"$2y$04$/he2Nkdja.tVf1IiKEuDO.FDsoxDqIYINx9JcvFwplz4YXItRU0lK",
        "$5$rounds=1000$roundsalt$lUCbt9XtIcgnEwqC0F1ZqnVZJuvR2.Yizn/Gj0BBD9/",
        "$6$rounds=1000$abc$MqEcPZUYRGGcOeq7PhMpfjfu/F0HrVEI0OlZBijWvO8mSG77iNUDP5MqFceKpJTBc8iI"
        "TVtNyLiNTRNCxv6oh0",
        "$y$j75$9w5l26pkHlZ1Wv1qXBtjT.$PRkT6q.qp0O5h/BpEfXiQDKY0rQ/ij61tbfJAvRyeB5"}) {
    CAPTURE(hash);
    const auto parsed = UserTable::parse("ada:" + hash + "\n");
    REQUIRE(parsed.mistakes.empty());
    const double measured = ratio(*parsed.table, "ada");
    CHECK(measured > 0.9);
    CHECK(measured < 1.1);
  }
}

TEST_CASE("the measure tells one step of bcrypt's cost") {
  const auto parsed = UserTable::parse(
      "ada:$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n"
      "bob:$2y$04$/he2Nkdja.tVf1IiKEuDO.FDsoxDqIYINx9JcvFwplz4YXItRU0lK\n"
      "eve:$2y$04$SD2XQPrCMCLIu9iIbD5SHOtssCwE15BlHH1s5FfZsikQYFvlMxc0.\n"
      "joe:$2y$04$0w.L19vpP5aT0cp.ZkISq.CapgcqjL.qvQ8WOnTybsRiVixmhg9Fi\n");
  REQUIRE(parsed.mistakes.empty());
  CHECK(ratio(*parsed.table, "ada") < 0.75);
}
