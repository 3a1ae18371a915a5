// Goal: a slice sends exactly what it says it sent, and tells a full socket, a file that has shrunk
// and a peer that is gone apart. Method: the job on a lane of its own between a temporary file and
// a socket pair; its result is collected from an inbox that the test drains.

#include "server/net/sendfile_job.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "core/io/inbox.h"
#include "core/work/worker_pool.h"
#include "tests/core/work/homecoming.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using server::SendfileJob;

// How often a socket's limit was lifted. Of one test at a time.
int& lifted() {
  static int times = 0;
  return times;
}
constexpr SendfileJob::Kernel kRecording{::sendfile, [](int) { ++lifted(); }};

class Fixture {
 public:
  explicit Fixture(const SendfileJob::Kernel& kernel = SendfileJob::kSystem)
      : job_(kernel, SendfileJob::OnFinished::to<&Fixture::on_finished>(*this)) {
    std::array<int, 2> pair{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) == 0);
    sender.reset(pair[0]);
    receiver.reset(pair[1]);
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() { REQUIRE(lane_.stop(std::chrono::seconds(10))); }

  std::shared_ptr<const core::OpenFile> open(const std::string& content) {
    path = directory_.write("file", content);
    return std::make_shared<core::OpenFile>(
        core::OpenFile{core::UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC))});
  }

  const SendfileJob& run(const std::shared_ptr<const core::OpenFile>& file, std::uint64_t offset,
                         std::uint64_t size) {
    finished_ = false;
    job_.prepare(sender.get(), file, offset, size);
    lane_.submit(job_, inbox_);
    lane_.wake(1);
    REQUIRE(test::drain_until(inbox_, [this] { return finished_; }));
    return job_;
  }

  std::string received() const {
    std::string all;
    std::array<char, 65536> piece{};
    ssize_t size = 0;
    while ((size = ::recv(receiver.get(), piece.data(), piece.size(), 0)) > 0) {
      all.append(piece.data(), static_cast<std::size_t>(size));
    }
    return all;
  }

  core::UniqueFd sender;
  core::UniqueFd receiver;
  std::string path;

 private:
  void on_finished() { finished_ = true; }

  test::TemporaryDirectory directory_;
  core::Inbox inbox_;
  core::WorkerPool lane_{{"files", 1, 8, 0}};
  SendfileJob job_;
  bool finished_ = false;
};

}  // namespace

TEST_CASE("a slice sends the range it was given") {
  Fixture fixture;
  const auto file = fixture.open("0123456789");
  const SendfileJob& job = fixture.run(file, 3, 4);
  CHECK(job.outcome() == SendfileJob::Outcome::kProgress);
  CHECK(job.sent_bytes() == 4);
  CHECK(fixture.received() == "3456");
}

TEST_CASE("a full socket ends the slice with what it took, and the next one goes on from there") {
  Fixture fixture;
  const std::string content = test::varied_bytes(900'000, 5);
  const auto file = fixture.open(content);
  std::string all;
  std::uint64_t offset = 0;
  bool was_full = false;
  while (offset < content.size()) {
    const SendfileJob& job = fixture.run(file, offset, content.size() - offset);
    was_full = was_full || job.outcome() == SendfileJob::Outcome::kWouldBlock;
    offset += job.sent_bytes();
    all += fixture.received();
    REQUIRE(all.size() == offset);
  }
  CHECK(was_full);
  CHECK(all == content);
}

TEST_CASE("no slice is longer than the limit") {
  Fixture fixture;
  const auto file = fixture.open(std::string(SendfileJob::kSliceBytesMax + 10, 'x'));
  std::uint64_t offset = 0;
  while (offset < SendfileJob::kSliceBytesMax) {
    const SendfileJob& job = fixture.run(file, offset, SendfileJob::kSliceBytesMax + 10 - offset);
    REQUIRE(job.sent_bytes() <= SendfileJob::kSliceBytesMax);
    offset += job.sent_bytes();
    static_cast<void>(fixture.received());
  }
  CHECK(offset >= SendfileJob::kSliceBytesMax);
}

TEST_CASE("a file that has become shorter is told from progress") {
  Fixture fixture;
  const auto file = fixture.open("0123456789");
  REQUIRE(::truncate(fixture.path.c_str(), 5) == 0);
  const SendfileJob& job = fixture.run(file, 0, 10);
  CHECK(job.outcome() == SendfileJob::Outcome::kTruncated);
  CHECK(job.sent_bytes() == 5);
}

TEST_CASE("a peer that is gone is a failure, not a signal") {
  Fixture fixture;
  const auto file = fixture.open("0123456789");
  fixture.receiver.reset();
  const SendfileJob& job = fixture.run(file, 0, 10);
  CHECK(job.outcome() == SendfileJob::Outcome::kFailed);
}

TEST_CASE("a peer that keeps up keeps its short queue") {
  lifted() = 0;
  Fixture fixture(kRecording);
  const auto file = fixture.open("0123456789");
  for (std::uint32_t round = 0; round < 3 * SendfileJob::kWaitsMax; ++round) {
    REQUIRE(fixture.run(file, 0, 10).sent_bytes() == 10);
    static_cast<void>(fixture.received());
  }
  CHECK(lifted() == 0);
}

TEST_CASE("a peer that makes us wait again and again gets a deep queue, once") {
  lifted() = 0;
  Fixture fixture(kRecording);
  const auto file = fixture.open(std::string(900'000, 'x'));
  for (std::uint32_t round = 1; round <= 3 * SendfileJob::kWaitsMax; ++round) {
    REQUIRE(fixture.run(file, 0, 900'000).outcome() == SendfileJob::Outcome::kWouldBlock);
    CHECK(lifted() == (round < SendfileJob::kWaitsMax ? 0 : 1));
    static_cast<void>(fixture.received());
  }
  CHECK(lifted() == 1);
}
