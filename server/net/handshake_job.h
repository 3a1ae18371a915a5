// HandshakeJob: one step of a TLS handshake on the tls lane: a full one signs and derives keys for
// 0.3 to 2 ms, which no loop waits for. The filter is made, and freed, by workers too: its memory
// is theirs. Between submit and finish the filter belongs to the worker, else to the loop.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/callback.h"
#include "core/tls/tls_filter.h"
#include "core/work/job.h"
#include "server/net/filter_bin.h"

namespace server {

class HandshakeJob final : public core::Job {
 public:
  using OnFinished = core::Callback<void()>;
  HandshakeJob(std::shared_ptr<const core::TlsServerContext> context, OnFinished on_finished)
      : context_(std::move(context)), on_finished_(on_finished) {}

  // --- Loop thread, while the job is not out.

  // What a step usually answers, a chain of certificates of 4 KiB in it. It is the loop's memory:
  // if the worker had to find it, the loop would free the worker's, and wait for whoever holds the
  // lock of that arena of malloc (seen by ouro prove, twice in a thousand handshakes).
  static constexpr std::size_t kOutputBytes = 8192;

  // What has arrived since the last step.
  void add(std::span<const std::byte> bytes) {
    output_.bytes.reserve(kOutputBytes);
    input_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  [[nodiscard]] bool has_input() const { return !input_.empty(); }
  [[nodiscard]] std::string_view input() const { return input_; }
  // The next run frees them.
  void free(FilterBin::Filters filters) { to_free_ = std::move(filters); }

  // The client has left: a step that has not begun does nothing. (Abandoned, the job could not free
  // the filter any more.) Loop thread, any time.
  void leave() { left_.store(true, std::memory_order_relaxed); }

  // The result, for on_finished, unless failed(): then the filter may be in any state, or missing.

  // kWantsInput too when the client had left.
  [[nodiscard]] core::TlsFilter::Outcome outcome() const { return outcome_; }
  // To be sent, whatever the outcome.
  [[nodiscard]] std::string take_output() { return std::exchange(output_.bytes, {}); }
  // What lay behind the handshake: the first records.
  [[nodiscard]] std::string take_rest() { return std::exchange(input_, {}); }
  [[nodiscard]] const core::TlsServerContext& context() const { return *context_; }
  // Null until the first step has run, and once it was taken.
  [[nodiscard]] core::TlsFilter* filter() const { return filter_.get(); }
  [[nodiscard]] std::unique_ptr<core::TlsFilter> take_filter() { return std::move(filter_); }

 private:
  struct Output final : core::ByteSink {
    void append(std::string_view more) override { bytes.append(more); }
    std::string bytes;
  };

  void run() override;
  void finish() override { on_finished_(); }

  const std::shared_ptr<const core::TlsServerContext> context_;
  const OnFinished on_finished_;
  std::unique_ptr<core::TlsFilter> filter_;
  std::string input_;
  Output output_;
  core::TlsFilter::Outcome outcome_ = core::TlsFilter::Outcome::kWantsInput;
  FilterBin::Filters to_free_;
  std::atomic<bool> left_{false};
};

}  // namespace server
