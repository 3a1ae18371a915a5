// The io_uring back end. One ring per loop, made on the loop's thread: SINGLE_ISSUER refuses any
// other, DEFER_TASKRUN does socket work inside our own wait, where it is batched, instead of
// interrupting us. A turn is one system call: everything started since the last wait is submitted
// by the next.
//
// Receive buffers are handed to the kernel in a provided-buffer ring and come back with a
// completion. When the kernel runs out it ends the receive with ENOBUFS; the operation then waits
// here, unseen by its owner, until buffers are back.
//
// A listener is polled, and accept4(2) takes who is there (PolledAccepts). A multishot accept would
// go on within one wait for as long as clients come as fast as it takes them (10,000 of them held a
// loop for 60 to 200 ms), and an accept request for each connection costs a sixth more CPU for each
// of them.

#include <liburing.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/io/backend.h"
#include "core/io/output_queue.h"
#include "core/io/polled_accepts.h"
#include "core/io/readable.h"
#include "core/io/socket.h"

namespace core {
namespace {

constexpr unsigned kSubmissionEntries = 1024;
// Multishot operations complete without being resubmitted, so completions outnumber submissions;
// what does not fit waits in the kernel.
constexpr unsigned kCompletionEntries = 8192;
constexpr int kBufferGroup = 0;
constexpr std::size_t kVectorsPerSend = 16;

// liburing maps rings by system calls of its own, which ThreadSanitizer does not see: where one
// lies at the address of one that another thread has ended, this tells it which came first.
std::atomic<unsigned>& rings_ended() {
  static std::atomic<unsigned> count = 0;
  return count;
}

// What a sendmsg points to. The kernel has copied it when the submission returns (SUBMIT_STABLE),
// so one array serves every turn.
struct SendSlot {
  msghdr header{};
  std::array<iovec, kVectorsPerSend> vectors{};
};

struct Immediate {
  Operation* operation;
  std::int32_t result;
};

class UringBackend final : public Backend {
 public:
  explicit UringBackend(BufferPool& buffers) : buffers_(buffers) {}
  UringBackend(const UringBackend&) = delete;
  UringBackend& operator=(const UringBackend&) = delete;
  ~UringBackend() override;

  // 0 or -errno.
  [[nodiscard]] int open();

  void start(Operation& operation) override;
  void cancel(Operation& operation) override;
  void wait(Duration limit, CompletionQueue& completions) override;
  void sleep(Duration limit) override;
  [[nodiscard]] std::string_view name() const override { return "io_uring"; }

 private:
  [[nodiscard]] io_uring_sqe* next_submission();
  void submit(Operation& operation);
  void prepare_send(io_uring_sqe* submission, const Operation& operation);
  void prepare_receive(io_uring_sqe* submission, const Operation& operation);
  void hand_over_buffers();
  void resume_starved();
  void submit_cancel(Operation& operation);
  [[nodiscard]] bool due() const;
  void enter(Duration limit);
  void reap(CompletionQueue& completions);
  void deliver(const io_uring_cqe& entry, CompletionQueue& completions);

  BufferPool& buffers_;
  io_uring ring_{};
  io_uring_buf_ring* buffer_ring_ = nullptr;
  bool ring_open_ = false;
  std::vector<SendSlot> send_slots_{kSubmissionEntries};
  std::size_t send_slots_used_ = 0;
  std::vector<Immediate> immediate_;
  IntrusiveList<Operation> starved_;
  PolledAccepts accepts_{PolledAccepts::Poll::to<&UringBackend::submit>(*this),
                         PolledAccepts::Poll::to<&UringBackend::submit_cancel>(*this)};
  UniqueFd work_event_;              // of a loop that sleeps apart
  std::vector<int> counters_;        // of what is to be read
  std::vector<pollfd> sleeping_on_;  // in sleep()
  std::uint64_t ignored_count_ = 0;  // every kReadCounter reads into it: only that it came matters
};

UringBackend::~UringBackend() {
  INVARIANT(starved_.empty() && accepts_.empty() && immediate_.empty());
  rings_ended().fetch_add(1, std::memory_order_release);
  if (ring_open_) io_uring_queue_exit(&ring_);
  std::free(buffer_ring_);
}

int UringBackend::open() {
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE |
                     IORING_SETUP_CLAMP;
  parameters.cq_entries = kCompletionEntries;
  int result = io_uring_queue_init_params(kSubmissionEntries, &ring_, &parameters);
  if (result < 0) return result;
  static_cast<void>(rings_ended().load(std::memory_order_acquire));
  ring_open_ = true;
  // Saves a descriptor look-up per enter; refused by nothing we support, and harmless when it is.
  static_cast<void>(io_uring_register_ring_fd(&ring_));

  constexpr std::size_t kRingBytes = sizeof(io_uring_buf) * BufferPool::kBufferCount;
  buffer_ring_ = static_cast<io_uring_buf_ring*>(std::aligned_alloc(4096, kRingBytes));
  INVARIANT(buffer_ring_ != nullptr);
  std::memset(buffer_ring_, 0, kRingBytes);
  io_uring_buf_ring_init(buffer_ring_);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uint64_t>(buffer_ring_);
  registration.ring_entries = BufferPool::kBufferCount;
  registration.bgid = kBufferGroup;
  result = io_uring_register_buf_ring(&ring_, &registration, 0);
  if (result < 0) return result;
  buffers_.populate(BufferPool::kBufferCount);  // the ring uses all of them in turn
  hand_over_buffers();
  return 0;
}

void UringBackend::start(Operation& operation) {
  operation.mark_started();
  switch (operation.kind) {
    case OperationKind::kShutdown:
      // IORING_OP_SHUTDOWN is always punted to a kernel thread; the call itself does not wait.
      immediate_.push_back({&operation, ::shutdown(operation.fd, SHUT_WR) == 0 ? 0 : -errno});
      return;
    case OperationKind::kUnsentBytes: {
      int bytes = 0;
      const int failed = ::ioctl(operation.fd, SIOCOUTQ, &bytes);
      immediate_.push_back({&operation, failed == 0 ? bytes : -errno});
      return;
    }
    case OperationKind::kAccept:
      accepts_.start(operation);
      return;
    default:
      submit(operation);
  }
}

void UringBackend::submit(Operation& operation) {
  io_uring_sqe* submission = next_submission();
  switch (operation.kind) {
    case OperationKind::kAccept:
      io_uring_prep_poll_multishot(submission, operation.fd, POLLIN);
      break;
    case OperationKind::kReceive:
      prepare_receive(submission, operation);
      break;
    case OperationKind::kSend:
      prepare_send(submission, operation);
      break;
    case OperationKind::kPollWritable:
      io_uring_prep_poll_add(submission, operation.fd, POLLOUT);
      break;
    case OperationKind::kReadCounter:
      counters_.push_back(operation.fd);
      io_uring_prep_read(submission, operation.fd, &ignored_count_, sizeof ignored_count_, 0);
      break;
    case OperationKind::kConnect:
      io_uring_prep_connect(submission, operation.fd, operation.address->data(),
                            operation.address->size());
      break;
    case OperationKind::kClose:
      io_uring_prep_close(submission, operation.fd);
      break;
    case OperationKind::kShutdown:
    case OperationKind::kUnsentBytes:
      INVARIANT(false);
  }
  io_uring_sqe_set_data(submission, &operation);
}

void UringBackend::prepare_receive(io_uring_sqe* submission, const Operation& operation) {
  if (operation.discard_bytes > 0) {
    // tcp(7): with MSG_TRUNC nothing is written, so no buffer is needed.
    io_uring_prep_recv(submission, operation.fd, nullptr, operation.discard_bytes, MSG_TRUNC);
    return;
  }
  if (operation.multishot) {
    io_uring_prep_recv_multishot(submission, operation.fd, nullptr, 0, 0);
  } else {
    io_uring_prep_recv(submission, operation.fd, nullptr, buffers_.buffer_bytes(), 0);
  }
  submission->flags |= IOSQE_BUFFER_SELECT;
  submission->buf_group = kBufferGroup;
}

void UringBackend::prepare_send(io_uring_sqe* submission, const Operation& operation) {
  const int flags = MSG_NOSIGNAL | (operation.more_follows ? MSG_MORE : 0);
  SendSlot& slot = send_slots_[send_slots_used_++];
  const std::size_t used = operation.output->gather(slot.vectors);
  INVARIANT(used > 0);
  if (used == 1) {
    io_uring_prep_send(submission, operation.fd, slot.vectors[0].iov_base, slot.vectors[0].iov_len,
                       flags);
    return;
  }
  slot.header.msg_iov = slot.vectors.data();
  slot.header.msg_iovlen = used;
  io_uring_prep_sendmsg(submission, operation.fd, &slot.header, static_cast<unsigned>(flags));
}

void UringBackend::cancel(Operation& operation) {
  INVARIANT(operation.in_flight());
  if (operation.cancelling()) return;
  operation.mark_cancelling();
  if (operation.linked()) {  // starved: the kernel does not have it
    operation.unlink();
    immediate_.push_back({&operation, -ECANCELED});
    return;
  }
  operation.kind == OperationKind::kAccept ? accepts_.cancel(operation) : submit_cancel(operation);
}

void UringBackend::submit_cancel(Operation& operation) {
  io_uring_sqe* submission = next_submission();
  io_uring_prep_cancel(submission, &operation, 0);
  io_uring_sqe_set_data(submission, nullptr);
}

void UringBackend::wait(Duration limit, CompletionQueue& completions) {
  hand_over_buffers();
  resume_starved();
  enter(due() ? Duration::zero() : limit);
  for (const Immediate& done : immediate_) {
    completions.push(Completion{done.operation, done.result, false, {}});
  }
  immediate_.clear();
  reap(completions);
  accepts_.accept_due(completions);
}

// Something is to be brought without a wait.
bool UringBackend::due() const { return !immediate_.empty() || accepts_.due(); }

// On an eventfd: with DEFER_TASKRUN the ring's own descriptor becomes readable when there is work
// for the next wait(), but a poll(2) that sleeps already is not told (Linux 6.18). Nor does that
// eventfd tell of a counter: the kernel is in one eventfd's wake-up then and enters no other
// (eventfd_signal_allowed()), and of what comes behind it the first would have told. So counters
// are looked at as well.
void UringBackend::sleep(Duration limit) {
  if (due()) return;
  if (!work_event_.valid()) {
    work_event_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    INVARIANT(work_event_.valid());
    INVARIANT(io_uring_register_eventfd(&ring_, work_event_.get()) == 0);
    return;  // what came before has told nobody
  }
  std::vector<pollfd>& events = sleeping_on_;
  events.assign({pollfd{.fd = work_event_.get(), .events = POLLIN, .revents = 0}});
  for (const int fd : counters_) events.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  sleep_until_readable(events, limit);
  std::uint64_t ignored = 0;
  INVARIANT(::read(work_event_.get(), &ignored, sizeof ignored) > 0 || errno == EAGAIN);
}

io_uring_sqe* UringBackend::next_submission() {
  io_uring_sqe* submission = io_uring_get_sqe(&ring_);
  if (submission == nullptr) {
    // Full: hand over what is there. -EBUSY (completions overflowed) resolves once they are reaped,
    // but the submissions are taken regardless since Linux 5.19.
    static_cast<void>(io_uring_submit(&ring_));
    send_slots_used_ = 0;
    submission = io_uring_get_sqe(&ring_);
    INVARIANT(submission != nullptr);
  }
  return submission;
}

void UringBackend::hand_over_buffers() {
  const int mask = io_uring_buf_ring_mask(BufferPool::kBufferCount);
  int added = 0;
  const auto buffer_bytes = static_cast<unsigned>(buffers_.buffer_bytes());
  while (const auto id = buffers_.try_take()) {
    io_uring_buf_ring_add(buffer_ring_, buffers_.data(*id), buffer_bytes, *id, mask, added++);
  }
  if (added > 0) io_uring_buf_ring_advance(buffer_ring_, added);
}

void UringBackend::resume_starved() {
  // Those that find no buffer again come back with ENOBUFS; the list is taken whole, so this ends.
  IntrusiveList<Operation> starved;
  starved.append(starved_);
  while (Operation* operation = starved.pop_front()) submit(*operation);
}

void UringBackend::enter(Duration limit) {
  int result = 0;
  if (limit <= Duration::zero()) {
    result = io_uring_submit_and_get_events(&ring_);
  } else {
    io_uring_cqe* ignored = nullptr;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
    __kernel_timespec timeout{};
    timeout.tv_sec = seconds.count();
    timeout.tv_nsec = std::chrono::nanoseconds(limit - seconds).count();
    const bool unlimited = limit == Duration::max();
    result = io_uring_submit_and_wait_timeout(&ring_, &ignored, 1, unlimited ? nullptr : &timeout,
                                              nullptr);
  }
  send_slots_used_ = 0;
  // ETIME: the limit passed. EINTR: a signal. EBUSY, EAGAIN: the kernel is short of room or memory
  // for the moment; what was not taken is submitted by the next wait. Anything else is our own
  // mistake.
  INVARIANT(result >= 0 || result == -ETIME || result == -EINTR || result == -EBUSY ||
            result == -EAGAIN || result == -ENOMEM);
}

void UringBackend::reap(CompletionQueue& completions) {
  unsigned head = 0;
  unsigned seen = 0;
  io_uring_cqe* entry = nullptr;
  io_uring_for_each_cqe(&ring_, head, entry) {
    ++seen;
    deliver(*entry, completions);
  }
  io_uring_cq_advance(&ring_, seen);
}

void UringBackend::deliver(const io_uring_cqe& entry, CompletionQueue& completions) {
  auto* operation = static_cast<Operation*>(io_uring_cqe_get_data(&entry));
  if (operation == nullptr) return;  // the answer to a cancel; the operation has its own
  const bool more = (entry.flags & IORING_CQE_F_MORE) != 0;
  if (operation->kind == OperationKind::kAccept) return accepts_.on_poll(*operation, more);
  if (operation->kind == OperationKind::kReadCounter) {
    counters_.erase(std::ranges::find(counters_, operation->fd));
  }
  ReceivedBuffer buffer;
  if ((entry.flags & IORING_CQE_F_BUFFER) != 0) {
    const auto id = static_cast<std::uint16_t>(entry.flags >> IORING_CQE_BUFFER_SHIFT);
    buffer = ReceivedBuffer(buffers_, id, static_cast<std::size_t>(std::max(entry.res, 0)));
  }
  if (entry.res == -ENOBUFS && operation->kind == OperationKind::kReceive && !more) {
    if (operation->cancelling()) {
      completions.push(Completion{operation, -ECANCELED, false, {}});
    } else {
      starved_.push_back(*operation);
    }
    return;
  }
  completions.push(Completion{operation, entry.res, more, std::move(buffer)});
}

}  // namespace

Result<std::unique_ptr<Backend>> make_uring_backend(BufferPool& buffers) {
  auto backend = std::make_unique<UringBackend>(buffers);
  const int result = backend->open();
  if (result < 0) return unexpected(system_error("io_uring", -result));
  return backend;
}

}  // namespace core
