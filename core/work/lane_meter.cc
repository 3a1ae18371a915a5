#include "core/work/lane_meter.h"

#include <algorithm>

namespace core {
namespace {

// The weight of the latest job in the mean is one in so many.
constexpr Duration::rep kWeight = 8;

}  // namespace

void LaneMeter::note(const Times& times) {
  const Duration::rep before = held_.load(std::memory_order_relaxed);
  const Duration::rep latest = std::max<Duration::rep>(times.held.count(), 1);
  const bool first = ran_.count() == 0;
  held_.store(first ? latest : before + (latest - before) / kWeight, std::memory_order_relaxed);
  waited_.note(times.waited);
  ran_.note(times.ran);
}

}  // namespace core
