// Listener: accepts on one loop's socket of one address and hands connections to the loop's set.
// Loop thread only. Running out of descriptors or memory pauses accepting for a moment instead of
// spinning; those who are connected go on. Stopping cancels the accept and closes the descriptor,
// never shutdown(2): that would end the listener of a successor that shares the socket.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "core/base/callback.h"
#include "core/base/unique_fd.h"
#include "core/io/event_loop.h"
#include "server/net/connection_set.h"
#include "server/net/counters.h"
#include "server/net/error_log.h"

namespace server {

class Listener {
 public:
  static constexpr core::Duration kPauseFor = std::chrono::milliseconds(100);
  static constexpr core::Duration kReportEvery = std::chrono::seconds(10);

  // `errors` may be null, and so may `policy`, which believes nobody then; it outlives all
  // connections. `index` is the place of its address in the configuration. `tls` is null in the
  // clear.
  Listener(core::EventLoop& loop, core::UniqueFd socket, ConnectionSet& connections,
           Counters& counters, ErrorLog* errors, const ListenerPolicy* policy = nullptr,
           std::uint32_t index = 0, std::shared_ptr<const core::TlsServerContext> tls = nullptr);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  // stopped() must hold.
  ~Listener();

  void start();
  void stop();
  [[nodiscard]] bool stopped() const { return stopped_; }
  // For the connections to come.
  void use(std::shared_ptr<const core::TlsServerContext> tls) { tls_ = std::move(tls); }

 private:
  void on_accept(core::Completion& completion);
  void on_closed(core::Completion& completion);
  void resume();
  void close();
  void report(int error);

  core::EventLoop& loop_;
  ConnectionSet& connections_;
  Counters& counters_;
  ErrorLog* const errors_;
  const ListenerPolicy* const policy_;  // null when it is empty: costs nothing
  const std::uint32_t index_;
  std::shared_ptr<const core::TlsServerContext> tls_;
  core::Operation accept_;
  core::Operation close_;
  core::Timer pause_;
  core::TimePoint report_again_;  // the operator has heard of a pause until then
  bool stopping_ = false;
  bool stopped_ = false;
};

}  // namespace server
