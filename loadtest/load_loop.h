// LoadLoop: one thread's share of a run: its connections, which of them may send what and when, and
// what came of it. Made and run on its loop's thread; of what it is given only Progress and the
// stop flag are shared with another. What goes wrong is counted; run() always comes to an end.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/intrusive_list.h"
#include "core/base/unique_fd.h"
#include "core/io/event_loop.h"
#include "core/tls/tls_filter.h"
#include "loadtest/guesses.h"
#include "loadtest/load_connection.h"
#include "loadtest/pacer.h"
#include "loadtest/plan.h"
#include "loadtest/tally.h"

namespace loadtest {

// What a loop shares with the thread that started it.
struct Share {
  std::size_t index = 0;
  core::TimePoint start;  // of an open loop's schedule, and of the warm-up
  const std::atomic<bool>& stop;
  Progress& progress;
};

class LoadLoop {
 public:
  LoadLoop(const Plan& plan, core::EventLoop& loop, const Share& share);
  LoadLoop(const LoadLoop&) = delete;
  LoadLoop& operator=(const LoadLoop&) = delete;
  ~LoadLoop();

  [[nodiscard]] Tally run();

  // --- For its connections.

  // The next request that is due; nothing when there is none yet, or none any more.
  [[nodiscard]] std::optional<Request> try_take(core::TimePoint now);
  // As it goes over the wire; good until the next call.
  [[nodiscard]] std::string_view bytes_of(const Request& request);
  // Where the next connection comes from; nothing: that is up to the kernel.
  [[nodiscard]] std::optional<sockaddr_in> next_source();
  // It got no answer, for which nobody is to blame: it is as if it had never been taken.
  void give_back(const Request& request);
  void on_answer(const Request& request, core::TimePoint now, const ResponseParser& response);
  void on_failed(const Request& request, Mishap mishap, const std::string& text,
                 core::TimePoint now);
  // One that concerns no request.
  void on_mishap(Mishap mishap, const std::string& text);
  void on_opened();
  // Before on_opened(), with TLS.
  void on_handshake(const core::TlsFilter& filter);
  void on_tls_failure(std::string_view words);
  void on_connect_failed();
  // It has room and got no request.
  void on_idle(LoadConnection& connection);
  void on_ended();

 private:
  void open_more();
  [[nodiscard]] bool exhausted(core::TimePoint now) const;
  void finish_if_done(core::TimePoint now);
  void abandon(core::TimePoint now);
  [[nodiscard]] bool measures(const Request& request, core::TimePoint now) const;
  void begin_measuring();
  void on_tick();
  void finish();
  void stop_if_ended();
  void dispatch();
  void arm_pacer();
  void on_paced(core::Completion& completion);

  // Constant after construction.
  const Plan& plan_;
  core::EventLoop& loop_;
  const Share share_;
  const core::UniqueFd alarm_;  // at the pacer's next moment: the wheel's ticks are too coarse
  std::uint64_t requests_max_;  // of this loop

  std::vector<std::unique_ptr<LoadConnection>> connections_;
  core::IntrusiveList<LoadConnection> idle_;  // of an open loop; the longest idle is first
  core::TimePoint idle_since_;                // the first of them, when it is the only one
  std::optional<Pacer> pacer_;
  std::optional<Guesses> guesses_;
  core::TimePoint measure_from_;
  core::TimePoint ends_;  // kNever: when the requests are through
  core::TimePoint last_answer_;
  bool measuring_ = false;
  bool finishing_ = false;
  bool ever_connected_ = false;
  std::size_t asked_to_open_ = 0;
  std::size_t settled_ = 0;  // connections that opened or failed to
  std::size_t ended_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t outstanding_ = 0;
  std::size_t next_request_ = 0;
  std::uint64_t next_source_;
  Tally tally_;

  core::Operation paced_;
  core::Timer tick_;
  core::Task finish_task_;
};

}  // namespace loadtest
