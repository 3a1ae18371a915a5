// UniqueFd owns one file descriptor and closes it. Any thread, one owner at a time. Closing may
// block on some file systems: descriptors of served files are closed on a lane, not by a loop.
#pragma once

#include <unistd.h>

#include <utility>

namespace core {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

  void reset(int fd = -1) {
    const int old = std::exchange(fd_, fd);
    // close(2): the descriptor is gone whatever is returned; EINTR must not be retried on Linux.
    if (old >= 0) static_cast<void>(::close(old));
  }

 private:
  int fd_ = -1;
};

}  // namespace core
