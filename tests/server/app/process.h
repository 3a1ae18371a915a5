// A child process of a test: started with its output in files, watched, signalled, and never left
// behind.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/server/app/temporary_directory.h"

namespace test {

class Process {
 public:
  // `prepare` runs in the child before exec: only async-signal-safe calls.
  explicit Process(const std::vector<std::string>& command,
                   const std::function<void()>& prepare = {});
  // `body` runs in the child, whose exit code it returns. While this process has one thread only.
  explicit Process(const std::function<int()>& body);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();  // kills what still runs

  [[nodiscard]] pid_t id() const { return id_; }
  void signal(int number) const;
  // Waits for the end; the exit code, or -1 when a signal or the limit of 20 s ended it.
  int wait();
  [[nodiscard]] bool running();
  // Waits until standard error holds `text`; false when the process ended or 20 s passed without
  // it.
  [[nodiscard]] bool says(std::string_view text);
  [[nodiscard]] std::string error_output() const;
  [[nodiscard]] std::string output() const;
  // The port behind the first "http://" of the start table.
  [[nodiscard]] std::uint16_t port() const;

 private:
  // True in the child, with its output in files.
  [[nodiscard]] bool fork_child();

  TemporaryDirectory directory_;
  pid_t id_ = -1;
  bool ended_ = false;
  int exit_code_ = -1;
};

}  // namespace test
