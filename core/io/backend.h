// Backend: the whole seam to the kernel, its clock included. Completion-based: an operation is
// started, and some wait() later its completion is in the queue; nothing ever completes inside
// start(). io_uring does this natively, epoll emulates it, tests script it. Made, used and
// destroyed on the loop's thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/io/buffer_pool.h"
#include "core/io/operation.h"

namespace core {

// Completions that the kernel has delivered and the loop has not run yet, oldest first.
class CompletionQueue {
 public:
  void push(Completion completion) { entries_.push_back(std::move(completion)); }

  [[nodiscard]] bool empty() const { return next_ == entries_.size(); }
  [[nodiscard]] Completion pop() {
    Completion completion = std::move(entries_[next_++]);
    if (empty()) {
      entries_.clear();
      next_ = 0;
    }
    return completion;
  }

 private:
  std::vector<Completion> entries_;
  std::size_t next_ = 0;
};

class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  virtual void start(Operation& operation) = 0;
  // Asks for an early end. The operation completes all the same: with -ECANCELED, or with what it
  // did.
  virtual void cancel(Operation& operation) = 0;
  // Hands what was started to the kernel and waits until something completes or `limit` has passed
  // (zero: do not wait; Duration::max(): no limit). Of an accept it brings kAcceptsPerWait
  // connections at most: a burst must not hold up those that are being served.
  static constexpr std::size_t kAcceptsPerWait = 64;
  virtual void wait(Duration limit, CompletionQueue& completions) = 0;
  // Behind a wait() that brought nothing: sleeps until the next has something to bring, for `limit`
  // at most; may end early. For who has to know what was sleep and what was work.
  virtual void sleep(Duration) {}
  [[nodiscard]] virtual std::string_view name() const = 0;
  // For deadlines. Tests have a clock of their own.
  [[nodiscard]] virtual TimePoint now() const { return Clock::now(); }
};

enum class EngineChoice : std::uint8_t { kAuto, kIoUring, kEpoll };

// Buffers stay the pool's; the pool outlives the back end.
[[nodiscard]] Result<std::unique_ptr<Backend>> make_uring_backend(BufferPool& buffers);
[[nodiscard]] Result<std::unique_ptr<Backend>> make_epoll_backend(BufferPool& buffers);

// Probing for the whole process, before its `loops` start: which engine they shall use and, when
// that is epoll although io_uring would have been preferred, why. A named engine is strict: an
// error if the kernel refuses it. Both block for up to a second (a freed ring is uncharged late):
// not on a loop that runs.
struct Engine {
  bool io_uring = false;
  std::string reason;  // empty, or why io_uring is not used: the cause and what allows it
};
[[nodiscard]] Result<Engine> choose_engine(EngineChoice choice, std::size_t loops);

// The likely cause of io_uring_setup(2)'s errno, and what allows it. EPERM and ENOSYS do not tell
// who refused: kernel.io_uring_disabled (`disabled`, its value as text) or a seccomp filter may.
[[nodiscard]] std::string io_uring_refusal(int error, std::string_view disabled,
                                           bool under_seccomp_filter);

[[nodiscard]] Result<std::unique_ptr<Backend>> make_backend(const Engine& engine,
                                                            BufferPool& buffers);

}  // namespace core
