// SimulatedAuth: all that checks passwords in a simulated life: the gate of its loop, the desk on a
// loop of its own, whose workers run when chance says so, the users files, and the routes that ask
// for passwords. Counts on both sides must add up after each turn. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/io/event_loop.h"
#include "server/auth/password_desk.h"
#include "server/auth/password_gate.h"
#include "tests/simulation/guard.h"
#include "tests/simulation/password_watch.h"
#include "tests/simulation/protected_routes.h"
#include "tests/simulation/simulated_backend.h"
#include "tests/simulation/simulated_workers.h"
#include "tests/simulation/users_files.h"

namespace simulation {

struct AuthCounts {
  std::uint64_t passwords = 0;  // requests with credentials
  std::uint64_t let_in = 0;
  std::uint64_t offered = 0;  // known early enough for their content
  std::uint64_t wrong = 0;
  std::uint64_t busy = 0;    // the queue was full
  std::uint64_t threw = 0;   // the check did not come to its end
  std::uint64_t left = 0;    // clients, before they were answered
  std::uint64_t hashes = 0;  // run to their end
  std::uint64_t known_to_gate = 0;
  std::uint64_t known_to_desk = 0;
  std::uint64_t joined_at_gate = 0;  // waited for another's hash
  std::uint64_t joined_at_desk = 0;
  std::uint64_t dropped = 0;  // without a hash: the client had left
  std::uint64_t slowed = 0;
  std::uint64_t changes = 0;            // of the users files
  std::uint64_t changes_meanwhile = 0;  // while a password was being checked
};

class SimulatedAuth {
 public:
  // `loop`: of the gate. `open`: what answers when nobody has to be asked, or all was right.
  SimulatedAuth(Kernel& kernel, Random& random, core::EventLoop& loop, server::Handler& open);

  [[nodiscard]] server::Handler& routes() { return routes_; }
  [[nodiscard]] const UsersFiles& files() const { return files_; }
  [[nodiscard]] const GuardHabits& habits() const { return habits_; }
  // What came of requests, by the answers.
  [[nodiscard]] const ProtectedRoutes::Counts& answers() const { return routes_.counts(); }

  // Between turns of the gate's loop.
  void step();
  void check() const;
  // Nobody waits, and nobody comes any more.
  void on_all_gone() { all_gone_ = true; }
  [[nodiscard]] bool idle() const;
  // Once all is idle.
  void check_end() const;
  [[nodiscard]] AuthCounts counts() const;

 private:
  [[nodiscard]] server::PasswordDesk::Options make_options() const;
  [[nodiscard]] SimulatedWorkers::Mood make_mood() const;
  [[nodiscard]] std::unique_ptr<core::EventLoop> make_desk_loop(Kernel& kernel);
  void change_files();
  void forget_successes();

  Random& random_;
  const GuardHabits habits_;
  const server::PasswordDesk::Options options_;
  const SimulatedWorkers::Mood mood_;
  const double change_rate_;  // of the users files, each step
  const Weather desk_weather_;
  SimulatedBackend* desk_backend_ = nullptr;  // the desk loop's
  const std::unique_ptr<core::EventLoop> desk_loop_;
  PasswordWatch watch_;
  SimulatedWorkers workers_;
  UsersFiles files_;
  server::PasswordDesk desk_;
  server::PasswordGate gate_;
  ProtectedRoutes routes_;
  bool forget_due_ = false;
  bool all_gone_ = false;
  std::size_t turns_alone_ = 0;  // of the desk, since then
  std::uint64_t changes_meanwhile_ = 0;
};

}  // namespace simulation
