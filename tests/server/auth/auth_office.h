// AuthOffice: a password desk with its gates, without threads: every loop is turned by the test, on
// a clock that only the test moves, and a hash runs when the test says so. So who comes, leaves and
// waits in which order is exact. Hashes are real ones, of the cheapest cost.
#pragma once

#include <cstddef>
#include <deque>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/io/event_loop.h"
#include "core/work/workers.h"
#include "server/auth/password_desk.h"
#include "server/auth/password_gate.h"

namespace auth_test {

// Holds every job until it is told to run one.
class ScriptedWorkers final : public core::Workers {
 public:
  ScriptedWorkers() : Workers(core::JobQueue::kJobsMax) {}
  using Workers::submit;
  using Workers::try_submit;
  [[nodiscard]] bool try_submit(core::Job& job, core::Inbox& home, core::JobQueue& queue) override {
    submit(job, home, queue);
    return true;
  }
  void submit(core::Job& job, core::Inbox& home, core::JobQueue&) override {
    job.set_home(home);
    jobs_.push_back(&job);
  }
  void wake(std::size_t jobs) override { woken_ += jobs; }

  [[nodiscard]] std::size_t held() const { return jobs_.size(); }
  // A pool would not have run what it was not woken for.
  [[nodiscard]] bool try_run_oldest();
  // The next one throws.
  bool fails_next = false;

 private:
  std::deque<core::Job*> jobs_;
  std::size_t woken_ = 0;
};

// The line of an htpasswd file; a password has the same hash throughout a test run.
[[nodiscard]] std::string user_line(const std::string& user, const std::string& password);
// Another line for the same password: another salt.
[[nodiscard]] std::string other_line(const std::string& user, const std::string& password);
[[nodiscard]] std::shared_ptr<const server::UserTable> users(
    std::initializer_list<std::string> lines);
[[nodiscard]] server::Credentials credentials(std::string_view user, std::string_view password);
// A client's network, by a number.
[[nodiscard]] core::IpAddress client(unsigned number);

// Somebody who waits for an answer. Destroying it is what an exchange does that leaves.
class Asker final : public server::PasswordGate::Waiter {
 public:
  void on_answer(const server::PasswordAnswer& answer) override { answer_ = answer; }
  // "right", "wrong", "busy 17", "failed", "" while it waits.
  [[nodiscard]] std::string answer() const;

 private:
  std::optional<server::PasswordAnswer> answer_;
};

class AuthOffice {
 public:
  struct Options {
    server::PasswordDesk::Options desk{};
    std::size_t gates = 1;
    // Of the files; there are two, the second has nobody.
    std::shared_ptr<const server::UserTable> users = auth_test::users({});
  };
  AuthOffice() : AuthOffice(Options{}) {}
  explicit AuthOffice(const Options& options);
  // Nobody asks any more: everything comes home.
  ~AuthOffice();

  // Turns the loops until nothing moves by itself.
  void settle();
  // Runs the hash that was begun first, and settles.
  void run_hash();
  // Until there is none; returns how many there were.
  std::size_t run_hashes();
  // Time goes on, and what is due happens.
  void skip(core::Duration time);
  // As the watch does it: every gate, then the desk; nothing is settled.
  void change_users(const std::shared_ptr<const server::UserTable>& users);

  // Asks gate `gate` about the first file, unless it knows; nothing is settled.
  [[nodiscard]] std::unique_ptr<Asker> ask(std::string_view user, std::string_view password,
                                           unsigned from_client = 1, std::size_t gate = 0,
                                           std::size_t file = 0);
  [[nodiscard]] bool knows(std::string_view user, std::string_view password, std::size_t gate = 0,
                           std::size_t file = 0);

  [[nodiscard]] server::PasswordDesk& desk() { return *desk_; }
  [[nodiscard]] const server::DeskCounters& counted() const { return desk_->counters(); }
  [[nodiscard]] server::PasswordGate& gate(std::size_t index = 0) { return *gates_[index]; }
  [[nodiscard]] core::EventLoop& loop(std::size_t gate = 0) { return *loops_[gate + 1]; }
  [[nodiscard]] core::EventLoop& desk_loop() { return *loops_[0]; }
  [[nodiscard]] ScriptedWorkers& workers() { return workers_; }

 private:
  void add_loop();

  core::TimePoint now_{std::chrono::hours(1000)};
  ScriptedWorkers workers_;
  std::vector<std::unique_ptr<core::EventLoop>> loops_;  // the desk's, then each gate's
  std::unique_ptr<server::PasswordDesk> desk_;
  std::vector<std::unique_ptr<server::PasswordGate>> gates_;
};

}  // namespace auth_test
