// The epoll back end: completions emulated on readiness. An operation is tried when it is started;
// if it would block it is armed and tried again when epoll reports an edge. A descriptor is
// registered once, lazily (a connection whose only request was there at once never is), for both
// directions and edge triggered, so that keep-alive traffic costs no epoll_ctl.
//
// What is known of a descriptor between edges is kept by its number. `readable` and `writable` are
// true until a call says otherwise: a needless try costs one EAGAIN, a missed one would hang.

#include <linux/sockios.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/io/accept.h"
#include "core/io/backend.h"
#include "core/io/output_queue.h"
#include "core/io/readable.h"
#include "core/io/socket.h"

namespace core {
namespace {

constexpr std::size_t kEventsPerWait = 256;
constexpr std::size_t kVectorsPerSend = 16;
// The buffers that came back last are taken first: beyond so many at a time it rarely gets.
constexpr std::uint16_t kPopulatedBuffers = 128;
// A wait tries twice.
constexpr std::size_t kAcceptsPerTry = Backend::kAcceptsPerWait / 2;

struct Descriptor {
  Operation* reader = nullptr;  // armed: kAccept, kReceive, kReadCounter
  Operation* writer = nullptr;  // armed: kSend, kPollWritable, kConnect
  bool registered = false;
  bool readable = true;
  bool writable = true;
  // The end of the stream, an error or urgent data was reported: a short read did not empty the
  // socket.
  bool short_reads_deceive = false;
};

bool reads(const Operation& operation) {
  return operation.kind == OperationKind::kAccept || operation.kind == OperationKind::kReceive ||
         operation.kind == OperationKind::kReadCounter;
}

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

class EpollBackend final : public Backend {
 public:
  EpollBackend(BufferPool& buffers, UniqueFd epoll) : buffers_(buffers), epoll_(std::move(epoll)) {}
  EpollBackend(const EpollBackend&) = delete;
  EpollBackend& operator=(const EpollBackend&) = delete;
  ~EpollBackend() override { INVARIANT(to_try_.empty()); }

  void start(Operation& operation) override;
  void cancel(Operation& operation) override;
  void wait(Duration limit, CompletionQueue& completions) override;
  void sleep(Duration limit) override;
  [[nodiscard]] std::string_view name() const override { return "epoll"; }

 private:
  // A try ends with the operation completed, armed, or (`again`) to be tried at the next wait.
  enum class Outcome : std::uint8_t { kCompleted, kArmed, kAgain };

  [[nodiscard]] Descriptor& descriptor(int fd);
  void try_all(CompletionQueue& completions);
  [[nodiscard]] Outcome try_operation(Operation& operation, CompletionQueue& completions);
  [[nodiscard]] Outcome try_accept(Operation& operation, CompletionQueue& completions);
  [[nodiscard]] Outcome try_receive(Operation& operation, CompletionQueue& completions);
  [[nodiscard]] Outcome try_discard(Operation& operation, CompletionQueue& completions);
  [[nodiscard]] Outcome try_send(Operation& operation, CompletionQueue& completions);
  [[nodiscard]] Outcome try_poll(Operation& operation, CompletionQueue& completions);
  [[nodiscard]] Outcome try_connect(Operation& operation, CompletionQueue& completions);
  [[nodiscard]] Outcome try_read_counter(Operation& operation, CompletionQueue& completions);
  Outcome finish(Operation& operation, int result, CompletionQueue& completions);
  [[nodiscard]] Outcome arm(Operation& operation, CompletionQueue& completions);
  void collect_events(Duration limit);

  BufferPool& buffers_;
  const UniqueFd epoll_;
  std::vector<Descriptor> descriptors_;
  IntrusiveList<Operation> to_try_;
  std::array<epoll_event, kEventsPerWait> events_{};  // only within collect_events()
};

void EpollBackend::start(Operation& operation) {
  operation.mark_started();
  to_try_.push_back(operation);
}

void EpollBackend::cancel(Operation& operation) {
  INVARIANT(operation.in_flight());
  if (operation.cancelling()) return;
  operation.mark_cancelling();
  Descriptor& state = descriptor(operation.fd);
  Operation*& slot = reads(operation) ? state.reader : state.writer;
  // Not armed: it is tried, and seen to be cancelled, at the next wait; or it has completed already
  // and the loop has yet to run that.
  if (slot != &operation) return;
  slot = nullptr;
  to_try_.push_back(operation);
}

void EpollBackend::wait(Duration limit, CompletionQueue& completions) {
  try_all(completions);
  collect_events(completions.empty() && to_try_.empty() ? limit : Duration::zero());
  try_all(completions);
}

void EpollBackend::sleep(Duration limit) {
  std::array events{pollfd{.fd = epoll_.get(), .events = POLLIN, .revents = 0}};
  if (to_try_.empty()) sleep_until_readable(events, limit);
}

Descriptor& EpollBackend::descriptor(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= descriptors_.size()) descriptors_.resize(std::max(index + 1, index * 2));
  return descriptors_[index];
}

void EpollBackend::try_all(CompletionQueue& completions) {
  IntrusiveList<Operation> now;
  now.append(to_try_);
  while (Operation* operation = now.pop_front()) {
    const Outcome outcome = operation->cancelling() ? finish(*operation, -ECANCELED, completions)
                                                    : try_operation(*operation, completions);
    if (outcome == Outcome::kAgain) to_try_.push_back(*operation);
  }
}

EpollBackend::Outcome EpollBackend::try_operation(Operation& operation,
                                                  CompletionQueue& completions) {
  switch (operation.kind) {
    case OperationKind::kAccept:
      return try_accept(operation, completions);
    case OperationKind::kReceive:
      return operation.discard_bytes > 0 ? try_discard(operation, completions)
                                         : try_receive(operation, completions);
    case OperationKind::kSend:
      return try_send(operation, completions);
    case OperationKind::kPollWritable:
      return try_poll(operation, completions);
    case OperationKind::kConnect:
      return try_connect(operation, completions);
    case OperationKind::kReadCounter:
      return try_read_counter(operation, completions);
    case OperationKind::kUnsentBytes: {
      int bytes = 0;
      const int failed = ::ioctl(operation.fd, SIOCOUTQ, &bytes);
      return finish(operation, failed == 0 ? bytes : -errno, completions);
    }
    case OperationKind::kShutdown:
      return finish(operation, ::shutdown(operation.fd, SHUT_WR) == 0 ? 0 : -errno, completions);
    case OperationKind::kClose:
      // Closing takes the descriptor out of the epoll set; its number may be another's in a moment.
      descriptor(operation.fd) = Descriptor{};
      return finish(operation, ::close(operation.fd) == 0 ? 0 : -errno, completions);
  }
  INVARIANT(false);
  return Outcome::kCompleted;
}

EpollBackend::Outcome EpollBackend::finish(Operation& operation, int result,
                                           CompletionQueue& completions) {
  completions.push(Completion{&operation, result, false, {}});
  return Outcome::kCompleted;
}

EpollBackend::Outcome EpollBackend::try_accept(Operation& operation, CompletionQueue& completions) {
  const int error = accept_some(operation, kAcceptsPerTry, completions);
  if (error == 0) return Outcome::kAgain;
  if (error != EAGAIN) return finish(operation, -error, completions);
  descriptor(operation.fd).readable = false;
  return arm(operation, completions);
}

EpollBackend::Outcome EpollBackend::try_receive(Operation& operation,
                                                CompletionQueue& completions) {
  if (!descriptor(operation.fd).readable) return arm(operation, completions);
  const std::optional<std::uint16_t> id = buffers_.try_take();
  if (!id) return Outcome::kAgain;
  const ssize_t size = ::recv(operation.fd, buffers_.data(*id), buffers_.buffer_bytes(), 0);
  const int error = errno;
  ReceivedBuffer buffer(buffers_, *id, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  if (size < 0) {
    if (error == EINTR) return Outcome::kAgain;
    if (!would_block(error)) return finish(operation, -error, completions);
    descriptor(operation.fd).readable = false;
    return arm(operation, completions);
  }
  if (size == 0) return finish(operation, 0, completions);
  // A short read emptied the socket: the next bytes raise an edge of their own. Only the end of the
  // stream may have raised its edge together with these bytes; and recv(2) stops at urgent data.
  Descriptor& state = descriptor(operation.fd);
  if (static_cast<std::size_t>(size) < buffers_.buffer_bytes())
    state.readable = state.short_reads_deceive;
  const bool more = operation.multishot;
  completions.push(
      Completion{&operation, static_cast<std::int32_t>(size), more, std::move(buffer)});
  if (!more) return Outcome::kCompleted;
  return state.readable ? Outcome::kAgain : arm(operation, completions);
}

EpollBackend::Outcome EpollBackend::try_discard(Operation& operation,
                                                CompletionQueue& completions) {
  Descriptor& state = descriptor(operation.fd);
  if (!state.readable) return arm(operation, completions);
  // tcp(7): with MSG_TRUNC nothing is written, so no buffer is needed.
  const ssize_t size = ::recv(operation.fd, nullptr, operation.discard_bytes, MSG_TRUNC);
  if (size < 0) {
    if (errno == EINTR) return Outcome::kAgain;
    if (!would_block(errno)) return finish(operation, -errno, completions);
    state.readable = false;
    return arm(operation, completions);
  }
  // As in try_receive().
  if (size > 0 && static_cast<std::size_t>(size) < operation.discard_bytes)
    state.readable = state.short_reads_deceive;
  return finish(operation, static_cast<int>(size), completions);
}

EpollBackend::Outcome EpollBackend::try_send(Operation& operation, CompletionQueue& completions) {
  if (!descriptor(operation.fd).writable) return arm(operation, completions);
  std::array<iovec, kVectorsPerSend> vectors{};
  msghdr header{};
  header.msg_iov = vectors.data();
  header.msg_iovlen = operation.output->gather(vectors);
  INVARIANT(header.msg_iovlen > 0);
  const int flags = MSG_NOSIGNAL | (operation.more_follows ? MSG_MORE : 0);
  const ssize_t size = ::sendmsg(operation.fd, &header, flags);
  if (size >= 0) return finish(operation, static_cast<int>(size), completions);
  if (errno == EINTR) return Outcome::kAgain;
  if (!would_block(errno)) return finish(operation, -errno, completions);
  descriptor(operation.fd).writable = false;
  return arm(operation, completions);
}

EpollBackend::Outcome EpollBackend::try_poll(Operation& operation, CompletionQueue& completions) {
  // A worker met EAGAIN, which this table has not seen: ask the socket itself.
  pollfd request{operation.fd, POLLOUT, 0};
  const int ready = ::poll(&request, 1, 0);
  if (ready < 0 && errno == EINTR) return Outcome::kAgain;
  if (ready != 0) return finish(operation, ready < 0 ? -errno : 1, completions);
  descriptor(operation.fd).writable = false;
  return arm(operation, completions);
}

EpollBackend::Outcome EpollBackend::try_connect(Operation& operation,
                                                CompletionQueue& completions) {
  // connect(2) called again tells how the first call ended. EINTR: that one goes on by itself.
  const SocketAddress& address = *operation.address;
  if (::connect(operation.fd, address.data(), address.size()) == 0 || errno == EISCONN) {
    return finish(operation, 0, completions);
  }
  if (errno != EINPROGRESS && errno != EALREADY && errno != EINTR) {
    return finish(operation, -errno, completions);
  }
  descriptor(operation.fd).writable = false;
  return arm(operation, completions);
}

EpollBackend::Outcome EpollBackend::try_read_counter(Operation& operation,
                                                     CompletionQueue& completions) {
  // An eventfd made for io_uring blocks, so it is read only after an edge; nobody else reads it.
  Descriptor& state = descriptor(operation.fd);
  const bool edge_seen = state.registered && state.readable;
  state.readable = false;
  if (!edge_seen) return arm(operation, completions);
  std::uint64_t ignored_count = 0;
  const ssize_t size = ::read(operation.fd, &ignored_count, sizeof ignored_count);
  return finish(operation, size >= 0 ? static_cast<int>(size) : -errno, completions);
}

EpollBackend::Outcome EpollBackend::arm(Operation& operation, CompletionQueue& completions) {
  Descriptor& state = descriptor(operation.fd);
  Operation*& slot = reads(operation) ? state.reader : state.writer;
  INVARIANT(slot == nullptr || slot == &operation);
  slot = &operation;
  if (state.registered) return Outcome::kArmed;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.fd = operation.fd;
  // EPOLL_CTL_ADD reports what is ready already, so nothing between the try and here is lost.
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, operation.fd, &event) != 0) {
    const int error = errno;
    slot = nullptr;
    return finish(operation, -error, completions);
  }
  state.registered = true;
  return Outcome::kArmed;
}

void EpollBackend::collect_events(Duration limit) {
  int timeout = -1;
  if (limit != Duration::max()) {
    // Rounded up: waking before a deadline would spin until it.
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    timeout = static_cast<int>(std::clamp<std::int64_t>(milliseconds, 0, 1'000'000));
  }
  const int count =
      ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout);
  INVARIANT(count >= 0 || errno == EINTR);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    Descriptor& state = descriptor(event.data.fd);
    if ((event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
      state.readable = true;
      if ((event.events & (EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        state.short_reads_deceive = true;
      if (Operation* reader = std::exchange(state.reader, nullptr)) to_try_.push_back(*reader);
    }
    if ((event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
      state.writable = true;
      if (Operation* writer = std::exchange(state.writer, nullptr)) to_try_.push_back(*writer);
    }
  }
}

}  // namespace

Result<std::unique_ptr<Backend>> make_epoll_backend(BufferPool& buffers) {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return unexpected(system_error("epoll_create1", errno));
  buffers.populate(kPopulatedBuffers);
  return std::make_unique<EpollBackend>(buffers, std::move(epoll));
}

}  // namespace core
