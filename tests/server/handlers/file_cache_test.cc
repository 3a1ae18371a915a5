// Goal: the cache never serves what was looked at more than a second ago, looks up once however
// many wait, keeps to its bytes, and closes what it opened. Method: a real folder, loop and worker
// (file_service.h); waiters made by hand; the worker is held by a gate where order matters; time
// passes by turning the loop. Changes of files are in file_cache_change_test.cc.
#include "server/handlers/file_cache.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "tests/server/handlers/file_service.h"

using namespace files_test;
using server::Representation;
using Shared = std::shared_ptr<const Representation>;
using Kind = Representation::Kind;

namespace {

struct Waiter final : server::FileWaiter {
  Shared got;
  int calls = 0;
  std::function<void()> then = [] {};
  void on_loaded(const Shared& representation) override {
    got = representation;
    ++calls;
    then();
  }
};

Shared load(FileService& service, const std::string& path) {
  Waiter waiter;
  service.cache().wait_for(service.source(), path, waiter);
  REQUIRE(service.turn_until([&waiter] { return waiter.got != nullptr; }));
  CHECK(waiter.calls == 1);
  return waiter.got;
}

const Shared* find(FileService& service, const std::string& path) {
  return service.cache().find(service.source(), path);
}

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                       std::filesystem::directory_iterator());
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

}  // namespace

TEST_CASE("what was never asked for is not known") {
  FileService service;
  service.folder.write("a", "x");
  CHECK(find(service, "/a") == nullptr);
  CHECK(service.cache().entries() == 0);
  CHECK(service.cache().look_ups() == 0);
}

TEST_CASE("what was looked up is known, with its bytes, and once") {
  FileService service;
  service.folder.write("a", "x");
  const Shared loaded = load(service, "/a");
  CHECK((loaded->kind == Kind::kFile));
  CHECK(loaded->bytes == "x");
  CHECK(loaded->size == 1);
  const Shared* found = find(service, "/a");
  REQUIRE(found != nullptr);
  CHECK(*found == loaded);
  CHECK(service.cache().look_ups() == 1);
}

TEST_CASE("what is not there is known too") {
  FileService service;
  CHECK((load(service, "/none")->kind == Kind::kMissing));
  const Shared* found = find(service, "/none");
  REQUIRE(found != nullptr);
  CHECK(((*found)->kind == Kind::kMissing));
}

TEST_CASE("one path of two roots is two files") {
  FileService service;
  service.folder.write("a", "ours");
  TemporaryFolder other;
  other.write("a", "theirs");
  auto root = server::RootDirectory::open(other.path());
  REQUIRE(root.has_value());
  const server::FileSource source{std::move(*root), {}};
  Waiter waiter;
  service.cache().wait_for(source, "/a", waiter);
  CHECK(load(service, "/a")->bytes == "ours");
  REQUIRE(service.turn_until([&waiter] { return waiter.got != nullptr; }));
  CHECK(waiter.got->bytes == "theirs");
  waiter.got.reset();
  service.stop();  // before the source goes
}

TEST_CASE("a hundred who wait cost one look-up") {
  FileService service;
  service.folder.write("a", "x");
  service.close_gate();
  std::vector<std::unique_ptr<Waiter>> waiters;
  for (int i = 0; i < 100; ++i) {
    waiters.push_back(std::make_unique<Waiter>());
    service.cache().wait_for(service.source(), "/a", *waiters.back());
  }
  CHECK(service.cache().look_ups() == 1);
  CHECK_FALSE(service.cache().idle());
  service.open_gate();
  REQUIRE(service.turn_until([&service] { return service.cache().idle(); }));
  for (const auto& waiter : waiters) {
    REQUIRE(waiter->calls == 1);
    CHECK(waiter->got == waiters.front()->got);
  }
  CHECK(service.cache().look_ups() == 1);
}

TEST_CASE("waiters that leave while the look-up is out are not called") {
  FileService service;
  service.folder.write("a", "x");
  service.close_gate();
  auto first = std::make_unique<Waiter>();
  Waiter second;
  auto third = std::make_unique<Waiter>();
  for (Waiter* waiter : {first.get(), &second, third.get()}) {
    service.cache().wait_for(service.source(), "/a", *waiter);
  }
  first.reset();
  third.reset();
  service.open_gate();
  REQUIRE(service.turn_until([&service] { return service.cache().idle(); }));
  CHECK(second.calls == 1);
  // The look-up was not in vain.
  CHECK(find(service, "/a") != nullptr);
}

TEST_CASE("a waiter that is called may make others leave, itself too") {
  FileService service;
  service.folder.write("a", "x");
  service.close_gate();
  auto first = std::make_unique<Waiter>();
  auto second = std::make_unique<Waiter>();
  Waiter third;
  int calls = 0;
  first->then = [&] {
    ++calls;
    second.reset();
  };
  for (Waiter* waiter : {first.get(), second.get(), &third}) {
    service.cache().wait_for(service.source(), "/a", *waiter);
  }
  third.then = [&] { ++calls; };
  service.open_gate();
  REQUIRE(service.turn_until([&service] { return service.cache().idle(); }));
  CHECK(calls == 2);
  CHECK(third.calls == 1);
}

TEST_CASE("nothing older than a second is found; after that it is looked up again") {
  FileService service;
  service.folder.write("a", "x");
  service.folder.make_old("a");
  const Shared loaded = load(service, "/a");
  const core::TimePoint before = core::Clock::now();
  // Not asked for in between: nothing refreshes it.
  REQUIRE(service.turn_until(
      [&] { return service.loop().turn_began() > before + std::chrono::milliseconds(1100); }));
  CHECK(find(service, "/a") == nullptr);
  CHECK(service.cache().look_ups() == 1);
  // Unchanged, so the bytes are the same object: the file was not read again.
  CHECK(load(service, "/a") == loaded);
  CHECK(service.cache().look_ups() == 2);
}

TEST_CASE("what is asked for again and again is looked up before its second is over") {
  FileService service;
  service.folder.write("hot", "x");
  service.folder.make_old("hot");
  static_cast<void>(load(service, "/hot"));
  bool refreshed_while_known = false;
  REQUIRE(service.turn_until([&] {
    const std::uint64_t before = service.cache().look_ups();
    if (find(service, "/hot") == nullptr) {
      static_cast<void>(load(service, "/hot"));  // this machine was too slow: once more
      return false;
    }
    refreshed_while_known = service.cache().look_ups() > before;
    return refreshed_while_known;
  }));
  CHECK(refreshed_while_known);
  // Nobody has to wait meanwhile, and one look-up is out, not many.
  const std::uint64_t look_ups = service.cache().look_ups();
  CHECK(find(service, "/hot") != nullptr);
  CHECK(service.cache().look_ups() == look_ups);
}

TEST_CASE("the bytes kept stay under the cap, and what was used last stays") {
  FileService::Options options;
  options.cache_bytes_max = 40'000;
  FileService service(options);
  for (int i = 0; i < 20; ++i) {
    service.folder.write("f" + std::to_string(i), std::string(5'000, 'x'));
  }
  static_cast<void>(load(service, "/f0"));
  for (int i = 1; i < 20; ++i) {
    static_cast<void>(load(service, "/f" + std::to_string(i)));
    CHECK(service.cache().bytes() <= options.cache_bytes_max);
    // Asked for all the time: never the least recently used.
    REQUIRE(find(service, "/f0") != nullptr);
  }
  CHECK(service.cache().entries() >= 2);
  CHECK(service.cache().entries() < 20);
  CHECK(find(service, "/f1") == nullptr);
  CHECK(find(service, "/f19") != nullptr);
}

TEST_CASE("a cap of nothing keeps nothing, and everything is served") {
  FileService::Options options;
  options.cache_bytes_max = 0;
  FileService service(options);
  service.folder.write("a", "x");
  for (std::uint64_t i = 1; i <= 3; ++i) {
    CHECK(service.ask("/a").body == "x");
    CHECK(service.cache().bytes() == 0);
    CHECK(service.cache().entries() == 0);
    CHECK(service.cache().look_ups() == i);
  }
}

TEST_CASE("a flood of missing paths stays under the cap") {
  FileService::Options options;
  options.cache_bytes_max = 20'000;
  FileService service(options);
  for (int i = 0; i < 200; ++i) {
    static_cast<void>(load(service, "/" + std::string(100, 'n') + std::to_string(i)));
    REQUIRE(service.cache().bytes() <= options.cache_bytes_max);
  }
  CHECK(service.cache().entries() > 10);
}

TEST_CASE("few files stay open, however many are asked for one after the other") {
  FileService::Options options;
  options.cache_files_max = 3;
  FileService service(options);
  std::vector<std::weak_ptr<const core::OpenFile>> opened;
  for (int i = 0; i < 10; ++i) {
    const std::string name = "large" + std::to_string(i);
    service.folder.write(name, std::string(100'000, 'x'));
    opened.push_back(load(service, "/" + name)->file);
    CHECK(service.cache().files() <= options.cache_files_max);
  }
  CHECK(std::count_if(opened.begin(), opened.end(),
                      [](const auto& file) { return !file.expired(); }) == 3);
  CHECK(find(service, "/large9") != nullptr);
}

TEST_CASE("an answer in use survives its eviction") {
  FileService::Options options;
  options.cache_bytes_max = 6'000;
  FileService service(options);
  service.folder.write("a", std::string(5'000, 'a'));
  service.folder.write("b", std::string(5'000, 'b'));
  const Shared in_use = load(service, "/a");
  static_cast<void>(load(service, "/b"));
  CHECK(find(service, "/a") == nullptr);
  CHECK((in_use->bytes == std::string(5'000, 'a')));
}

TEST_CASE("a full lane answers at once and keeps nothing") {
  FileService::Options options;
  options.queue_jobs_max = 2;
  FileService service(options);
  service.folder.write("a", "x");
  service.close_gate();
  service.fill_queue(0);
  Waiter waiter;
  service.cache().wait_for(service.source(), "/a", waiter);
  REQUIRE(waiter.calls == 1);
  CHECK((waiter.got->kind == Kind::kOverloaded));
  CHECK(service.cache().entries() == 0);
  CHECK(service.cache().look_ups() == 0);
  service.open_gate();
  CHECK(load(service, "/a")->bytes == "x");
}

TEST_CASE("a full lane when what is known has grown old: no old content, and no trace") {
  FileService::Options options;
  options.queue_jobs_max = 2;
  FileService service(options);
  service.folder.write("a", "x");
  static_cast<void>(load(service, "/a"));
  service.close_gate();
  service.fill_queue(0);
  const core::TimePoint begin = core::Clock::now();
  REQUIRE(service.turn_until(
      [&] { return service.loop().turn_began() > begin + std::chrono::milliseconds(1100); }));
  CHECK(find(service, "/a") == nullptr);
  Waiter waiter;
  service.cache().wait_for(service.source(), "/a", waiter);
  REQUIRE(waiter.calls == 1);
  CHECK((waiter.got->kind == Kind::kOverloaded));
  CHECK(service.cache().entries() == 0);
}

TEST_CASE("a large file is one open descriptor, shared and then closed") {
  FileService service;
  service.folder.write("large", std::string(100'000, 'x'));
  Shared first = load(service, "/large");
  REQUIRE(first->file != nullptr);
  CHECK(first->bytes.empty());
  CHECK(*find(service, "/large") == first);
  const int fd = first->file->fd.get();
  service.cache().stop();
  CHECK(service.cache().entries() == 0);
  CHECK(is_open(fd));  // an answer is being sent from it
  first.reset();
  CHECK_FALSE(service.cache().idle());  // closing is the lane's work: it may block
  REQUIRE(service.turn_until([&service] { return service.cache().idle(); }));
  CHECK_FALSE(is_open(fd));
}

TEST_CASE("stopping with look-ups out: who waits is answered, and nothing stays") {
  FileService service;
  service.folder.write("a", "x");
  service.folder.write("large", std::string(100'000, 'x'));
  service.close_gate();
  Waiter small;
  Waiter large;
  service.cache().wait_for(service.source(), "/a", small);
  service.cache().wait_for(service.source(), "/large", large);
  service.cache().stop();
  CHECK_FALSE(service.cache().idle());
  service.open_gate();
  REQUIRE(service.turn_until([&] { return small.calls == 1 && large.calls == 1; }));
  CHECK(small.got->bytes == "x");
  CHECK(service.cache().entries() == 0);
  CHECK(service.cache().bytes() == 0);
  const int fd = large.got->file->fd.get();
  large.got.reset();
  REQUIRE(service.turn_until([&service] { return service.cache().idle(); }));
  CHECK_FALSE(is_open(fd));
}

TEST_CASE("a look-up that fails is a 500 for who waits, and the next one begins anew") {
  using Failure = test::FailingWorkers::Failure;
  for (const Failure failure : {Failure::kBeforeRun, Failure::kAfterRun}) {
    FileService service;
    const std::ptrdiff_t descriptors = open_descriptors();
    service.folder.write("small", "s");
    service.folder.write("large", std::string(100'000, 'l'));
    service.fail_jobs(failure);
    CHECK(service.ask("/small").status == 500);
    CHECK(service.ask("/large").status == 500);
    CHECK(service.ask("/none").status == 500);
    service.fail_jobs(Failure::kNone);
    service.skip(server::FileCache::kValidFor + std::chrono::milliseconds(1));
    service.loop().turn();
    CHECK(service.ask("/small").body == "s");
    CHECK(service.ask("/large").body.size() == 100'000);
    CHECK(service.ask("/none").status == 404);
    CHECK(open_descriptors() == descriptors + 1);  // the large file's
  }
}

TEST_CASE("what was known is not served on when looking it up again fails") {
  FileService service;
  service.folder.write("a", "x");
  CHECK(service.ask("/a").status == 200);
  service.fail_jobs(test::FailingWorkers::Failure::kAfterRun);
  service.skip(server::FileCache::kValidFor + std::chrono::milliseconds(1));
  service.loop().turn();
  CHECK(service.ask("/a").status == 500);
}
