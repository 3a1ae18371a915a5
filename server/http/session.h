// Session: a protocol engine without I/O: bytes in, bytes out, no descriptor and no thread. One per
// connection, driven by the pump (server/net/connection.h) on the connection's loop. Everything a
// peer does wrong ends in an answer and finished().
#pragma once

#include <cstddef>
#include <span>

#include "core/base/clock.h"
#include "core/io/output_queue.h"

namespace server {

class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  // Takes bytes from the peer; returns how many. Fewer than all: not before produce() has been
  // called.
  [[nodiscard]] virtual std::size_t receive(std::span<const std::byte> bytes,
                                            core::TimePoint now) = 0;
  // The peer sends no more.
  virtual void on_input_end() = 0;
  // Appends what can be sent now. To be called again once the queue has drained.
  virtual void produce(core::OutputQueue& output, core::TimePoint now) = 0;

  // More bytes are needed for what comes next.
  [[nodiscard]] virtual bool wants_input() const = 0;
  // Bytes are to be received: those, or, while an answer goes on over time, the news that the peer
  // has left.
  [[nodiscard]] virtual bool listens() const = 0;
  // Nothing will be produced any more: send what is queued, then close.
  [[nodiscard]] virtual bool finished() const = 0;
  // When finished: the peer may still be sending, so that closing at once could reset the
  // connection before it has read the answer.
  [[nodiscard]] virtual bool must_linger() const = 0;
  // Memory held for input that is not complete: a head, so far.
  [[nodiscard]] virtual std::size_t buffered_bytes() const = 0;
  // Between exchanges, with no byte of the next one.
  [[nodiscard]] virtual bool quiescent() const = 0;

  // Finish after the exchanges that have begun, at once when there is none.
  virtual void drain() = 0;

  // When to call on_deadline(); kNever while waiting is our own doing.
  [[nodiscard]] virtual core::TimePoint deadline() const = 0;
  virtual void on_deadline() = 0;
};

}  // namespace server
