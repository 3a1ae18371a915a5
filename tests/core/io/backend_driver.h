// BackendDriver plays the loop for one back end on real sockets, and TestOperation the owner of one
// operation. The cases in backend_*_test.cc run for both engines:
//
//   TEST_CASE_TEMPLATE("...", Engine, test::Uring, test::Epoll) {
//     test::BackendDriver driver(Engine::kMake);
//     if (!driver.ready()) return;
//
// Where the system refuses io_uring the driver says so in the test's output and is not ready. One
// thread. Waits have a limit of ten seconds, which only a failure reaches.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/io/backend.h"
#include "core/io/output_queue.h"

namespace test {

using MakeBackend = core::Result<std::unique_ptr<core::Backend>> (*)(core::BufferPool&);

struct Uring {
  static constexpr MakeBackend kMake = &core::make_uring_backend;
};
struct Epoll {
  static constexpr MakeBackend kMake = &core::make_epoll_backend;
};

inline constexpr std::chrono::seconds kFailAfter{10};

// Collects what an operation was told. After a final completion it may be started again.
class TestOperation {
 public:
  TestOperation(core::OperationKind kind, int fd);

  core::Operation operation;
  std::function<void()> then;  // called at the end of each completion
  bool hold_buffers = false;

  std::vector<int> results;
  std::size_t finals = 0;  // completions that ended the operation
  std::string bytes;       // received
  std::vector<core::ReceivedBuffer> held;

  [[nodiscard]] bool done() const { return !operation.in_flight(); }
  [[nodiscard]] int last() const { return results.empty() ? kNoResult : results.back(); }
  static constexpr int kNoResult = 1 << 30;

 private:
  void on_completion(core::Completion& completion);
};

class BackendDriver {
 public:
  explicit BackendDriver(MakeBackend make);

  [[nodiscard]] bool ready() const { return backend_ != nullptr; }
  [[nodiscard]] core::Backend& backend() { return *backend_; }
  [[nodiscard]] core::BlockPool& blocks() { return blocks_; }

  // Checks that nothing completes inside.
  void start(TestOperation& test);
  void cancel(TestOperation& test);

  // One wait; then everything that completed is run. Returns how many completions there were.
  std::size_t turn(core::Duration limit);
  // Turns until `done()`; false when the time limit passed first.
  template <typename Done>
  [[nodiscard]] bool run_until(Done done) {
    const core::TimePoint give_up = core::Clock::now() + kFailAfter;
    while (!done()) {
      const core::TimePoint now = core::Clock::now();
      if (now >= give_up) return false;
      turn(give_up - now);
    }
    return true;
  }
  [[nodiscard]] bool finish(const TestOperation& test) {
    return run_until([&] { return test.done(); });
  }
  // Starts it and runs it to its end; its last result.
  [[nodiscard]] int result_of(TestOperation& test);
  // The result of a whole new operation.
  [[nodiscard]] int result_of(core::OperationKind kind, int fd);
  // Gives everything that may complete without further events the chance to. Returns how many did.
  std::size_t settle();
  // Through the back end, as its owner must: a number that is used again must not be mistaken for
  // the old descriptor.
  void close(core::UniqueFd& fd);
  // Cancels it and waits for its end: an operation must not be destroyed in flight.
  void take_back(TestOperation& test);

 private:
  core::BufferPool buffers_;
  core::BlockPool blocks_;
  std::unique_ptr<core::Backend> backend_;
  core::CompletionQueue completions_;
};

}  // namespace test
