// Goal: a signal that would end the process is only a fact, until this is over. Method: signals
// that the test sends itself.

#include "prove/interruption.h"

#include <doctest/doctest.h>
#include <pthread.h>

#include <csignal>
#include <initializer_list>

namespace {

bool is_blocked(int signal) {
  sigset_t now;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &now);
  return ::sigismember(&now, signal) == 1;
}

}  // namespace

TEST_CASE("whoever interrupts is heard, once and for all") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    REQUIRE(!is_blocked(signal));
    {
      prove::Interruption interruption;
      CHECK(!interruption.came());
      ::raise(signal);
      CHECK(interruption.came());
      CHECK(interruption.came());
      ::raise(signal);  // nobody asks any more; it ends nothing
    }
    CHECK(!is_blocked(signal));
  }
}

TEST_CASE("a pipe that is closed interrupts nobody") {
  prove::Interruption interruption;
  ::raise(SIGPIPE);
  CHECK(!interruption.came());
}
