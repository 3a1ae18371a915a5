// Bounds: what each number of the configuration may be. Constants. A default that lies outside its
// own bounds does not compile.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "config/config.h"

namespace config {

template <typename T>
struct Bounds {
  T min;
  T max;
  [[nodiscard]] constexpr bool contains(T value) const { return min <= value && value <= max; }
};

using DurationBounds = Bounds<std::chrono::milliseconds>;
using SizeBounds = Bounds<std::size_t>;

// Below 100 ms a client on another continent cannot be in time; above an hour it is no limit.
inline constexpr DurationBounds kTimeoutBounds{std::chrono::milliseconds(100),
                                               std::chrono::hours(1)};
inline constexpr DurationBounds kDrainTimeoutBounds{std::chrono::milliseconds(0),
                                                    std::chrono::hours(1)};
// RFC 9110 4.1 wants room for a URI of 8000 bytes, but an operator may know better; one connection
// may hold this much before anything is checked.
inline constexpr SizeBounds kHeaderSizeBounds{1024, std::size_t{1024} * 1024};
inline constexpr SizeBounds kHeaderFieldsBounds{1, 10'000};
inline constexpr SizeBounds kBodySizeBounds{0, std::size_t{1} << 40U};  // 0: no bodies; 1 TiB
inline constexpr SizeBounds kBodyRateBounds{1, std::size_t{1} << 30U};  // bytes a second
// The kernel's default for fs.nr_open is 1048576.
inline constexpr SizeBounds kConnectionsBounds{1, 1'000'000};
inline constexpr SizeBounds kLoopsBounds{1, 1024};  // CPU_SETSIZE
// More threads than core::WorkerPool has for all roots together cannot be used by one.
inline constexpr SizeBounds kLaneThreadsBounds{1, 64};
inline constexpr SizeBounds kLaneQueueBounds{1, 1'000'000};
// Browsers keep less: Chromium two hours, Firefox a day.
inline constexpr DurationBounds kCorsMaxAgeBounds{std::chrono::hours(0), std::chrono::hours(24)};

inline constexpr std::int64_t kVersion = 1;  // of the format

static_assert(kTimeoutBounds.contains(Limits{}.header_timeout));
static_assert(kTimeoutBounds.contains(Limits{}.body_timeout));
static_assert(kTimeoutBounds.contains(Limits{}.send_timeout));
static_assert(kTimeoutBounds.contains(Limits{}.keepalive_timeout));
static_assert(kDrainTimeoutBounds.contains(Drain{}.timeout));
static_assert(kDrainTimeoutBounds.contains(Drain{}.delay));
static_assert(kHeaderSizeBounds.contains(Limits{}.header_size));
static_assert(kHeaderFieldsBounds.contains(Limits{}.header_fields));
static_assert(kBodyRateBounds.contains(Limits{}.body_rate));
static_assert(kBodySizeBounds.contains(Limits{}.body_size));

}  // namespace config
