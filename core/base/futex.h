// The two futex(2) calls we need, on a 32-bit atomic. Any thread. Sleeping and waking without a
// lock that both sides take: std::atomic::wait of g++ 12 shares its waiter table over the whole
// process.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/clock.h"

namespace core {

// Sleeps while `word` holds `expected`, at most for `limit` (Duration::max(): no limit). May wake
// early.
void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                Duration limit = Duration::max());
void futex_wake(const std::atomic<std::uint32_t>& word, std::uint32_t sleepers_max);

}  // namespace core
