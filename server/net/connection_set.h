// ConnectionSet: the connections of one loop: makes, counts, drains and frees them. Loop thread
// only; the limits on their number are shared by all loops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/base/intrusive_list.h"
#include "core/io/event_loop.h"
#include "server/net/connection.h"
#include "server/net/connection_limit.h"

namespace server {

class ConnectionSet {
 public:
  ConnectionSet(ConnectionContext context, ConnectionLimit& limit);
  ConnectionSet(const ConnectionSet&) = delete;
  ConnectionSet& operator=(const ConnectionSet&) = delete;
  // empty() must hold.
  ~ConnectionSet();

  // Takes an accepted socket; answers 503 and closes it when a limit is reached, and says nothing
  // when it is that of its client's pending handshakes. `policy` is that
  // of its listener and outlives it; null when it believes nobody. `listener` is the index of that
  // one. `tls`: what it speaks TLS with; null in the clear.
  void add(int fd, const ListenerPolicy* policy = nullptr, std::uint32_t listener = 0,
           std::shared_ptr<const core::TlsServerContext> tls = nullptr);
  // Every connection finishes what it has begun and closes; those to come do so after the exchange
  // that they bring with them.
  void drain();
  // Every connection closes as soon as nothing is in flight, those to come too.
  void abort();

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t count() const { return count_; }
  // visit(const Connection&), for those that are open.
  template <typename Visit>
  void for_each(Visit visit) {
    open_.for_each([&visit](const Connection& connection) { visit(connection); });
  }

  // By a connection whose descriptor is closed: freed in this turn's close phase.
  void on_closed(Connection& connection);
  // By a connection whose PROXY header is whole: counts the client that it named. False when that
  // one has too many already; then it has got the answer that it gets.
  [[nodiscard]] bool try_enter_client(int fd, const ConnectionOrigin& origin,
                                      ConnectionLimit::Ticket& ticket, bool tls);
  // By a connection whose handshake is done, or has failed while its answer is still to be sent.
  void on_handshake_end(ConnectionLimit::Ticket& ticket) { limit_.leave_handshake(ticket); }
  // By a connection that cannot go on for want of memory: told in a while to try again.
  void pause(Connection& connection);

  // How often it tries again.
  static constexpr core::Duration kPauseFor = std::chrono::milliseconds(50);

 private:
  [[nodiscard]] ConnectionLimit::Refusal try_enter(int fd, const ConnectionOrigin* origin,
                                                   ConnectionLimit::Ticket& ticket, bool tls);
  void refuse(int fd, ConnectionLimit::Refusal refusal);
  void resume_paused();
  void free_closed();

  ConnectionContext context_;
  ConnectionLimit& limit_;
  core::IntrusiveList<Connection> open_;
  core::IntrusiveList<Connection> closed_;
  core::IntrusiveList<Connection, PausedTag> paused_;
  core::Task free_task_;
  core::Timer pause_timer_;
  std::size_t count_ = 0;
  bool draining_ = false;
  bool aborting_ = false;
};

}  // namespace server
