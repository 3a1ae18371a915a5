// Goal: a root is a folder that may be searched, or a reason a person understands; once open it
// stays the folder it was. Method: real folders; a thread that has given up being root.
#include "server/handlers/root_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <thread>

#include "tests/server/handlers/temporary_folder.h"

using files_test::TemporaryFolder;
using server::RootDirectory;

namespace {

bool holds(const RootDirectory& root, const std::string& name) {
  return root.open_beneath(name.c_str()).valid();
}

int error_of(const std::string& path) {
  const auto root = RootDirectory::open(path);
  CHECK_FALSE(root.has_value());
  if (root) return 0;
  CHECK(root.error().message.find(path) != std::string::npos);
  return root.error().errno_value;
}

}  // namespace

TEST_CASE("a folder is opened, through a link too") {
  TemporaryFolder folder;
  folder.make_folder("real");
  folder.write("real/file", "x");
  folder.make_link("link", "real");
  for (const std::string name : {"real", "link", "real/"}) {
    CAPTURE(name);
    const auto root = RootDirectory::open(folder.path_of(name));
    REQUIRE(root.has_value());
    CHECK(root->path() == folder.path_of(name));
    CHECK(holds(*root, "file"));
  }
}

TEST_CASE("what is opened below it is not inherited by other programs") {
  TemporaryFolder folder;
  folder.write("file", "x");
  const auto root = RootDirectory::open(folder.path());
  REQUIRE(root.has_value());
  const core::UniqueFd file = root->open_beneath("file");
  REQUIRE(file.valid());
  CHECK((::fcntl(file.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("nothing outside of it is opened, whatever the name says") {
  TemporaryFolder folder;
  folder.make_folder("inside");
  folder.write("secret", "x");
  folder.make_link("inside/link", "../secret");
  const auto root = RootDirectory::open(folder.path_of("inside"));
  REQUIRE(root.has_value());
  const std::string absolute = folder.path_of("secret");
  for (const char* name : {"../secret", "link", "/etc/passwd", absolute.c_str()}) {
    CAPTURE(name);
    CHECK_FALSE(root->open_beneath(name).valid());
    CHECK(errno == EXDEV);
  }
}

TEST_CASE("what is no folder is refused, by name") {
  TemporaryFolder folder;
  folder.write("file", "x");
  folder.make_fifo("fifo");
  folder.make_link("dangling", "nowhere");
  CHECK(error_of(folder.path_of("none")) == ENOENT);
  CHECK(error_of(folder.path_of("file")) == ENOTDIR);
  CHECK(error_of(folder.path_of("fifo")) == ENOTDIR);
  CHECK(error_of(folder.path_of("dangling")) == ENOENT);
  CHECK(error_of("") == ENOENT);
  CHECK(error_of(folder.path_of(std::string(5'000, 'n'))) == ENAMETOOLONG);
}

TEST_CASE("a folder that may not be searched is refused") {
  TemporaryFolder folder;
  folder.make_folder("closed");
  folder.set_mode("closed", 0644);
  int error = 0;
  std::thread stranger([&] {
    // The raw call changes this thread alone.
    constexpr unsigned kNobody = 65'534;
    if (::geteuid() == 0) ::syscall(SYS_setresuid, -1, kNobody, -1);
    error = error_of(folder.path_of("closed"));
  });
  stranger.join();
  CHECK(error == EACCES);
}

TEST_CASE("an open root stays what it was when its name goes to another folder") {
  TemporaryFolder folder;
  folder.make_folder("root");
  folder.write("root/old", "x");
  const auto root = RootDirectory::open(folder.path_of("root"));
  REQUIRE(root.has_value());
  REQUIRE(std::rename(folder.path_of("root").c_str(), folder.path_of("away").c_str()) == 0);
  folder.make_folder("root");
  folder.write("root/new", "x");
  CHECK(holds(*root, "old"));
  CHECK_FALSE(holds(*root, "new"));
}

TEST_CASE("following links, they lead anywhere; names still do not") {
  TemporaryFolder folder;
  folder.make_folder("inside");
  folder.make_folder("inside/below");
  folder.write("secret", "x");
  folder.write("inside/file", "x");
  folder.make_link("inside/relative", "../secret");
  folder.make_link("inside/absolute", folder.path_of("secret"));
  folder.make_link("inside/folder", folder.path());
  folder.make_link("inside/magic", "/proc/self/fd/0");
  const auto root = RootDirectory::open(folder.path_of("inside"));
  REQUIRE(root.has_value());
  constexpr auto kFollow = config::Symlinks::kFollow;
  for (const char* name : {"file", "relative", "absolute", "folder/secret", "."}) {
    CAPTURE(name);
    CHECK(root->open_beneath(name, kFollow).valid());
  }
  CHECK_FALSE(root->open_beneath("magic", kFollow).valid());
  CHECK(errno == ELOOP);
  const std::string absolute = folder.path_of("secret");
  for (const char* name :
       {"..", "../secret", "below/..", "below/../file", "below/../../secret", absolute.c_str()}) {
    CAPTURE(name);
    CHECK_FALSE(root->open_beneath(name, kFollow).valid());
    CHECK(errno == EXDEV);
  }
}
