// HangingMount: a file system that never answers, as a network mount whose server is gone: a FUSE
// mount (linux/fuse.h) whose requests nobody reads. It is made in the mount namespace of a child
// process, by itself before exec(2), and is gone with it; who waits for it can be killed. Prepared
// by whoever forks.
#pragma once

#include <cstdint>
#include <string>

namespace prove {

class HangingMount {
 public:
  enum class Step : std::uint8_t { kDone, kNamespace, kUsers, kDevice, kMount };
  // Where it ended; a message through a pipe.
  struct Outcome {
    Step step = Step::kDone;
    int error = 0;  // errno, unless it is done
  };

  // `path`: an empty folder.
  explicit HangingMount(std::string path);

  // In the child; async-signal-safe. What fails leaves a child that goes on without it.
  [[nodiscard]] Outcome make() const;

  // Why there is none; empty: there is.
  [[nodiscard]] static std::string problem(const Outcome& outcome);

 private:
  [[nodiscard]] Outcome enter_namespaces() const;

  const std::string path_;
  const std::string options_;
  const std::string user_map_;
  const std::string group_map_;
};

}  // namespace prove
