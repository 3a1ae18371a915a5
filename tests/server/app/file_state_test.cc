// Goal: whatever changes a file changes its state, and nothing else does. Method: one file, changed
// in every way.

#include "server/app/file_state.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "tests/server/app/temporary_directory.h"

TEST_CASE("content, permissions, another file in its place, none") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.write("file", "one");
  std::set<std::string> states;
  const auto is_new = [&] { return states.insert(server::file_state(path)).second; };
  CHECK(is_new());
  CHECK(!is_new());
  directory.write("file", "more");
  CHECK(is_new());
  // A tick of the kernel's clock later, or the change would have the stamp of the one before.
  const auto mode_changes = [&] {
    static_cast<void>(::chmod(path.c_str(), 0600));
    return is_new();
  };
  while (!mode_changes()) continue;
  directory.write("other", "more");
  std::filesystem::rename(directory.path() + "/other", path);
  CHECK(is_new());
  std::filesystem::remove(path);
  CHECK(is_new());
  CHECK(!is_new());
}
