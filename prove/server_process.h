// ServerProcess: the server that is tried, as a child process: started, listened to, killed. It
// does not outlive this object, nor the thread that made it. That thread only.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "prove/hanging_mount.h"

namespace prove {

class ServerProcess {
 public:
  struct Launch {
    std::string program;
    std::string config_path;
    std::string group_file;   // of the control group that it joins (cgroup.procs); empty: ours
    std::string mount_point;  // where a mount hangs; empty: nowhere
  };

  // An error: no process could be made. What the program says of itself comes later.
  [[nodiscard]] static core::Result<std::unique_ptr<ServerProcess>> start(const Launch& launch);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  // Waits until it says something, or ends, for `limit` at most.
  void listen(std::chrono::milliseconds limit);
  [[nodiscard]] pid_t id() const { return id_; }
  // Its standard error, so far; of very much, the end.
  [[nodiscard]] const std::string& said() const { return said_; }
  // "it ended with exit code 1", "signal 11 ended it"; nullopt: it runs, as far as was listened.
  [[nodiscard]] std::optional<std::string> end() const;
  // Why nothing hangs at the mount point; empty: it does, or nobody asked for it. Once it has said
  // something.
  [[nodiscard]] std::string mount_problem() const { return HangingMount::problem(mounted_); }
  // Why it is not in the group; empty: it is, or nobody asked for it. Likewise.
  [[nodiscard]] const std::string& group_problem() const { return group_problem_; }

 private:
  ServerProcess() = default;
  void read_errors();
  void read_preparation();
  void reap(int options);

  pid_t id_ = -1;
  core::UniqueFd process_;      // a pidfd
  core::UniqueFd errors_;       // of its standard error
  core::UniqueFd preparation_;  // what became of what it does before exec(2)
  HangingMount::Outcome mounted_;
  std::string group_problem_;
  std::string said_;
  std::optional<int> status_;  // of waitpid(2)
};

}  // namespace prove
