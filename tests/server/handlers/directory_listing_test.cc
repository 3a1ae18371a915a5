// Goal: a listing holds what a client may fetch, and nothing else; no directory is too large for
// it. Method: real folders, at the limits and one beyond; a thread that has given up being root.
#include "server/handlers/directory_listing.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/server/handlers/temporary_folder.h"

using files_test::TemporaryFolder;
using server::DirectoryEntry;
using server::DirectoryLimits;
using server::DirectoryListing;
using server::RootDirectory;

namespace {

RootDirectory open_root(const std::string& path) {
  auto root = RootDirectory::open(path);
  REQUIRE(root.has_value());
  return std::move(*root);
}

DirectoryListing read(const RootDirectory& root, const std::string& path,
                      const DirectoryLimits& limits = {}) {
  auto listing = server::read_directory(root.open_beneath(path.c_str(), core::Clock::now()), root,
                                        path, limits);
  REQUIRE(listing.has_value());
  std::ranges::sort(listing->entries, {}, &DirectoryEntry::name);
  return std::move(*listing);
}

std::vector<std::string> names_of(const DirectoryListing& listing) {
  std::vector<std::string> names;
  for (const DirectoryEntry& entry : listing.entries) {
    names.push_back(entry.is_directory ? entry.name + "/" : entry.name);
  }
  return names;
}

using Names = std::vector<std::string>;

void make_files(const std::string& folder, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::string path = folder + "/f" + std::to_string(i);
    const core::UniqueFd file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    REQUIRE(file.valid());
  }
}

}  // namespace

TEST_CASE("files and folders, with size and time") {
  TemporaryFolder folder;
  folder.write("a.txt", "12345");
  folder.set_modified("a.txt", {1'700'000'000, 999'999'999});
  folder.make_folder("sub");
  folder.set_modified("sub", {-1, 0});
  const DirectoryListing listing = read(open_root(folder.path()), ".");
  CHECK_FALSE(listing.has_more);
  REQUIRE(names_of(listing) == Names{"a.txt", "sub/"});
  CHECK(listing.entries[0].size == 5);
  CHECK(listing.entries[0].modified_seconds == 1'700'000'000);
  CHECK_FALSE(listing.entries[1].size.has_value());
  CHECK(listing.entries[1].modified_seconds == -1);
}

TEST_CASE("an empty folder has no entries") {
  TemporaryFolder folder;
  CHECK(read(open_root(folder.path()), ".", {.dot_files = true}).entries.empty());
}

TEST_CASE("dot files are shown when asked for") {
  TemporaryFolder folder;
  folder.write(".hidden", "x");
  folder.write("...", "x");
  folder.make_folder(".git");
  folder.write("shown", "x");
  const RootDirectory root = open_root(folder.path());
  CHECK(names_of(read(root, ".")) == Names{"shown"});
  CHECK(names_of(read(root, ".", {.dot_files = true})) ==
        Names{"...", ".git/", ".hidden", "shown"});
}

TEST_CASE("neither file nor folder: not shown, nor what a link makes of it") {
  TemporaryFolder folder;
  folder.make_fifo("fifo");
  folder.make_socket("socket");
  folder.make_link("link", "fifo");
  CHECK(read(open_root(folder.path()), ".").entries.empty());
}

TEST_CASE("a link is what it leads to, beneath the root") {
  TemporaryFolder folder;
  folder.write("secret", "not for them");
  folder.make_folder("root");
  folder.write("root/file", "1234567");
  folder.set_modified("root/file", {1'600'000'000, 0});
  folder.make_folder("root/sub");
  folder.make_link("root/sub/aside", "../file");
  folder.make_link("root/sub/chain", "aside");
  folder.make_link("root/sub/up", "..");
  folder.make_link("root/sub/out", "../../secret");
  folder.make_link("root/sub/out_folder", "../..");
  folder.make_link("root/sub/absolute", folder.path_of("root/file"));
  folder.make_link("root/sub/nowhere", "none");
  folder.make_link("root/sub/loop", "loop");
  folder.make_link("root/sub/proc", "/proc/self/fd/0");
  const RootDirectory root = open_root(folder.path_of("root"));
  for (const std::string path : {"sub", "sub/", "./sub"}) {
    CAPTURE(path);
    const DirectoryListing listing = read(root, path);
    REQUIRE(names_of(listing) == Names{"absolute", "aside", "chain", "up/"});
    CHECK(listing.entries[0].size == 7);
    CHECK(listing.entries[1].modified_seconds == 1'600'000'000);
  }
}

TEST_CASE("a link's way begins at the root, whatever slashes the path has") {
  TemporaryFolder folder;
  folder.make_folder("sub");
  folder.make_link("sub/up", "..");
  folder.make_link("here", "sub");
  const RootDirectory root = open_root(folder.path());
  for (const std::string_view path : {"/sub/", "sub", "//sub//"}) {
    CAPTURE(path);
    const auto listing =
        server::read_directory(root.open_beneath("sub", core::Clock::now()), root, path, {});
    REQUIRE(listing.has_value());
    CHECK(names_of(*listing) == Names{"up/"});
  }
  for (const std::string_view path : {"", "/"}) {
    const auto listing =
        server::read_directory(root.open_beneath(".", core::Clock::now()), root, path, {});
    REQUIRE(listing.has_value());
    CHECK(listing->entries.size() == 2);
  }
}

TEST_CASE("names are bytes") {
  TemporaryFolder folder;
  const Names names{"\n", " ", "<b>\"'&", "\xFF\xFE", "\xF0\x9F\x9A\x80"};
  for (const std::string& name : names) folder.write(name, "x");
  Names sorted = names;
  std::ranges::sort(sorted);
  CHECK(names_of(read(open_root(folder.path()), ".")) == sorted);
}

TEST_CASE("10,000 entries are shown; of more, as many") {
  TemporaryFolder folder;
  const RootDirectory root = open_root(folder.path());
  make_files(folder.path(), 10'000);
  const DirectoryListing full = read(root, ".");
  CHECK(full.entries.size() == 10'000);
  CHECK_FALSE(full.has_more);
  folder.write("one more", "x");
  const DirectoryListing cut = read(root, ".");
  CHECK(cut.entries.size() == 10'000);
  CHECK(cut.has_more);
}

TEST_CASE("what is not shown is no reason to say that there is more") {
  TemporaryFolder folder;
  make_files(folder.path(), 3);
  folder.write(".hidden", "x");
  folder.make_fifo("fifo");
  CHECK_FALSE(read(open_root(folder.path()), ".", {.entries_max = 3}).has_more);
}

TEST_CASE("names that are left out are counted, so that reading ends") {
  TemporaryFolder folder;
  folder.write(".a", "x");
  folder.write(".b", "x");
  folder.make_fifo("c");
  const RootDirectory root = open_root(folder.path());
  CHECK_FALSE(read(root, ".", {.names_max = 3}).has_more);
  const DirectoryListing cut = read(root, ".", {.names_max = 2});
  CHECK(cut.has_more);
  CHECK(cut.entries.empty());
}

TEST_CASE("a folder that may be read but not searched shows names and types") {
  TemporaryFolder folder;
  folder.make_folder("closed");
  folder.write("closed/file", "12345");
  folder.make_folder("closed/sub");
  folder.make_link("closed/link", "file");
  folder.set_mode("closed", 0644);
  const RootDirectory root = open_root(folder.path());
  core::UniqueFd directory = root.open_beneath("closed", core::Clock::now());
  DirectoryListing listing;
  std::thread stranger([&] {
    // The raw call changes this thread alone.
    constexpr unsigned kNobody = 65'534;
    if (::geteuid() == 0) ::syscall(SYS_setresuid, -1, kNobody, -1);
    listing = server::read_directory(std::move(directory), root, "closed", {}).value_or(listing);
  });
  stranger.join();
  std::ranges::sort(listing.entries, {}, &DirectoryEntry::name);
  REQUIRE(names_of(listing) == Names{"file", "sub/"});
  CHECK_FALSE(listing.entries[0].size.has_value());
  CHECK_FALSE(listing.entries[0].modified_seconds.has_value());
}

TEST_CASE("what is no directory is an error") {
  TemporaryFolder folder;
  folder.write("file", "x");
  const RootDirectory root = open_root(folder.path());
  const auto file =
      server::read_directory(root.open_beneath("file", core::Clock::now()), root, "file", {});
  REQUIRE_FALSE(file.has_value());
  CHECK(file.error() == ENOTDIR);
  const auto none = server::read_directory(core::UniqueFd(), root, "none", {});
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error() == EBADF);
}

TEST_CASE("a folder that is gone has no entries") {
  TemporaryFolder folder;
  folder.make_folder("sub");
  const RootDirectory root = open_root(folder.path());
  core::UniqueFd directory = root.open_beneath("sub", core::Clock::now());
  REQUIRE(::rmdir(folder.path_of("sub").c_str()) == 0);
  const auto listing = server::read_directory(std::move(directory), root, "sub", {});
  if (listing) CHECK(listing->entries.empty());
  if (!listing) CHECK(listing.error() == ENOENT);
}
