// Goal: the launcher forbid_io_uring really takes io_uring away from what it starts, with the errno
// that was asked for, and nothing else.
// Method: ctest starts this program through the launcher, once for each errno, and picks the case.
#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace {

// Arguments without a meaning: without the filter the kernel answers EFAULT, EBADF or the like.
void check_all_three(int expected_errno) {
  constexpr std::array<long, 3> kCalls{SYS_io_uring_setup, SYS_io_uring_enter,
                                       SYS_io_uring_register};
  for (const long number : kCalls) {
    CAPTURE(number);
    errno = 0;
    CHECK(syscall(number, -1, 0, 0, 0, 0, 0) == -1);
    CHECK(errno == expected_errno);
  }
}

}  // namespace

TEST_CASE("io_uring answers EPERM") { check_all_three(EPERM); }

TEST_CASE("io_uring answers ENOSYS") { check_all_three(ENOSYS); }

TEST_CASE("other system calls work under EPERM and ENOSYS") {
  CHECK(syscall(SYS_getpid) == getpid());
  CHECK(syscall(SYS_close, -1) == -1);
  CHECK(errno == EBADF);
}
