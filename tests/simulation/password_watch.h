// PasswordWatch: what must hold of the jobs that check passwords, and how often which hardship fell
// on them. One password of one hash is with one worker at a time; and what was right a while ago is
// not asked again. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/clock.h"
#include "server/auth/password_job.h"

namespace simulation {

class PasswordWatch {
 public:
  struct Counts {
    std::uint64_t submitted = 0;
    std::uint64_t hashes = 0;    // that came to their end, and home
    std::uint64_t failures = 0;  // of them: the password was wrong
    std::uint64_t threw = 0;
  };

  explicit PasswordWatch(std::size_t threads) : threads_(threads) {}

  // `now`: of the desk.
  void on_submitted(const server::PasswordJob& job, core::TimePoint now);
  void on_home(const server::PasswordJob& job, core::TimePoint now);
  // The desk is told to forget successes, and has done so by the end of its next turn.
  void on_forget();
  void on_turn_end();

  [[nodiscard]] std::size_t out() const { return out_.size(); }
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  const std::size_t threads_;
  std::vector<std::string> out_;  // the questions
  // What the desk has to know, no more than it does.
  std::unordered_map<std::string, core::TimePoint> known_until_;
  bool forgets_ = false;
  Counts counts_;
};

}  // namespace simulation
