// Tally: what one loop has seen in a run, and what all of them have together. One thread fills it;
// read when that thread is done. Progress is the part that may be watched meanwhile.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "loadtest/histogram.h"
#include "loadtest/mishap.h"

namespace loadtest {

// Of https, the warm-up included.
struct TlsTally {
  std::uint64_t handshakes = 0;  // that went through
  std::uint64_t resumed = 0;     // of those
  std::string version;           // of the first
  std::string cipher;
  std::map<std::string, std::uint64_t> failures;  // by TlsFilter::failure()'s words
};

struct Tally {
  std::string engine;
  std::uint64_t requests = 0;  // answered as expected, within what is measured
  std::uint64_t bytes = 0;     // of those answers, heads included
  std::uint64_t connections_opened = 0;
  std::chrono::nanoseconds measured{0};
  // The process's CPU time when measuring began.
  std::chrono::nanoseconds cpu_before{0};
  std::array<std::uint64_t, kMishapCount> mishaps{};
  std::string first_mishap;  // what was wrong and the answer itself, for people
  Histogram latency;
  // Of an open loop: how long after its moment a request was sent although a connection was free.
  // So late was the generator itself, for want of a CPU, say, whatever the server does.
  Histogram lateness;
  TlsTally tls;

  void count(Mishap mishap, std::uint64_t times = 1) {
    mishaps[static_cast<std::size_t>(mishap)] += times;
  }
  [[nodiscard]] std::uint64_t mishap_count() const;
  void merge(const Tally& other);
};

// Written by one loop each, read by the thread that shows it.
struct Progress {
  std::atomic<std::uint64_t> requests{0};  // warm-up included
  std::atomic<std::uint64_t> mishaps{0};
  std::atomic<std::uint64_t> waiting{0};  // due, and no connection free
  std::atomic<std::uint64_t> opened{0};   // connections, so far
};

// Of all threads of this process.
[[nodiscard]] std::chrono::nanoseconds process_cpu_time();

}  // namespace loadtest
