// Operation: one request to the kernel, embedded in the object that it serves, never moved, alive
// until its last completion has run. The owner fills it in, starts it on its loop and gets its
// completions through the callback that was bound when it was built. Loop thread only.
//
// Results are the kernel's: a count or a descriptor, or -errno.
#pragma once

#include <cstdint>

#include "core/base/callback.h"
#include "core/base/intrusive_list.h"
#include "core/base/invariant.h"
#include "core/io/buffer_pool.h"

namespace core {

class OutputQueue;
class Operation;
class SocketAddress;

struct Completion {
  Operation* operation = nullptr;
  std::int32_t result = 0;
  bool more = false;      // of a multishot operation that goes on
  ReceivedBuffer buffer;  // of a receive with result > 0
};

enum class OperationKind : std::uint8_t {
  kAccept,        // multishot; result: a new non-blocking, close-on-exec socket
  kReceive,       // result: bytes in Completion::buffer, 0 at the end of the stream
  kSend,          // result: bytes taken from the output queue's head, not yet consumed there
  kPollWritable,  // result: >= 0 once the socket takes bytes or has failed
  kReadCounter,   // an eventfd; result: 8
  kUnsentBytes,   // result: bytes of the socket's send queue not yet acknowledged (SIOCOUTQ)
  kShutdown,      // of the sending direction
  kConnect,       // result: 0 once the non-blocking socket is connected to `address`
  kClose,         // the descriptor is gone whatever the result
};

class Operation : public ListHook<Operation> {
 public:
  using OnCompletion = Callback<void(Completion&)>;

  Operation(OperationKind what, OnCompletion on_completion)
      : kind(what), on_completion_(on_completion) {}
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation() { INVARIANT(!in_flight_); }

  [[nodiscard]] bool in_flight() const { return in_flight_; }
  [[nodiscard]] bool cancelling() const { return cancelling_; }

  // --- Filled in by the owner while the operation is not in flight.
  OperationKind kind;
  int fd = -1;
  bool multishot = false;                  // kReceive: complete again and again until cancelled
  bool more_follows = false;               // kSend: MSG_MORE, a file range comes right behind
  const OutputQueue* output = nullptr;     // kSend
  const SocketAddress* address = nullptr;  // kConnect: unchanged until it completes
  // kReceive of TCP: not 0: up to so many bytes are thrown away in the kernel (MSG_TRUNC), which
  // costs neither a copy nor a buffer; the completion has their number and no bytes. Not multishot.
  std::uint32_t discard_bytes = 0;

  // --- For EventLoop and back ends.
  void mark_started() {
    INVARIANT(!in_flight_ && fd >= 0);
    in_flight_ = true;
    cancelling_ = false;
  }
  void mark_cancelling() { cancelling_ = true; }
  void complete(Completion& completion) {
    INVARIANT(in_flight_);
    if (!completion.more) in_flight_ = false;
    on_completion_(completion);
  }

 private:
  const OnCompletion on_completion_;
  bool in_flight_ = false;
  bool cancelling_ = false;
};

}  // namespace core
