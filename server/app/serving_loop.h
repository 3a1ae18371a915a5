// ServingLoop: one event loop with everything that serves on it: listeners, connections, the file
// cache, the router. Built, run and taken down on its own thread by run(); drain() and abort() may
// be called from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/io/event_loop.h"
#include "core/probe/loop_probe.h"
#include "core/work/lane.h"
#include "core/work/worker_pool.h"
#include "server/app/latest_value.h"
#include "server/app/requests_in_flight.h"
#include "server/app/snapshot.h"
#include "server/auth/password_gate.h"
#include "server/net/access_log.h"
#include "server/net/connection_set.h"
#include "server/net/error_log.h"
#include "server/net/listener.h"

namespace server {

class ServingLoop {
 public:
  // What the server gives each of its loops. References outlive the loop.
  struct Setup {
    std::uint32_t index = 0;
    std::shared_ptr<const Snapshot> snapshot;
    core::WorkerPool& files;
    core::WorkerPool& tls;
    core::JobQueue& resumptions;
    ConnectionLimit& connections;
    const std::atomic<bool>& ready;         // what health routes tell
    PasswordDesk* desk = nullptr;           // null: no route asks for passwords
    std::unique_ptr<AccessLog> access_log;  // null: off
    std::unique_ptr<ErrorLog> error_log;    // null: off
    std::size_t cache_bytes_max = 0;
    std::size_t cache_files_max = 0;
    std::vector<core::UniqueFd> listeners;     // one for each address, in their order
    std::span<const ListenerPolicy> policies;  // of the first of them; the others have none
    // What is served in place of the snapshot's sites; empty: those. Called once, on the loop.
    std::function<void(Router&, core::EventLoop&)> add_sites = {};
    bool proof = false;  // each turn is known exactly: see core::LoopProbe
  };

  // On the thread that will run it.
  [[nodiscard]] static core::Result<std::unique_ptr<ServingLoop>> create(const core::Engine& engine,
                                                                         Setup setup);
  ServingLoop(const ServingLoop&) = delete;
  ServingLoop& operator=(const ServingLoop&) = delete;
  ~ServingLoop();

  // Serves until it has drained or was aborted, and everything it had out has come back.
  void run();

  // --- Any thread.
  void drain() { loop_->inbox().post(drain_message_); }
  void abort() { loop_->inbox().post(abort_message_); }
  // For the connections to come.
  void replace_tls(std::shared_ptr<const TlsContexts> contexts) {
    next_tls_.give(std::move(contexts));
  }
  // For every password from now on. There is a desk.
  void replace_users(UserTables tables) { next_users_.give(std::move(tables)); }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  // By the snapshot's route labels.
  [[nodiscard]] std::span<const RouteCounts> route_counts() const { return route_counts_; }
  // One thread at a time.
  [[nodiscard]] RequestsInFlight& requests_in_flight() { return in_flight_; }
  [[nodiscard]] const core::LoopStatistics& statistics() const { return loop_->statistics(); }
  [[nodiscard]] const core::LoopProbe& probe() const { return probe_; }
  // Null: no route asks for passwords.
  [[nodiscard]] const GateCounters* passwords() const {
    return gate_ == nullptr ? nullptr : &gate_->counters();
  }

 private:
  ServingLoop(std::unique_ptr<core::EventLoop> loop, Setup setup);
  void start_draining();
  void start_aborting();
  void use_tls(const std::shared_ptr<const TlsContexts>& contexts);
  void use_users(const UserTables& tables) { gate_->use(tables); }
  [[nodiscard]] bool finished();

  core::LoopProbe probe_;
  const std::unique_ptr<core::EventLoop> loop_;
  const std::shared_ptr<const Snapshot> snapshot_;
  Counters counters_;
  std::vector<RouteCounts> route_counts_;  // by the snapshot's labels
  core::Lane files_;
  core::Lane tls_;
  std::vector<char> tls_scratch_;  // see TlsTransport
  FileCache cache_;
  // Outlives the exchanges that wait for it. Null: no route asks for passwords.
  const std::unique_ptr<PasswordGate> gate_;
  Router router_;
  HttpContext http_;
  RequestsInFlight in_flight_;
  const std::unique_ptr<AccessLog> access_log_;
  const std::unique_ptr<ErrorLog> error_log_;
  FilterBin ended_filters_;
  const TlsTransport::Shared tls_shared_;
  BufferMemory memory_;
  RouteMeter meter_;
  ConnectionSet connections_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  core::Message drain_message_;
  core::Message abort_message_;
  LatestValue<std::shared_ptr<const TlsContexts>> next_tls_;
  LatestValue<UserTables> next_users_;
  bool draining_ = false;
  bool cache_stopped_ = false;
};

}  // namespace server
