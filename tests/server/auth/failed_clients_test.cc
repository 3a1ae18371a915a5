// Goal: who is wrong again and again is told later and later, up to a bound, until it has been
// quiet for a minute; others are not. Method: a clock that the test moves.
#include "server/auth/failed_clients.h"

#include <doctest/doctest.h>

using server::FailedClients;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

core::IpAddress client(unsigned number) {
  core::IpAddress network{};
  network[0] = static_cast<std::uint8_t>(number);
  network[1] = static_cast<std::uint8_t>(number >> 8U);
  return network;
}

const core::TimePoint kBegin{seconds(1000)};
constexpr core::Duration kNone = core::Duration::zero();

}  // namespace

TEST_CASE("five failures are free, then the hold doubles up to four seconds") {
  const std::array holds{0, 0, 0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 4000, 4000};
  for (std::size_t failures = 0; failures < holds.size(); ++failures) {
    CAPTURE(failures);
    CHECK((server::hold_for(failures) == milliseconds(holds[failures])));
  }
  CHECK((server::hold_for(1'000'000) == seconds(4)));
}

TEST_CASE("each failure of a client counts, and nobody else's") {
  FailedClients failed;
  std::uint64_t check = 0;
  for (int i = 0; i < 5; ++i) CHECK((failed.count(client(1), ++check, kBegin) == kNone));
  CHECK((failed.count(client(1), ++check, kBegin) == milliseconds(250)));
  CHECK((failed.count(client(2), ++check, kBegin) == kNone));
  CHECK((failed.count(client(1), ++check, kBegin) == milliseconds(500)));
  CHECK(failed.size() == 2);
}

TEST_CASE("the same wrong password on several loops at a time is one failure") {
  FailedClients failed;
  for (std::uint64_t check = 1; check <= 5; ++check) {
    for (int loop = 0; loop < 4; ++loop) {
      CHECK((failed.count(client(1), check, kBegin) == kNone));
    }
  }
  CHECK((failed.count(client(1), 6, kBegin) == milliseconds(250)));
  CHECK((failed.count(client(1), 6, kBegin) == milliseconds(250)));
}

TEST_CASE("a minute without failure, and all is forgotten") {
  FailedClients failed;
  std::uint64_t check = 0;
  for (int i = 0; i < 8; ++i) static_cast<void>(failed.count(client(1), ++check, kBegin));
  const core::TimePoint later = kBegin + FailedClients::kForgottenAfter - core::Duration(1);
  CHECK((failed.count(client(1), ++check, later) == seconds(2)));
  CHECK((failed.count(client(1), ++check, later + FailedClients::kForgottenAfter) == kNone));
  CHECK(failed.size() == 1);
}

TEST_CASE("more clients than there is room for: the one that was quiet for longest is forgotten") {
  FailedClients failed(3);
  std::uint64_t check = 0;
  for (int i = 0; i < 6; ++i) static_cast<void>(failed.count(client(1), ++check, kBegin));
  for (unsigned other = 2; other <= 3; ++other) {
    CHECK((failed.count(client(other), ++check, kBegin) == kNone));
  }
  CHECK((failed.count(client(1), ++check, kBegin) == milliseconds(500)));
  CHECK((failed.count(client(4), ++check, kBegin) == kNone));  // takes the place of 2
  CHECK(failed.size() == 3);
  CHECK((failed.count(client(1), ++check, kBegin) == seconds(1)));
}
