#include "prove/interruption.h"

#include <pthread.h>

#include <ctime>
#include <initializer_list>

namespace prove {

Interruption::Interruption() {
  ::sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals_, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  // Who reads our table may go.
  before_pipe_ = std::signal(SIGPIPE, SIG_IGN);
}

Interruption::~Interruption() {
  static_cast<void>(came());  // or the next would end us now
  static_cast<void>(std::signal(SIGPIPE, before_pipe_));
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool Interruption::came() {
  const timespec at_once{};
  while (::sigtimedwait(&signals_, nullptr, &at_once) > 0) came_ = true;
  return came_;
}

}  // namespace prove
