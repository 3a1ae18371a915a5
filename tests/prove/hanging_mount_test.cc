// Goal: the mount is where it was asked for, only for the process that made it, and what prevents
// it is said. Method: children that make it, as far as this machine allows, and look.

#include "prove/hanging_mount.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using prove::HangingMount;
using Step = HangingMount::Step;

bool is_mounted(const std::string& path) {
  std::ifstream file("/proc/self/mounts");
  for (std::string line; std::getline(file, line);) {
    if (line.find(" " + path + " fuse ") != std::string::npos) return true;
  }
  return false;
}

constexpr int kMounted = 20;
constexpr int kLost = 21;  // it was made, and is not there

}  // namespace

TEST_CASE("whoever makes it has it, and nobody else") {
  const test::TemporaryDirectory folder;
  const HangingMount mount(folder.path());
  test::Process child([&] {
    const HangingMount::Outcome outcome = mount.make();
    if (outcome.step != Step::kDone) return static_cast<int>(outcome.step);
    return is_mounted(folder.path()) ? kMounted : kLost;
  });
  const int code = child.wait();
  CHECK(code != kLost);
  CHECK(code > 0);
  if (code != kMounted) MESSAGE("left out: it ended at step " << code);
  CHECK(!is_mounted(folder.path()));
}

TEST_CASE("a folder that is not there is no mount") {
  const test::TemporaryDirectory folder;
  const HangingMount mount(folder.path() + "/missing");
  test::Process child([&] { return static_cast<int>(mount.make().step); });
  CHECK(child.wait() != static_cast<int>(Step::kDone));
}

TEST_CASE("each step that fails has its words") {
  CHECK(HangingMount::problem({Step::kDone, 0}).empty());
  CHECK(HangingMount::problem({Step::kNamespace, EPERM}) ==
        "no mount namespace of its own: Operation not permitted");
  CHECK(HangingMount::problem({Step::kUsers, EPERM}) ==
        "no user namespace of its own: Operation not permitted");
  CHECK(HangingMount::problem({Step::kDevice, ENOENT}) ==
        "cannot open /dev/fuse: No such file or directory");
  CHECK(HangingMount::problem({Step::kMount, EPERM}) ==
        "cannot mount a FUSE file system: Operation not permitted");
}
