// Goal: a root is a folder that may be searched, or a reason a person understands; it is the folder
// that its path names, at most a second late; nothing outside of it is ever opened. Method: real
// folders; the test says what time it is; a thread that has given up being root; a thread that
// swaps a folder for a link while names are looked up.
#include "server/handlers/root_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/handlers/temporary_folder.h"

using files_test::TemporaryFolder;
using server::RootDirectory;

namespace {

core::UniqueFd open_beneath(const RootDirectory& root, const char* name) {
  return root.open_beneath(name, core::Clock::now());
}

bool holds(const RootDirectory& root, const std::string& name) {
  return open_beneath(root, name.c_str()).valid();
}

std::string read_all(const core::UniqueFd& fd) {
  std::array<char, 64> text{};
  const ssize_t size = ::read(fd.get(), text.data(), text.size());
  return size < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

// What a name leads to at that time, or errno.
std::string content(const RootDirectory& root, const char* name, core::TimePoint now) {
  const core::UniqueFd fd = root.open_beneath(name, now);
  return fd.valid() ? read_all(fd) : "errno " + std::to_string(errno);
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
  const core::UniqueFd file = open_beneath(*root, "file");
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
    CHECK_FALSE(open_beneath(*root, name).valid());
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

TEST_CASE("a root whose link is swapped is the new folder, a second later and no sooner") {
  TemporaryFolder folder;
  for (const char* name : {"one", "two"}) {
    folder.make_folder(name);
    folder.write(std::string(name) + "/file", name);
  }
  folder.make_link("current", "one");
  const core::TimePoint opened_after = core::Clock::now();
  const auto root = RootDirectory::open(folder.path_of("current"));
  const core::TimePoint opened_before = core::Clock::now();
  REQUIRE(root.has_value());
  folder.make_link("next", "two");
  REQUIRE(std::rename(folder.path_of("next").c_str(), folder.path_of("current").c_str()) == 0);
  const core::Duration second = RootDirectory::kReopenAfter;
  CHECK(content(*root, "file", opened_after + second - core::Duration(1)) == "one");
  CHECK(content(*root, "file", opened_before + second) == "two");
  // Not asked again within a second of that.
  folder.make_link("next", "one");
  REQUIRE(std::rename(folder.path_of("next").c_str(), folder.path_of("current").c_str()) == 0);
  CHECK(content(*root, "file", opened_before + 2 * second - core::Duration(1)) == "two");
  CHECK(content(*root, "file", opened_before + 2 * second) == "one");
}

TEST_CASE("several workers at once, each of which opens the root anew: always one or the other") {
  TemporaryFolder folder;
  for (const char* name : {"one", "two"}) {
    folder.make_folder(name);
    folder.write(std::string(name) + "/file", name);
  }
  folder.make_link("current", "one");
  const auto root = RootDirectory::open(folder.path_of("current"));
  REQUIRE(root.has_value());
  std::atomic<int> wrong{0};
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; ++worker) {
    workers.emplace_back([&] {
      core::TimePoint now = core::Clock::now();
      for (int i = 0; i < 2'000; ++i) {
        const std::string found = content(*root, "file", now += RootDirectory::kReopenAfter / 2);
        if (found != "one" && found != "two") ++wrong;
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    folder.make_link("next", i % 2 == 0 ? "two" : "one");
    if (std::rename(folder.path_of("next").c_str(), folder.path_of("current").c_str()) != 0) break;
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(wrong == 0);
}

TEST_CASE("a root that goes missing is missing, and is there again when it is back") {
  TemporaryFolder folder;
  folder.make_folder("root");
  folder.write("root/file", "x");
  const auto root = RootDirectory::open(folder.path_of("root"));
  REQUIRE(root.has_value());
  core::TimePoint now = core::Clock::now() + RootDirectory::kReopenAfter;
  REQUIRE(std::rename(folder.path_of("root").c_str(), folder.path_of("away").c_str()) == 0);
  for (int i = 0; i < 3; ++i) {
    CHECK(content(*root, "file", now) == "errno " + std::to_string(ENOENT));
    now += RootDirectory::kReopenAfter / 2;
  }
  folder.write("root", "no folder");
  CHECK(content(*root, "file", now += RootDirectory::kReopenAfter) ==
        "errno " + std::to_string(ENOTDIR));
  folder.remove("root");
  REQUIRE(std::rename(folder.path_of("away").c_str(), folder.path_of("root").c_str()) == 0);
  CHECK(content(*root, "file", now += RootDirectory::kReopenAfter) == "x");
}

TEST_CASE("links that end inside work, absolute ones and those that leave and return too") {
  TemporaryFolder folder;
  TemporaryFolder elsewhere;
  folder.make_folder("root");
  folder.make_folder("root/deep");
  folder.make_folder("root-two");
  folder.write("root/deep/file", "inside");
  folder.write("root-two/file", "outside");
  folder.make_link("root/absolute", folder.path_of("root/deep/file"));
  folder.make_link("root/absolute-folder", folder.path_of("root/deep"));
  folder.make_link("root/itself", folder.path_of("root"));
  folder.make_link("root/up-and-back", "../root/deep/file");
  folder.make_link("root/chain", folder.path_of("root/absolute-folder"));
  elsewhere.make_link("away", folder.path_of("root/deep"));
  folder.make_link("root/far", elsewhere.path_of("away"));
  folder.make_link("root/sibling", folder.path_of("root-two"));
  folder.make_link("root/outside", folder.path_of("root-two/file"));
  folder.make_link("root/dangling", folder.path_of("root-two/none"));
  folder.make_link("root/circle", folder.path_of("root/circle"));
  folder.make_link("root/magic", "/proc/self/root" + folder.path_of("root/deep/file"));
  folder.make_link("alias", "root");
  for (const char* path : {"root", "alias"}) {
    const auto root = RootDirectory::open(folder.path_of(path));
    REQUIRE(root.has_value());
    for (const char* name : {"absolute", "absolute-folder/file", "itself/deep/file", "up-and-back",
                             "chain/file", "far/file", "itself/itself/absolute"}) {
      CAPTURE(name);
      CHECK(content(*root, name, core::Clock::now()) == "inside");
    }
    CHECK(holds(*root, "itself"));
    for (const char* name : {"sibling", "sibling/file", "outside", "dangling", "circle", "magic"}) {
      CAPTURE(name);
      CHECK(content(*root, name, core::Clock::now()) == "errno " + std::to_string(EXDEV));
    }
  }
}

TEST_CASE(
    "a folder that is swapped for a link while names are looked up: never a byte from outside") {
  constexpr int kLookUps = 100'000;
  TemporaryFolder folder;
  folder.make_folder("root");
  folder.make_folder("root/changing");
  folder.make_folder("outside");
  folder.write("root/changing/file", "inside");
  folder.write("outside/file", "outside");
  folder.make_link("root/other", folder.path_of("outside"));
  // Over the fence and back: the way that looks before it opens.
  folder.make_link("root/link", folder.path_of("root/changing/file"));
  const auto root = RootDirectory::open(folder.path_of("root"));
  REQUIRE(root.has_value());
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> swaps{0};
  std::thread swapper([&] {
    const std::string one = folder.path_of("root/changing");
    const std::string two = folder.path_of("root/other");
    while (!done) {
      if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, two.c_str(), RENAME_EXCHANGE) != 0) break;
      ++swaps;
    }
  });
  int inside = 0;
  int refused = 0;
  int wrong = 0;
  for (int i = 0; i < kLookUps; ++i) {
    const char* name = i % 2 == 0 ? "link" : "changing/file";
    const core::UniqueFd fd = open_beneath(*root, name);
    if (!fd.valid()) {
      ++(errno == EXDEV || errno == EAGAIN ? refused : wrong);
    } else {
      ++(read_all(fd) == "inside" ? inside : wrong);
    }
  }
  done = true;
  swapper.join();
  CHECK(wrong == 0);
  CHECK(inside > 0);
  CHECK(refused > 0);
  CHECK(swaps > 0);
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
    CHECK(root->open_beneath(name, core::Clock::now(), kFollow).valid());
  }
  CHECK_FALSE(root->open_beneath("magic", core::Clock::now(), kFollow).valid());
  CHECK(errno == ELOOP);
  const std::string absolute = folder.path_of("secret");
  for (const char* name :
       {"..", "../secret", "below/..", "below/../file", "below/../../secret", absolute.c_str()}) {
    CAPTURE(name);
    CHECK_FALSE(root->open_beneath(name, core::Clock::now(), kFollow).valid());
    CHECK(errno == EXDEV);
  }
}
