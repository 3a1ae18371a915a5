// Goal: one look-up finds out what a path is, reads what is small, holds open what is not, and
// leaves no descriptor behind. Method: loaders on a real worker against a real folder; the table of
// what lies below a root is static_files_test.cc's.
#include "server/handlers/file_loader.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/io/event_loop.h"
#include "core/work/lane.h"
#include "core/work/worker_pool.h"
#include "tests/server/handlers/temporary_folder.h"

using files_test::TemporaryFolder;
using server::FileLoader;
using server::FileSource;
using server::FileStamp;
using Kind = server::Representation::Kind;

namespace {

class Bench {
 public:
  explicit Bench(config::Files options = {})
      : loop_(std::move(*core::EventLoop::create(core::Engine{}))),
        pool_({"files", 1, 16, 0}),
        lane_(pool_, *loop_),
        source_{std::move(*server::RootDirectory::open(folder.path())), std::move(options)},
        loader(FileLoader::OnLoaded::to<&Bench::on_loaded>(*this)) {}
  ~Bench() { CHECK(pool_.stop(std::chrono::seconds(10))); }

  TemporaryFolder folder;

 private:
  void on_loaded(FileLoader&) { loaded_ = true; }

  std::unique_ptr<core::EventLoop> loop_;
  core::WorkerPool pool_;
  core::Lane lane_;
  FileSource source_;
  bool loaded_ = false;

 public:
  FileLoader loader;

  Kind load(const std::string& path, const FileStamp* known = nullptr,
            std::optional<config::Coding> coding = std::nullopt) {
    loader.prepare(source_, path, known, 0, coding);
    loaded_ = false;
    REQUIRE(lane_.try_submit(loader));
    while (!loaded_) loop_->turn();
    return loader.kind();
  }
};

config::Files with_index(std::vector<std::string> names) {
  config::Files options;
  options.index = std::move(names);
  return options;
}

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                       std::filesystem::directory_iterator());
}

FileStamp stamp_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return FileStamp::of(status);
}

}  // namespace

TEST_CASE("a small file is read, a larger one held open") {
  Bench bench;
  constexpr std::size_t kMax = FileLoader::kSmallBytesMax;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMax - 1, kMax, kMax + 1}) {
    CAPTURE(size);
    const std::string text(size, 't');
    bench.folder.write("f", text);
    REQUIRE((bench.load("/f") == Kind::kFile));
    CHECK(bench.loader.stamp().size == size);
    CHECK(bench.loader.holds_bytes() == (size <= kMax));
    CHECK(bench.loader.opened_path() == "/f");
    core::UniqueFd file = bench.loader.take_file();
    CHECK(file.valid() == (size > kMax));
    if (size <= kMax) CHECK((bench.loader.bytes() == text));
  }
}

TEST_CASE("the stamp is what stat says") {
  Bench bench;
  bench.folder.write("f", "abc");
  REQUIRE((bench.load("/f") == Kind::kFile));
  CHECK((bench.loader.stamp() == stamp_of(bench.folder.path_of("f"))));
}

TEST_CASE("two stamps are equal when nothing at all differs") {
  const FileStamp stamp{1, 2, 3, {4, 5}, {6, 7}};
  CHECK((stamp == FileStamp{1, 2, 3, {4, 5}, {6, 7}}));
  for (const FileStamp& other :
       {FileStamp{9, 2, 3, {4, 5}, {6, 7}}, FileStamp{1, 9, 3, {4, 5}, {6, 7}},
        FileStamp{1, 2, 9, {4, 5}, {6, 7}}, FileStamp{1, 2, 3, {9, 5}, {6, 7}},
        FileStamp{1, 2, 3, {4, 9}, {6, 7}}, FileStamp{1, 2, 3, {4, 5}, {9, 7}},
        FileStamp{1, 2, 3, {4, 5}, {6, 9}}}) {
    CHECK_FALSE((stamp == other));
  }
}

TEST_CASE("a file that is known and has not changed is not read again") {
  Bench bench;
  bench.folder.write("f", "abc");
  REQUIRE((bench.load("/f") == Kind::kFile));
  CHECK_FALSE(bench.loader.unchanged());
  const FileStamp known = bench.loader.stamp();
  REQUIRE((bench.load("/f", &known) == Kind::kFile));
  CHECK(bench.loader.unchanged());
  CHECK_FALSE(bench.loader.holds_bytes());
  CHECK_FALSE(bench.loader.take_file().valid());
  bench.folder.replace("f", "xyz");
  REQUIRE((bench.load("/f", &known) == Kind::kFile));
  CHECK_FALSE(bench.loader.unchanged());
  CHECK(bench.loader.bytes() == "xyz");
}

TEST_CASE("a tag is weak in the first second after a change and for times to come") {
  Bench bench;
  bench.folder.write("f", "abc");
  bench.folder.make_old("f");
  REQUIRE((bench.load("/f") == Kind::kFile));
  CHECK_FALSE(bench.loader.etag_is_weak());
  timespec now{};
  REQUIRE(::clock_gettime(CLOCK_REALTIME, &now) == 0);
  bench.folder.set_modified("f", {now.tv_sec + 100, 0});
  REQUIRE((bench.load("/f") == Kind::kFile));
  CHECK(bench.loader.etag_is_weak());
  bench.folder.set_modified("f", {now.tv_sec - 2, now.tv_nsec});
  REQUIRE((bench.load("/f") == Kind::kFile));
  CHECK_FALSE(bench.loader.etag_is_weak());
}

TEST_CASE("a file that changes while it is read: no strong tag for a change that is young") {
  Bench bench;
  bench.folder.write("f", std::string(60'000, '-'));
  bench.folder.make_old("f");
  const std::time_t old = bench.folder.modified("f").tv_sec;
  std::atomic<bool> done = false;
  // Written, then set back as a copy that keeps times does: old and young states in turn.
  std::thread writer([&] {
    const int fd = ::open(bench.folder.path_of("f").c_str(), O_WRONLY | O_CLOEXEC);
    for (unsigned i = 0; !done.load(); ++i) {
      const char byte = static_cast<char>('a' + i % 26);
      if (::pwrite(fd, &byte, 1, i % 60'000) != 1) break;
      for (unsigned pause = 0; pause < i % 7; ++pause) std::this_thread::yield();
      bench.folder.make_old("f");
      for (unsigned pause = 0; pause < i % 5; ++pause) std::this_thread::yield();
    }
    ::close(fd);
  });
  std::size_t young_and_strong = 0;
  for (int i = 0; i < 20'000; ++i) {
    REQUIRE((bench.load("/f") == Kind::kFile));
    const bool young = bench.loader.stamp().modified.tv_sec != old;
    if (young && !bench.loader.etag_is_weak()) ++young_and_strong;
  }
  done = true;
  writer.join();
  CHECK(young_and_strong == 0);
}

TEST_CASE("the index that was opened is told, for its type") {
  Bench bench(with_index({"index.html", "index.txt"}));
  bench.folder.make_folder("d");
  bench.folder.write("d/index.txt", "t");
  REQUIRE((bench.load("/d/") == Kind::kFile));
  CHECK(bench.loader.opened_path() == "/d/index.txt");
  CHECK((bench.load("/d") == Kind::kDirectory));
  CHECK((bench.load("/") == Kind::kUnindexed));
  bench.folder.write("index.html", "h");
  REQUIRE((bench.load("/") == Kind::kFile));
  CHECK(bench.loader.opened_path() == "/index.html");
}

TEST_CASE("paths at the limits of the kernel and beyond are missing") {
  Bench bench(with_index({"index.html", std::string(5'000, 'i')}));
  for (const std::size_t size : {255U, 256U, 257U, 4094U, 4095U, 4096U, 4097U, 100'000U}) {
    CAPTURE(size);
    CHECK((bench.load("/" + std::string(size - 1, 'n')) == Kind::kMissing));
    CHECK((bench.load("/" + std::string(size - 2, 'n') + "/") == Kind::kMissing));
  }
  // An index whose name does not fit is passed over.
  CHECK((bench.load("/") == Kind::kUnindexed));
}

TEST_CASE("the time of validation lies before the look") {
  Bench bench;
  bench.folder.write("f", "abc");
  const core::TimePoint before = core::Clock::now();
  REQUIRE((bench.load("/f") == Kind::kFile));
  CHECK(bench.loader.validated_at() >= before);
  CHECK(bench.loader.validated_at() <= core::Clock::now());
}

TEST_CASE("no look-up leaves a descriptor behind") {
  Bench bench;
  bench.folder.write("small", "x");
  bench.folder.write("large", std::string(100'000, 'x'));
  bench.folder.make_folder("folder");
  bench.folder.make_fifo("fifo");
  bench.folder.make_link("out", "/etc/hostname");
  const std::ptrdiff_t before = open_descriptors();
  for (int i = 0; i < 3; ++i) {
    for (const std::string path :
         {"/small", "/folder", "/folder/", "/fifo", "/out", "/none", "/"}) {
      CAPTURE(path);
      static_cast<void>(bench.load(path));
      CHECK(open_descriptors() == before);
    }
    // One that nobody took is closed with the next look-up.
    static_cast<void>(bench.load("/large"));
    CHECK(open_descriptors() == before + 1);
  }
  static_cast<void>(bench.load("/none"));
  CHECK(open_descriptors() == before);
}

TEST_CASE("of a file and its siblings one is held, and told which") {
  config::Files options;
  options.precompressed = {config::Coding::kBrotli, config::Coding::kGzip};
  Bench bench(options);
  const std::string text(100'000, 'x');
  for (const std::string name : {"f", "f.br", "f.gz"}) {
    bench.folder.write(name, text + name);
    bench.folder.make_old(name);
  }
  const std::ptrdiff_t before = open_descriptors();
  REQUIRE((bench.load("/f") == Kind::kFile));
  CHECK(bench.loader.siblings() == (server::codings_with(config::Coding::kBrotli) |
                                    server::codings_with(config::Coding::kGzip)));
  CHECK(bench.loader.opened_path() == "/f");
  CHECK(bench.loader.stamp().size == text.size() + 1);
  CHECK(open_descriptors() == before + 1);
  REQUIRE((bench.load("/f", nullptr, config::Coding::kGzip) == Kind::kFile));
  CHECK((bench.loader.coding() == config::Coding::kGzip));
  CHECK(bench.loader.opened_path() == "/f");
  CHECK(bench.loader.stamp().size == text.size() + 4);
  CHECK(open_descriptors() == before + 1);
  bench.folder.remove("f.gz");
  REQUIRE((bench.load("/f", nullptr, config::Coding::kGzip) == Kind::kFile));
  CHECK_FALSE(bench.loader.coding().has_value());
  CHECK(bench.loader.stamp().size == text.size() + 1);
  CHECK(open_descriptors() == before + 1);
}

TEST_CASE("a look-up that was given up before it began finds nothing out, and comes home") {
  Bench bench;
  bench.folder.write("f", "abc");
  bench.loader.abandon();
  CHECK((bench.load("/f") == Kind::kFailed));
}
