// SimulatedBackend: core::Backend on a Kernel that chance drives: completions come late, in any
// order, in pieces, or as errors; a cancelled operation may still have done its work; a multishot
// one may stop by itself. Its clock moves only here. One thread.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <list>
#include <vector>

#include "core/io/backend.h"
#include "tests/simulation/kernel.h"

namespace simulation {

struct Weather {
  double lateness = 0.3;    // that what could complete does not yet
  double failure = 0.0;     // that an operation fails for no fault of anybody
  double starvation = 0.0;  // that accepting meets EMFILE
  // The longest that time jumps ahead at a turn; deadlines pass when it is large.
  core::Duration jump_max = std::chrono::milliseconds(1);
};

class SimulatedBackend final : public core::Backend {
 public:
  SimulatedBackend(Kernel& kernel, Random& random, core::BufferPool& buffers,
                   const Weather& weather)
      : kernel_(kernel), random_(random), buffers_(buffers), weather_(weather) {}
  SimulatedBackend(const SimulatedBackend&) = delete;
  SimulatedBackend& operator=(const SimulatedBackend&) = delete;
  ~SimulatedBackend() override;

  void start(core::Operation& operation) override;
  void cancel(core::Operation& operation) override;
  void wait(core::Duration limit, core::CompletionQueue& completions) override;
  [[nodiscard]] std::string_view name() const override { return "simulated"; }
  [[nodiscard]] core::TimePoint now() const override { return now_; }

  [[nodiscard]] std::size_t in_flight() const { return pending_.size(); }
  // Whether every receive buffer has come back.
  [[nodiscard]] bool buffers_are_back() const {
    return buffers_.free_count() == core::BufferPool::kBufferCount;
  }

 private:
  struct Pending {
    core::Operation* operation;
    std::vector<iovec> vectors;  // of a send: as they were when it was started, like io_uring's
  };

  // Whether the operation came to its end.
  [[nodiscard]] bool try_to_end(Pending& pending, core::CompletionQueue& completions);
  [[nodiscard]] bool accept(core::Operation& operation, core::CompletionQueue& completions);
  [[nodiscard]] bool receive(core::Operation& operation, core::CompletionQueue& completions);
  [[nodiscard]] bool send(Pending& pending, core::CompletionQueue& completions);
  [[nodiscard]] bool finish(core::Operation& operation, int result,
                            core::CompletionQueue& completions);
  [[nodiscard]] int error_of(core::OperationKind kind);

  Kernel& kernel_;
  Random& random_;
  core::BufferPool& buffers_;
  const Weather& weather_;
  std::list<Pending> pending_;
  core::TimePoint now_{std::chrono::hours(1000)};
};

}  // namespace simulation
