// Goal: what the kernel says of the loops' threads is added up, and of no other. Method: a folder
// that looks like /proc.

#include "prove/cpu_wait.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/server/app/temporary_directory.h"

TEST_CASE("loops count, other threads do not") {
  const test::TemporaryDirectory root;
  root.write("proc/7/task/7/comm", "ouro\n");
  root.write("proc/7/task/7/schedstat", "1 9000000000 1\n");
  root.write("proc/7/task/8/comm", "loop-0\n");
  root.write("proc/7/task/8/schedstat", "5000000000 250000000 12\n");
  root.write("proc/7/task/9/comm", "loop-1\n");
  root.write("proc/7/task/9/schedstat", "5000000000 500000000 12\n");
  root.write("proc/7/task/10/comm", "loop-2\n");  // it has just ended
  CHECK(prove::cpu_wait_of_loops(7, root.path()) == doctest::Approx(0.75));
}

TEST_CASE("of a process that is gone, and of one without loops, there is nothing") {
  const test::TemporaryDirectory root;
  CHECK(prove::cpu_wait_of_loops(7, root.path()) == 0);
  CHECK(prove::cpu_wait_of_loops(::getpid()) == 0);
}
