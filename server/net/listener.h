// Listener: accepts on one loop's socket of one address and hands connections to the loop's set.
// Loop thread only. Running out of descriptors or memory pauses accepting for a moment instead of
// spinning; those who are connected go on. Stopping cancels the accept and closes the descriptor,
// never shutdown(2): that would end the listener of a successor that shares the socket.
#pragma once

#include "core/base/callback.h"
#include "core/base/unique_fd.h"
#include "core/io/event_loop.h"
#include "server/net/connection_set.h"
#include "server/net/counters.h"

namespace server {

class Listener {
 public:
  static constexpr core::Duration kPauseFor = std::chrono::milliseconds(100);

  Listener(core::EventLoop& loop, core::UniqueFd socket, ConnectionSet& connections,
           Counters& counters);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  // stopped() must hold.
  ~Listener();

  void start();
  void stop();
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  void on_accept(core::Completion& completion);
  void on_closed(core::Completion& completion);
  void resume();
  void close();

  core::EventLoop& loop_;
  ConnectionSet& connections_;
  Counters& counters_;
  core::Operation accept_;
  core::Operation close_;
  core::Timer pause_;
  bool stopping_ = false;
  bool stopped_ = false;
};

}  // namespace server
