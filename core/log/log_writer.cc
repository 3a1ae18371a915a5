#include "core/log/log_writer.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>

#include "core/base/futex.h"
#include "core/base/invariant.h"

namespace core {
namespace {

// While there is traffic the writer looks this often, and no loop pays for waking it.
constexpr std::chrono::milliseconds kInterval{20};
constexpr std::size_t kTextBytesMax = std::size_t{64} * 1024;
constexpr std::chrono::milliseconds kWritableCheck{50};

}  // namespace

LogWriter::~LogWriter() { INVARIANT(!thread_.joinable()); }

LogRing& LogWriter::add_ring() {
  INVARIANT(!thread_.joinable());
  return *rings_.emplace_back(std::make_unique<LogRing>());
}

void LogWriter::start() {
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { work(); });
  pthread_setname_np(thread_.native_handle(), "log");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void LogWriter::stop(Duration limit) {
  stop_until_.store((Clock::now() + limit).time_since_epoch().count());
  wake();
  thread_.join();
}

std::uint64_t LogWriter::dropped() const {
  std::uint64_t count = 0;
  for (const auto& ring : rings_) count += ring->dropped();
  return count;
}

void LogWriter::work() {
  std::string text;
  while (!past_stop()) {
    const std::uint32_t ticket = wake_ticket_.load();
    if (format_some(text)) {
      write_out(text);
      text.clear();
      // More at once only when there was a bufferful: else let records gather.
      if (stop_until_.load() == 0 && all_empty()) futex_wait(wake_ticket_, ticket, kInterval);
      continue;
    }
    if (stop_until_.load() != 0) return;
    asleep_.store(true, std::memory_order_seq_cst);
    if (all_empty()) futex_wait(wake_ticket_, ticket);
    asleep_.store(false, std::memory_order_seq_cst);
  }
}

bool LogWriter::all_empty() const {
  return std::all_of(rings_.begin(), rings_.end(), [](const auto& ring) { return ring->empty(); });
}

bool LogWriter::format_some(std::string& text) {
  // Another ring is first each time: one that always fills the text must not starve the others.
  ++first_ring_;
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    LogRing& ring = *rings_[(first_ring_ + i) % rings_.size()];
    while (text.size() < kTextBytesMax) {
      const std::span<const char> record = ring.front();
      if (record.data() == nullptr) break;
      formatter_.format(record, text);
      ring.release();
    }
  }
  const std::uint64_t lost = dropped();
  if (lost > dropped_reported_) {
    formatter_.format_dropped(lost - dropped_reported_, text);
    dropped_reported_ = lost;
  }
  return !text.empty();
}

void LogWriter::write_out(std::string_view text) {
  while (!text.empty() && wait_writable()) {
    // poll(2) promises room for PIPE_BUF bytes in a pipe, so this never blocks beyond stop()'s
    // limit.
    const ssize_t size = ::write(fd_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (size >= 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno != EINTR && errno != EAGAIN) {
      // A full disk or a closed pipe: the text is lost and counted; the next write may succeed.
      failed_writes_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
  }
}

// False when stop()'s limit has passed before the target took anything.
bool LogWriter::wait_writable() const {
  while (!past_stop()) {
    pollfd request{fd_, POLLOUT, 0};
    const int ready = ::poll(&request, 1, static_cast<int>(kWritableCheck.count()));
    if (ready > 0) return true;
  }
  return false;
}

bool LogWriter::past_stop() const {
  const Duration::rep until = stop_until_.load();
  return until != 0 && Clock::now().time_since_epoch().count() >= until;
}

void LogWriter::wake() {
  wake_ticket_.fetch_add(1);
  futex_wake(wake_ticket_, 1);
}

}  // namespace core
