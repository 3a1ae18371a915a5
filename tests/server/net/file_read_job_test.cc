// Goal: a piece holds exactly the bytes of its range, and a file that has shrunk or cannot be read
// is told from one that was read. Method: the job on a lane of its own, from temporary files; its
// result is collected from an inbox that the test drains.

#include "server/net/file_read_job.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "core/io/inbox.h"
#include "core/work/worker_pool.h"
#include "tests/core/work/failing_workers.h"
#include "tests/core/work/homecoming.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using server::FileReadJob;
using Outcome = FileReadJob::Outcome;

class Fixture {
 public:
  Fixture() : job(FileReadJob::OnFinished::to<&Fixture::on_finished>(*this)) {}
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() { REQUIRE(lane_.stop(std::chrono::seconds(10))); }

  [[nodiscard]] std::shared_ptr<const core::OpenFile> open(const std::string& content,
                                                           int flags = O_RDONLY) {
    path = directory_.write("file", content);
    return std::make_shared<core::OpenFile>(
        core::OpenFile{core::UniqueFd(::open(path.c_str(), flags | O_CLOEXEC))});
  }

  // What was read.
  std::string run(const std::shared_ptr<const core::OpenFile>& file, std::uint64_t offset,
                  std::uint64_t size) {
    finished_ = false;
    job.prepare(file, offset, size);
    workers.submit(job, inbox_);
    workers.wake(1);
    REQUIRE(test::drain_until(inbox_, [this] { return finished_; }));
    std::string all(job.bytes());
    job.take(all.size());
    return all;
  }

  FileReadJob job;
  std::string path;

 private:
  void on_finished() { finished_ = true; }

  test::TemporaryDirectory directory_;
  core::Inbox inbox_;
  core::WorkerPool lane_{{"files", 1, 8, 0}};
  bool finished_ = false;

 public:
  test::FailingWorkers workers{lane_};
};

}  // namespace

TEST_CASE("a piece is the range that was asked for") {
  Fixture fixture;
  const auto file = fixture.open("0123456789");
  CHECK(fixture.run(file, 3, 4) == "3456");
  CHECK(fixture.job.outcome() == Outcome::kRead);
  CHECK(fixture.run(file, 0, 10) == "0123456789");
}

TEST_CASE("a large range comes in pieces that join") {
  Fixture fixture;
  const std::string content = test::varied_bytes(1'000'000, 3);
  const auto file = fixture.open(content);
  std::string all;
  while (all.size() < content.size()) {
    const std::string piece = fixture.run(file, all.size(), content.size() - all.size());
    REQUIRE_FALSE(piece.empty());
    REQUIRE(piece.size() <= FileReadJob::kPieceBytesMax);
    all += piece;
  }
  CHECK(all == content);
}

TEST_CASE("a file that has become shorter gives what it has, and says so") {
  Fixture fixture;
  const auto file = fixture.open("0123456789");
  REQUIRE(::truncate(fixture.path.c_str(), 5) == 0);
  CHECK(fixture.run(file, 2, 8) == "234");
  CHECK(fixture.job.outcome() == Outcome::kTruncated);
}

TEST_CASE("a file that cannot be read is a failure") {
  Fixture fixture;
  const auto file = fixture.open("0123456789", O_WRONLY);
  CHECK(fixture.run(file, 0, 10).empty());
  CHECK(fixture.job.outcome() == Outcome::kFailed);
}

TEST_CASE("what is taken in steps is taken once, and a freed buffer comes back when it is needed") {
  Fixture fixture;
  const auto file = fixture.open("0123456789");
  CHECK(fixture.run(file, 0, 10) == "0123456789");
  CHECK(fixture.job.bytes().empty());
  fixture.job.free_buffer();
  CHECK(fixture.job.bytes().empty());
  CHECK(fixture.run(file, 5, 5) == "56789");
}

TEST_CASE("of a piece whose job failed nothing counts, however much was read") {
  using Failure = test::FailingWorkers::Failure;
  for (const Failure failure : {Failure::kBeforeRun, Failure::kAfterRun}) {
    Fixture fixture;
    const auto file = fixture.open("0123456789");
    fixture.workers.failure = failure;
    CHECK(fixture.run(file, 0, 10).empty());
    CHECK(fixture.job.outcome() == Outcome::kFailed);
    fixture.workers.failure = Failure::kNone;
    CHECK(fixture.run(file, 0, 10) == "0123456789");
    CHECK(fixture.job.outcome() == Outcome::kRead);
  }
}
