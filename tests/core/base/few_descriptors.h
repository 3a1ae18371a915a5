// What a test needs to run out of descriptors: a limit that it can reach, and all that are left.
// Both are the whole process's, and as before when the object goes.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>

#include <cerrno>
#include <vector>

#include "core/base/invariant.h"
#include "core/base/unique_fd.h"

namespace test {

// io_uring notes the limit when an accept is started, so it stands before that.
class FewDescriptors {
 public:
  // No descriptor from number `limit` on can be opened.
  explicit FewDescriptors(rlim_t limit = 128) {
    INVARIANT(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    rlimit few = before_;
    few.rlim_cur = limit;
    INVARIANT(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() { INVARIANT(::setrlimit(RLIMIT_NOFILE, &before_) == 0); }

 private:
  rlimit before_{};
};

[[nodiscard]] inline std::vector<core::UniqueFd> take_all_descriptors() {
  std::vector<core::UniqueFd> taken;
  for (int fd = 0; (fd = ::fcntl(0, F_DUPFD_CLOEXEC, 0)) >= 0;) taken.emplace_back(fd);
  INVARIANT(errno == EMFILE);
  return taken;
}

}  // namespace test
