// LogWriter: one thread that turns the records of all loops into text and writes it, because
// nothing that writes may run on a loop. Loops hand records over through their own ring; a target
// that nobody reads fills the rings, and what no longer fits is counted and reported in the log
// once it can be.
//
// The owner adds the rings, starts and stops it; each ring is then used by one loop.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/unique_fd.h"
#include "core/log/log_ring.h"

namespace core {

// How records become text. Writer thread only.
class LogFormatter {
 public:
  LogFormatter() = default;
  LogFormatter(const LogFormatter&) = delete;
  LogFormatter& operator=(const LogFormatter&) = delete;
  virtual ~LogFormatter() = default;

  // Appends the line of one record, its newline included.
  virtual void format(std::span<const char> record, std::string& out) = 0;
  // Appends a line that says that `count` records were lost since the last such line.
  virtual void format_dropped(std::uint64_t count, std::string& out) = 0;
};

class LogWriter {
 public:
  // Writes to `fd`, which stays the caller's and open until stop() has returned true.
  LogWriter(int fd, LogFormatter& formatter) : fd_(fd), formatter_(formatter) {}
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;
  ~LogWriter();

  // Before start(). The ring lives as long as this.
  [[nodiscard]] LogRing& add_ring();
  void start();
  // Writes what is there, for at most `limit`. Producers have ended.
  void stop(Duration limit);

  // --- Loops: a record was committed. One load unless the writer sleeps.
  void notify() {
    if (asleep_.load(std::memory_order_seq_cst)) wake();
  }

  // --- Any thread.
  // Records that found their ring full.
  [[nodiscard]] std::uint64_t dropped() const;
  // Writes that the target refused (a full disk, a closed pipe); their text is lost.
  [[nodiscard]] std::uint64_t failed_writes() const {
    return failed_writes_.load(std::memory_order_relaxed);
  }

 private:
  void work();
  [[nodiscard]] bool all_empty() const;
  bool format_some(std::string& text);
  void write_out(std::string_view text);
  [[nodiscard]] bool wait_writable() const;
  [[nodiscard]] bool past_stop() const;
  void wake();

  const int fd_;
  LogFormatter& formatter_;
  std::vector<std::unique_ptr<LogRing>> rings_;  // constant after start()
  std::thread thread_;

  // Writer thread only.
  std::uint64_t dropped_reported_ = 0;
  std::size_t first_ring_ = 0;

  // Any thread.
  std::atomic<std::uint64_t> failed_writes_{0};
  std::atomic<bool> asleep_{false};
  std::atomic<std::uint32_t> wake_ticket_{0};
  std::atomic<Duration::rep> stop_until_{0};  // 0: not stopping
};

}  // namespace core
