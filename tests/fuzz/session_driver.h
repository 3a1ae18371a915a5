// SessionDriver: an Http1Session between two strings, with everything that can happen to a
// connection: pieces of any size, a socket that has no room, the end of input, time, loss. It does
// what the pump does (server/net/connection.cc), and checks what the pump relies on. One thread;
// the clock is the driver's.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/output_queue.h"
#include "server/http/http1_session.h"

namespace fuzz {

// Those that requests of a few hundred bytes reach, and a rate that bodies must keep.
[[nodiscard]] server::HttpLimits small_limits();

struct EndedExchange {
  bool to_head = false;
  std::string target;
  int status = 0;
  bool aborted = false;
};

class SessionDriver final : public server::SessionOwner {
 public:
  SessionDriver(const server::HttpLimits& limits, server::Handler& handler);
  ~SessionDriver() override { lose(); }

  // How many bytes the next receive() is given, of those that are there.
  std::function<std::size_t(std::size_t available)> next_cut = [](std::size_t size) {
    return size;
  };
  // After each receive(), with the bytes taken since the beginning.
  std::function<void(std::size_t taken)> on_taken = [](std::size_t) {};
  // When nothing moves any more: whether something does now.
  std::function<bool()> on_stuck = [] { return false; };
  bool socket_is_full = false;  // output stays in the queue

  void send(std::string_view bytes);
  void pump();
  // The client sends no more. The session hears of it once it has taken everything, as in the pump.
  void end_input();
  void pass(core::Duration time);
  // As long as it takes until the session hears of its deadline.
  void pass_until_deadline();
  void drain();
  // The connection breaks: what has not been sent never is.
  void lose();

  [[nodiscard]] bool lost() const { return session_ == nullptr; }
  [[nodiscard]] const server::Http1Session& session() const { return *session_; }
  [[nodiscard]] const std::string& output() const { return sent_; }
  [[nodiscard]] const std::vector<EndedExchange>& ended() const { return ended_; }
  [[nodiscard]] bool input_left() const { return !input_.empty(); }
  [[nodiscard]] bool input_end_told() const { return input_end_told_; }
  // What the session did that the pump could not live with; empty: nothing.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  void on_session_ready() override {}
  void on_exchange_end(const server::Exchange& exchange, bool aborted) override;
  void on_limit(server::Limit) override {}
  void feed();
  void give_piece();
  void produce();

  server::HttpContext context_;
  core::BlockPool blocks_;
  core::OutputQueue queue_;
  core::TimePoint now_{};
  std::unique_ptr<server::Http1Session> session_;
  std::string input_;
  bool input_ended_ = false;
  bool input_end_told_ = false;
  std::size_t taken_ = 0;
  std::string sent_;
  std::vector<EndedExchange> ended_;
  std::string problem_;
};

}  // namespace fuzz
