// FilterBin: the TLS filters of connections that have ended, until a worker frees them, whose
// memory they are (job.h). They ride along with the next step of anybody's handshake, so that a
// storm costs no job more; when there is none soon, a job of their own takes them. Loop thread;
// belongs to its loop's side of the server and outlives the connections.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "core/io/event_loop.h"
#include "core/tls/tls_filter.h"
#include "core/work/lane.h"

namespace server {

class FilterBin {
 public:
  using Filters = std::vector<std::unique_ptr<core::TlsFilter>>;
  // A filter holds some 15 KiB: a burst that ends is not kept until the timer.
  static constexpr std::size_t kFiltersMax = 32;
  static constexpr core::Duration kKeptFor = std::chrono::milliseconds(100);

  FilterBin(core::EventLoop& loop, core::Lane& lane, core::JobQueue& queue)
      : loop_(loop),
        lane_(lane),
        queue_(queue),
        job_(*this),
        timer_(core::Callback<void()>::to<&FilterBin::submit>(*this)) {}
  FilterBin(const FilterBin&) = delete;
  FilterBin& operator=(const FilterBin&) = delete;
  // Frees what is left. idle() must hold.
  ~FilterBin();

  void put(std::unique_ptr<core::TlsFilter> filter);
  // For a job that is about to be submitted: its worker frees them.
  [[nodiscard]] Filters take();

  // No job is out.
  [[nodiscard]] bool idle() const { return !job_is_out_; }

 private:
  class FreeJob final : public core::Job {
   public:
    explicit FreeJob(FilterBin& bin) : bin_(bin) {}
    Filters filters;

   private:
    void run() noexcept override { filters.clear(); }
    void finish() override { bin_.on_freed(); }

    FilterBin& bin_;
  };

  void submit();
  void on_freed();

  core::EventLoop& loop_;
  core::Lane& lane_;
  core::JobQueue& queue_;
  Filters filters_;
  FreeJob job_;
  core::Timer timer_;
  bool job_is_out_ = false;
};

}  // namespace server
