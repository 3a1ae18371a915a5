// TurnedLoop: the connections of one loop on a real engine and real sockets, without a server
// around them: the test turns the loop itself, so that it decides what the loop has seen when
// something else happens, and gives it a handler and limits of its own. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/io/event_loop.h"
#include "core/work/worker_pool.h"
#include "server/net/connection_set.h"
#include "server/net/listener.h"
#include "tests/core/work/failing_workers.h"
#include "tests/server/app/each_engine.h"

namespace test {

// The other end of a connection. Nothing here waits: step() does what can be done.
class LoopClient {
 public:
  explicit LoopClient(core::UniqueFd fd) : fd_(std::move(fd)) {}

  // Goes out with this and later steps.
  void send(std::string_view bytes) {
    to_send_ += bytes;
    step_sending();
  }
  void step() {
    step_sending();
    step_reading();
  }
  void step_sending();
  void step_reading();
  void close() { fd_.reset(); }
  // With a reset (RST), as when the client's process is gone.
  void close_with_reset();

  [[nodiscard]] const std::string& received() const { return received_; }
  [[nodiscard]] std::size_t unsent_bytes() const { return to_send_.size(); }
  [[nodiscard]] bool ended() const { return ended_; }  // the server has closed its side
  [[nodiscard]] bool reset() const { return reset_; }

 private:
  core::UniqueFd fd_;
  std::string to_send_;
  std::string received_;
  bool ended_ = false;
  bool reset_ = false;
};

// Answers 200 with the target and `padding`, unless it is given something else to do.
class FunctionHandler final : public server::Handler {
 public:
  std::string padding;
  std::function<void(server::Exchange&)> open = [](server::Exchange&) {};
  std::function<void(server::Exchange&)> respond;

  FunctionHandler();
  void open_body(server::Exchange& exchange) override { open(exchange); }
  void start(server::Exchange& exchange) override { respond(exchange); }
};

class TurnedLoop {
 public:
  explicit TurnedLoop(const core::Engine& engine,
                      std::size_t memory_bytes_max = server::BufferMemory::kBytesMax);
  TurnedLoop(const TurnedLoop&) = delete;
  TurnedLoop& operator=(const TurnedLoop&) = delete;
  ~TurnedLoop();

  // A connection that the kernel has made and the loop does not know yet; accept() hands it over.
  // `buffer_bytes`: of the sockets on both sides, 0 for the default.
  [[nodiscard]] LoopClient connect(int buffer_bytes = 0);
  void accept();
  [[nodiscard]] LoopClient connect_and_accept(int buffer_bytes = 0);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  // Accepts whoever comes while the loop is turned.
  bool accepts = false;
  // What the next ones speak TLS with; null: in the clear.
  std::shared_ptr<const core::TlsServerContext> tls;
  // Leaves accepting to a real listener, once.
  server::Listener& listen();

  void turn();
  // Turns until the condition holds; false after ten seconds.
  template <typename Condition>
  [[nodiscard]] bool turn_until(Condition condition) {
    const core::TimePoint give_up = core::Clock::now() + std::chrono::seconds(10);
    while (!condition()) {
      if (core::Clock::now() > give_up) return false;
      turn();
    }
    return true;
  }
  // Every byte that is due one way or the other has arrived.
  [[nodiscard]] bool turn_until_received(LoopClient& client, std::string_view ending);
  [[nodiscard]] bool turn_until_ended(LoopClient& client);

  // As a server does it: in the loop's inbox phase, between a turn's completions and its check.
  void post_drain() { loop_->inbox().post(drain_message_); }
  // Delivered in the same phase, as what a worker hands back is.
  void post(core::Message& message) { loop_->inbox().post(message); }
  [[nodiscard]] server::ConnectionSet& connections() { return *connections_; }
  [[nodiscard]] core::Lane& files() { return files_; }
  // Of the jobs that are submitted from then on.
  void fail_jobs(FailingWorkers::Failure failure) { failing_.failure = failure; }
  [[nodiscard]] std::uint64_t turns() const { return loop_->statistics().turns.value(); }
  [[nodiscard]] std::size_t memory_bytes() const { return memory_.bytes(); }
  [[nodiscard]] std::size_t memory_peak() const { return memory_peak_; }

  FunctionHandler handler;
  server::Counters counters;

 private:
  void on_tick() {}
  void on_drain() { connections_->drain(); }

  std::unique_ptr<core::EventLoop> loop_;
  core::WorkerPool workers_{{"files", 1, 8, 0}};
  FailingWorkers failing_{workers_};
  core::Lane files_;
  core::JobQueue resumptions_;
  server::FilterBin ended_filters_;
  std::vector<char> scratch_;
  server::DateText date_;
  server::TlsTransport::Shared tls_shared_;
  server::HttpContext http_;
  server::BufferMemory memory_;
  server::ConnectionLimit limit_{1000};
  std::unique_ptr<server::ConnectionSet> connections_;
  core::UniqueFd listening_;
  std::unique_ptr<server::Listener> listener_;
  std::uint16_t port_ = 0;
  core::Timer tick_;  // no turn waits for long: clients have to be looked at
  core::Message drain_message_;
  std::size_t memory_peak_ = 0;
  int buffer_bytes_ = 0;
};

// check(loop), on each engine.
template <typename Check>
void on_turned_loops(Check check, std::size_t memory_bytes_max = server::BufferMemory::kBytesMax) {
  on_engines([&](const core::Engine& engine) {
    TurnedLoop loop(engine, memory_bytes_max);
    check(loop);
  });
}

[[nodiscard]] std::string get_request(std::string_view target);

}  // namespace test
