// Goal: a descriptor is closed once, by its last owner.
// Method: fcntl(2) tells whether a number is open.

#include "core/base/unique_fd.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/eventfd.h>

#include <utility>

namespace {

int open_one() { return ::eventfd(0, EFD_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("the owner's end is the descriptor's end") {
  const int fd = open_one();
  {
    const core::UniqueFd owner(fd);
    CHECK(owner.valid());
    CHECK(owner.get() == fd);
    CHECK(is_open(fd));
  }
  CHECK_FALSE(is_open(fd));
}

TEST_CASE("moving hands the descriptor over and closes what the target had") {
  const int first = open_one();
  const int second = open_one();
  core::UniqueFd source(first);
  core::UniqueFd target(second);
  target = std::move(source);
  CHECK(target.get() == first);
  CHECK_FALSE(is_open(second));
  CHECK(is_open(first));
  core::UniqueFd& same = target;
  target = std::move(same);
  CHECK(target.get() == first);
  CHECK(is_open(first));
}

TEST_CASE("release gives the descriptor away, reset replaces it") {
  const int fd = open_one();
  core::UniqueFd owner(fd);
  CHECK(owner.release() == fd);
  CHECK_FALSE(owner.valid());
  CHECK(is_open(fd));
  owner.reset(fd);
  owner.reset();
  CHECK_FALSE(is_open(fd));
  CHECK_FALSE(owner.valid());
}
