#include "server/net/filter_bin.h"

#include "core/base/invariant.h"

namespace server {

FilterBin::~FilterBin() { INVARIANT(idle()); }

void FilterBin::put(std::unique_ptr<core::TlsFilter> filter) {
  filter->free_buffers();
  filters_.push_back(std::move(filter));
  if (filters_.size() == 1) loop_.timers().set(timer_, loop_.turn_began() + kKeptFor);
  if (filters_.size() >= kFiltersMax) submit();
}

FilterBin::Filters FilterBin::take() {
  loop_.timers().clear(timer_);
  return std::exchange(filters_, {});
}

void FilterBin::submit() {
  if (job_is_out_) return;
  job_.filters = take();
  job_is_out_ = true;
  lane_.submit(job_, &queue_);
}

// What has gathered meanwhile goes at once.
void FilterBin::on_freed() {
  job_is_out_ = false;
  if (!filters_.empty()) submit();
}

}  // namespace server
