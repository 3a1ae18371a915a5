// Whether a piece of code ends the process by abort(), as a violated INVARIANT does. The code runs
// in a forked child, so that the test survives it. Only for the thread that forks: the child has no
// other.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

namespace test {

struct Death {
  bool aborted = false;
  std::string last_words;  // what the child wrote to its standard error
};

template <typename Code>
[[nodiscard]] Death death_of(Code code) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    static_cast<void>(::dup2(ends[1], STDERR_FILENO));
    // doctest's handler would report the abort as a failed test of ours; no core file either.
    static_cast<void>(std::signal(SIGABRT, SIG_DFL));
    const rlimit no_core{0, 0};
    static_cast<void>(::setrlimit(RLIMIT_CORE, &no_core));
    code();
    ::_exit(0);
  }
  static_cast<void>(::close(ends[1]));
  Death death;
  char buffer[512];
  for (ssize_t size = 0; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    death.last_words.append(buffer, static_cast<std::size_t>(size));
  }
  static_cast<void>(::close(ends[0]));
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return {};
  death.aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  return death;
}

template <typename Code>
[[nodiscard]] bool dies(Code code) {
  return death_of(code).aborted;
}

}  // namespace test
