// Goal: files that are read again and again are cold again and again, and those that are missing
// are no matter. Method: a file on a disk, read only as far as it is in memory (RWF_NOWAIT).

#include "prove/page_dropper.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "prove/temporary_site.h"

namespace {

using prove::PageDropper;

// As it is wherever the page cache may be read without waiting; else nobody can tell.
enum class Page { kThere, kGone, kUnknown };

Page first_page(int fd) {
  std::array<char, 1> byte{};
  iovec part{byte.data(), byte.size()};
  if (::preadv2(fd, &part, 1, 0, RWF_NOWAIT) == 1) return Page::kThere;
  return errno == EAGAIN ? Page::kGone : Page::kUnknown;
}

}  // namespace

TEST_CASE("what was read is dropped, and dropped again") {
  prove::TemporarySite::Parts parts;
  parts.cold_files = true;
  const auto site = prove::TemporarySite::make(parts);
  REQUIRE(site);
  const auto paths = (*site)->cold_files();
  const core::UniqueFd fd(::open(paths.front().c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(fd.valid());
  if ((*site)->is_in_memory() || first_page(fd.get()) == Page::kUnknown) return;
  const PageDropper dropper(paths);
  for (int times = 0; times < 3; ++times) {
    const core::TimePoint give_up = core::Clock::now() + std::chrono::seconds(20);
    while (first_page(fd.get()) == Page::kThere && core::Clock::now() < give_up) {
    }
    CHECK(first_page(fd.get()) == Page::kGone);
    char byte = 0;
    REQUIRE(::pread(fd.get(), &byte, 1, 0) == 1);
  }
}

TEST_CASE("files that are missing are no matter") {
  const PageDropper none({});
  const PageDropper missing({"/nowhere/at/all"});
}
