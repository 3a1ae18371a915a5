// Interruption: Ctrl-C, SIGTERM and SIGHUP as a question, so that whoever works cleans up before he
// ends; SIGPIPE is none at all. Made before any other thread, which inherits it; main thread.
#pragma once

#include <csignal>

namespace prove {

class Interruption {
 public:
  Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption();  // signals are what they were

  // Whether one has come since this was made.
  [[nodiscard]] bool came();

 private:
  sigset_t signals_{};
  sigset_t before_{};
  void (*before_pipe_)(int) = nullptr;
  bool came_ = false;
};

}  // namespace prove
