// Goal: the site has what its configuration names, on the disk and for us alone, and leaves nothing
// behind. Method: made, looked at, and gone.

#include "prove/temporary_site.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using prove::TemporarySite;

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

TemporarySite::Parts with_everything() {
  const std::array<std::string, 1> names{"localhost"};
  auto identity =
      core::TlsIdentity::self_signed(names, core::KeyKind::kEcdsaP256, std::chrono::days(1));
  REQUIRE(identity);
  return {*identity, true};
}

}  // namespace

TEST_CASE("ouro finds the configuration right, with everything that it names") {
  const auto site = TemporarySite::make(with_everything());
  REQUIRE(site);
  for (const bool unread_log : {false, true}) {
    REQUIRE((*site)->configure("epoll", unread_log));
    test::Process ouro({OURO_BINARY, "check", "-c", (*site)->config_path()});
    CHECK(ouro.wait() == 0);
    CHECK(ouro.output().find("right (sites: 2, routes: 5)") != std::string::npos);
    CHECK(ouro.error_output().find("error") == std::string::npos);
  }
  const auto bare = TemporarySite::make({});
  REQUIRE(bare);
  REQUIRE((*bare)->configure("auto", false));
  test::Process ouro({OURO_BINARY, "check", "-c", (*bare)->config_path()});
  CHECK(ouro.wait() == 0);
}

TEST_CASE("secrets are ours, large files are large, and the root hangs when it is told to") {
  const auto site = TemporarySite::make(with_everything());
  REQUIRE(site);
  const std::string& path = (*site)->path();
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0700);
  REQUIRE(::stat((path + "/key.pem").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  CHECK(content_of(path + "/users").starts_with("ada:$2b$10$"));
  REQUIRE((*site)->cold_files().size() == TemporarySite::kColdFiles);
  for (const std::string& file : (*site)->cold_files()) {
    CHECK(std::filesystem::file_size(file) == TemporarySite::kColdBytes);
  }
  const std::string root = path + "/hang";
  CHECK(std::filesystem::equivalent(root, path + "/empty"));
  REQUIRE((*site)->make_root_hang(true));
  CHECK(std::filesystem::equivalent(root, (*site)->mount_point()));
  REQUIRE((*site)->make_root_hang(false));
  CHECK(std::filesystem::equivalent(root, path + "/empty"));
}

TEST_CASE("TMPDIR says where, nothing is left, and no room is said") {
  const test::TemporaryDirectory home;
  test::Process child([&home] {
    ::setenv("TMPDIR", home.path().c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    {
      const auto site = TemporarySite::make({});
      if (!site || !(*site)->path().starts_with(home.path() + "/ouro-prove-")) return 2;
    }
    if (!std::filesystem::is_empty(home.path())) return 3;
    ::setenv("TMPDIR", (home.path() + "/missing").c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    const auto nowhere = TemporarySite::make({});
    if (nowhere) return 4;
    return nowhere.error().message.find("No such file or directory") != std::string::npos ? 0 : 5;
  });
  CHECK(child.wait() == 0);
}
