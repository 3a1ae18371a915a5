// ConnectionSet: the connections of one loop: makes, counts, drains and frees them. Loop thread
// only; the count against limits.connections is shared by all loops.
#pragma once

#include <atomic>
#include <cstddef>

#include "core/base/intrusive_list.h"
#include "core/io/event_loop.h"
#include "server/net/connection.h"

namespace server {

// How many connections the process has, over all loops. Any thread.
class ConnectionLimit {
 public:
  explicit ConnectionLimit(std::size_t connections_max) : connections_max_(connections_max) {}

  [[nodiscard]] bool try_enter() {
    if (count_.fetch_add(1, std::memory_order_relaxed) < connections_max_) return true;
    leave();
    return false;
  }
  void leave() { count_.fetch_sub(1, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  const std::size_t connections_max_;
  std::atomic<std::size_t> count_{0};
};

class ConnectionSet {
 public:
  ConnectionSet(ConnectionContext context, ConnectionLimit& limit);
  ConnectionSet(const ConnectionSet&) = delete;
  ConnectionSet& operator=(const ConnectionSet&) = delete;
  // empty() must hold.
  ~ConnectionSet();

  // Takes an accepted socket; answers 503 and closes it when the limit is reached.
  void add(int fd);
  // Every connection finishes what it has begun and closes; those to come do so after one exchange.
  void drain();
  // Every connection closes as soon as nothing is in flight.
  void abort();

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t count() const { return count_; }

  // By a connection whose descriptor is closed: freed in this turn's close phase.
  void on_closed(Connection& connection);

 private:
  void free_closed();

  ConnectionContext context_;
  ConnectionLimit& limit_;
  core::IntrusiveList<Connection> open_;
  core::IntrusiveList<Connection> closed_;
  core::Task free_task_;
  std::size_t count_ = 0;
  bool draining_ = false;
};

}  // namespace server
