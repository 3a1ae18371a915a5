// LoadRun: a plan that is being carried out, with a thread for each loop, beside whatever else its
// process does. One thread owns it, asks how it goes, may end it early, and takes what was seen. An
// error is one of this machine: no engine, no loop.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <semaphore>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/io/backend.h"
#include "loadtest/plan.h"
#include "loadtest/tally.h"

namespace loadtest {

struct Outcome {
  Tally tally;
  std::chrono::nanoseconds cpu{0};  // of this process, while measuring
};

class LoadRun {
 public:
  struct Totals {  // so far
    std::uint64_t requests = 0;
    std::uint64_t mishaps = 0;
    std::uint64_t waiting = 0;
    std::uint64_t opened = 0;
  };

  // The plan outlives the run. Its threads take no signals.
  [[nodiscard]] static core::Result<std::unique_ptr<LoadRun>> start(const Plan& plan);
  LoadRun(const LoadRun&) = delete;
  LoadRun& operator=(const LoadRun&) = delete;
  ~LoadRun();  // breaks off what still runs

  // When what is counted begins, unless the plan is of so many requests or of idle connections.
  [[nodiscard]] core::TimePoint measures_from() const { return start_ + plan_.options.warmup; }
  [[nodiscard]] Totals totals() const;
  // What has begun is broken off; the run ends soon.
  void stop() { stop_.store(true); }
  // Waits for its end; false when `limit` passed before.
  [[nodiscard]] bool ended_within(std::chrono::milliseconds limit);
  // Waits for its end. Once.
  [[nodiscard]] core::Result<Outcome> finish();

 private:
  struct Worker;

  LoadRun(const Plan& plan, core::Engine engine);
  void start_workers();
  void join();

  const Plan& plan_;
  const core::Engine engine_;
  const core::TimePoint start_;
  std::atomic<bool> stop_{false};
  std::counting_semaphore<> ended_{0};
  std::size_t running_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace loadtest
