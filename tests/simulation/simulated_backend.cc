#include "tests/simulation/simulated_backend.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/invariant.h"
#include "core/io/output_queue.h"

namespace simulation {

using core::CompletionQueue;
using core::Operation;
using core::OperationKind;

namespace {

bool is_of_a_connection(const Operation& operation) {
  return operation.kind != OperationKind::kAccept &&
         operation.kind != OperationKind::kReadCounter && operation.fd != Kernel::kListeningFd;
}

}  // namespace

SimulatedBackend::~SimulatedBackend() { INVARIANT(pending_.empty()); }

void SimulatedBackend::start(Operation& operation) {
  operation.mark_started();
  Pending pending{&operation, {}};
  if (is_of_a_connection(operation)) {
    Socket& socket = kernel_.socket(operation.fd);
    INVARIANT(!socket.with_worker);  // a socket has one user
    if (operation.kind == OperationKind::kClose) INVARIANT(socket.operations == 0);
    // Only a worker knows what is to be said on a port with TLS.
    const bool speaks = operation.kind == OperationKind::kSend;
    INVARIANT(!speaks || socket.tls == nullptr || socket.handshake.stepped);
    for (const Pending& other : pending_) {
      // One operation of each kind.
      INVARIANT(other.operation->fd != operation.fd || other.operation->kind != operation.kind);
    }
    ++socket.operations;
  }
  if (operation.kind == OperationKind::kSend) {
    pending.vectors.resize(16);
    pending.vectors.resize(operation.output->gather(pending.vectors));
    INVARIANT(!pending.vectors.empty());
  }
  pending_.push_back(std::move(pending));
}

void SimulatedBackend::cancel(Operation& operation) {
  INVARIANT(operation.in_flight());
  operation.mark_cancelling();
}

void SimulatedBackend::wait(core::Duration limit, CompletionQueue& completions) {
  now_ += std::chrono::microseconds(random_.between(1, 200));
  if (limit > core::Duration::zero() && random_.chance(0.3)) {
    const auto jump_max = std::chrono::duration_cast<std::chrono::microseconds>(weather_.jump_max);
    now_ +=
        std::chrono::microseconds(random_.below(static_cast<std::size_t>(jump_max.count()) + 1));
  }
  // From a random place on, so that no operation is always the first.
  if (pending_.empty()) return;
  for (std::size_t i = random_.below(pending_.size()); i > 0; --i) {
    pending_.splice(pending_.end(), pending_, pending_.begin());
  }
  for (auto entry = pending_.begin(); entry != pending_.end();) {
    const bool late = random_.chance(weather_.lateness);
    entry = !late && try_to_end(*entry, completions) ? pending_.erase(entry) : std::next(entry);
  }
}

bool SimulatedBackend::try_to_end(Pending& pending, CompletionQueue& completions) {
  Operation& operation = *pending.operation;
  const bool of_connection = is_of_a_connection(operation);
  // What does not wait cannot be cancelled; what waits may have done its work before it is.
  const bool waits =
      operation.kind == OperationKind::kAccept || operation.kind == OperationKind::kReceive ||
      operation.kind == OperationKind::kSend || operation.kind == OperationKind::kPollWritable ||
      operation.kind == OperationKind::kReadCounter;
  if (operation.cancelling() && waits && random_.chance(0.5)) {
    return finish(operation, -ECANCELED, completions);
  }
  if (of_connection && operation.kind != OperationKind::kClose &&
      random_.chance(weather_.failure)) {
    kernel_.socket(operation.fd).disturbed = true;
    return finish(operation, error_of(operation.kind), completions);
  }
  switch (operation.kind) {
    case OperationKind::kAccept:
      return accept(operation, completions);
    case OperationKind::kReceive:
      return receive(operation, completions);
    case OperationKind::kSend:
      return send(pending, completions);
    case OperationKind::kPollWritable: {
      const Socket& socket = kernel_.socket(operation.fd);
      if (socket.room() == 0 && !socket.reset) return false;
      return finish(operation, POLLOUT, completions);
    }
    case OperationKind::kReadCounter: {
      pollfd readable{operation.fd, POLLIN, 0};
      eventfd_t value = 0;
      if (::poll(&readable, 1, 0) != 1) return false;
      INVARIANT(::eventfd_read(operation.fd, &value) == 0);
      return finish(operation, sizeof value, completions);
    }
    case OperationKind::kUnsentBytes:
      return finish(operation, static_cast<int>(kernel_.socket(operation.fd).queue.size()),
                    completions);
    case OperationKind::kShutdown: {
      Socket& socket = kernel_.socket(operation.fd);
      socket.server_ended = true;
      return finish(operation, socket.reset ? -ENOTCONN : 0, completions);
    }
    case OperationKind::kConnect:
      break;  // the server connects nowhere
    case OperationKind::kClose:
      if (of_connection) {
        --kernel_.socket(operation.fd).operations;
        kernel_.close(operation.fd);
      }
      completions.push({&operation, random_.chance(weather_.failure) ? -EIO : 0, false, {}});
      return true;
  }
  INVARIANT(false);
  return false;
}

bool SimulatedBackend::accept(Operation& operation, CompletionQueue& completions) {
  if (random_.chance(weather_.starvation)) {
    return finish(operation, random_.chance(0.5) ? -EMFILE : -ENFILE, completions);
  }
  // A burst in one wait, or piece by piece. With TLS the listener has been told who is next, and
  // nobody else comes then.
  while (kernel_.has_waiting()) {
    const bool more = !operation.cancelling() && random_.chance(0.9);
    const bool alone = kernel_.next_tls() != nullptr;
    completions.push({&operation, kernel_.accept(), more, {}});
    if (!more) return true;
    if (alone || kernel_.next_tls() != nullptr || random_.chance(0.3)) break;
  }
  return false;
}

bool SimulatedBackend::receive(Operation& operation, CompletionQueue& completions) {
  Socket& socket = kernel_.socket(operation.fd);
  for (;;) {
    if (socket.reset) return finish(operation, -ECONNRESET, completions);
    if (socket.sent.empty()) {
      return socket.client_ended && finish(operation, 0, completions);
    }
    const auto buffer = buffers_.try_take();
    if (!buffer) return false;
    const std::size_t size =
        std::min({socket.sent.size(), core::BufferPool::kBufferBytes,
                  random_.chance(0.3) ? random_.between(1, 3) : random_.between(1, 2 * 4096)});
    std::memcpy(buffers_.data(*buffer), socket.sent.data(), size);
    socket.sent.erase(0, size);
    const bool more = operation.multishot && !operation.cancelling() && random_.chance(0.95);
    if (!more) --socket.operations;
    completions.push(
        {&operation, static_cast<int>(size), more, core::ReceivedBuffer(buffers_, *buffer, size)});
    if (!more) return true;
    if (random_.chance(0.5)) return false;
  }
}

bool SimulatedBackend::send(Pending& pending, CompletionQueue& completions) {
  Operation& operation = *pending.operation;
  Socket& socket = kernel_.socket(operation.fd);
  std::string bytes;
  for (const iovec& vector : pending.vectors) {
    bytes.append(static_cast<const char*>(vector.iov_base), vector.iov_len);
  }
  if (random_.chance(0.3)) bytes.resize(random_.between(1, bytes.size()));
  const int result = kernel_.send(socket, bytes);
  return result != -EAGAIN && finish(operation, result, completions);
}

bool SimulatedBackend::finish(Operation& operation, int result, CompletionQueue& completions) {
  if (is_of_a_connection(operation)) --kernel_.socket(operation.fd).operations;
  completions.push({&operation, result, false, {}});
  return true;
}

int SimulatedBackend::error_of(OperationKind kind) {
  constexpr std::array<int, 3> kErrors = {-ECONNRESET, -ETIMEDOUT, -ENOBUFS};
  constexpr std::array<int, 3> kSendErrors = {-EPIPE, -ECONNRESET, -ENOMEM};
  return kind == OperationKind::kSend ? kSendErrors[random_.below(3)] : kErrors[random_.below(3)];
}

}  // namespace simulation
