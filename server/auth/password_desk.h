// PasswordDesk: where all questions about passwords come together: one for the process, on a loop
// of its own, so that every decision is made in one place without a lock. It knows no users and no
// files: a request brings the stored hash, and what the desk finds out, "this password is the one
// of this hash", never becomes wrong; whether the hash still counts is its gate's business.
//
//   equal questions      wait for one hash
//   what was right       is known for five minutes, by a digest
//   clients              take turns, by network; at most `threads` jobs are out, so that the order
//                        in which hashes run is decided here
//   too many             are refused, with the time after which there is room again
//   a wrong password     is told late to a client that was wrong often: a timer, not a worker,
//   waits
//
// Loop thread only, as marked. Owns its jobs, never a request; idle() before it is destroyed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/io/event_loop.h"
#include "core/work/lane.h"
#include "server/auth/client_lines.h"
#include "server/auth/drain_rate.h"
#include "server/auth/failed_clients.h"
#include "server/auth/password_job.h"
#include "server/auth/password_request.h"
#include "server/auth/success_cache.h"

namespace server {

// Written by the desk, read by any thread.
struct DeskCounters {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> cache_hits{0};
  std::atomic<std::uint64_t> joined{0};    // waited for another's hash
  std::atomic<std::uint64_t> hashes{0};    // run to their end
  std::atomic<std::uint64_t> failures{0};  // of them: the password was wrong
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> dropped{0};  // nobody waited any more
  std::atomic<std::uint64_t> slowed{0};   // wrong answers that were held back
  std::atomic<std::uint64_t> waiting{0};  // now
};

class PasswordDesk {
 public:
  static constexpr std::size_t kQueueMax = 1024;
  static constexpr std::size_t kSuccessesMax = 10'000;
  static constexpr core::Duration kSuccessFor = std::chrono::minutes(5);
  // Answers that are held back at a time; beyond it none is: they are late already.
  static constexpr std::size_t kHeldMax = 1024;

  struct Options {
    std::size_t threads = 1;  // of the lane: jobs that are out at a time
    // Requests that wait for a thread, in all; a quarter of it for each client network.
    std::size_t queue_max = kQueueMax;
    // For how long one hash has its thread, as long as none has been run; zero: unknown.
    core::Duration hash_time{};
  };

  // References outlive this, and the workers are stopped when it is idle for ever. Their threads
  // are for nobody else.
  PasswordDesk(core::EventLoop& loop, core::Workers& workers, const Options& options);
  PasswordDesk(const PasswordDesk&) = delete;
  PasswordDesk& operator=(const PasswordDesk&) = delete;
  ~PasswordDesk();

  // No request is here, no job is out.
  [[nodiscard]] bool idle() const { return checks_.empty() && held_.empty(); }

  // --- Any thread.

  // Until it is home, it is the desk's.
  void send(DeskErrand& errand);
  // A users file has changed. Successes are facts about hashes, so this only keeps no longer than
  // needed what is not asked for any more.
  void forget_successes();
  // What gates make the keys of their requests with.
  [[nodiscard]] const core::KeyedDigest::Key& key() const { return key_; }
  [[nodiscard]] const DeskCounters& counters() const { return counters_; }

 private:
  friend class PasswordRequest;
  friend class DeskSweep;

  // All who ask the same. Until it runs each of them is in its client's line.
  struct Check {
    core::IntrusiveList<PasswordRequest> requests;
    bool running = false;
    core::IpAddress served{};  // while it runs: whose turn it was
  };

  void accept(PasswordRequest& request);
  void sweep(DeskSweep& sweep);
  void start_jobs();
  void start(Check& check);
  void on_job(PasswordJob& job);
  void note_result(const PasswordJob& job);
  void answer_wrong(PasswordRequest& request);
  void refuse(PasswordRequest& request);
  void set_hold_timer();
  void on_hold_ended();
  void send_home(PasswordRequest& request, PasswordRequest::Verdict verdict);
  void drop_waiting(PasswordRequest& request);
  void on_forget();

  // Constant after construction.
  core::EventLoop& loop_;
  const Options options_;
  const core::KeyedDigest::Key key_ = core::KeyedDigest::Key::random();

  // Loop thread only.
  core::Lane lane_;
  ClientLines lines_;
  std::unordered_map<core::Digest, Check, core::DigestHash> checks_;
  std::vector<std::unique_ptr<PasswordJob>> jobs_;
  std::vector<PasswordJob*> free_jobs_;
  SuccessCache successes_{kSuccessesMax, kSuccessFor};
  FailedClients failed_;
  DrainRate drain_rate_;
  std::uint64_t checks_done_ = 0;
  std::multimap<core::TimePoint, PasswordRequest*> held_;
  core::TimePoint hold_until_;
  core::Timer hold_timer_;

  // Any thread.
  DeskCounters counters_;
  core::Message forget_message_;
  std::atomic<bool> forget_posted_{false};
};

}  // namespace server
