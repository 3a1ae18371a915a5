// Wire: an Http1Session between two strings. It does what the pump does (server/net/connection.cc):
// gives the session its input in pieces, keeps what is not taken, and drains the output queue as a
// socket that always has room would. The dispatcher records what reaches it and answers at once or
// when told. One thread; the clock is the test's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/output_queue.h"
#include "server/http/http1_session.h"
#include "tests/server/http/small_limits.h"

namespace http_test {

// What a handler would have seen of one request.
struct SeenRequest {
  std::string method;
  std::string target;
  std::string path;
  std::string host;
  std::size_t fields = 0;
};

// 200 with "METHOD target" as text: a test sees which request an answer belongs to.
void echo(server::Exchange& exchange);

class RecordingDispatcher final : public server::Handler {
 public:
  std::vector<SeenRequest> seen;
  std::function<void(server::Exchange&)> respond = echo;
  std::function<void(server::Exchange&)> open = [](server::Exchange&) {};  // the body
  bool deferred = false;                // answers wait for answer_waiting()
  server::Exchange* waiting = nullptr;  // HTTP/1.1 has at most one

  std::function<void(server::Exchange&)> decide = [](server::Exchange&) {};  // at the head

  void admit(server::Exchange& exchange) override { decide(exchange); }
  void open_body(server::Exchange& exchange) override { open(exchange); }
  void start(server::Exchange& exchange) override;
  void answer_waiting();
};

struct EndedExchange {
  std::string target;
  int status = 0;
  bool aborted = false;
};

class Wire : public server::SessionOwner {
 public:
  // How many bytes the next receive() is given, of those that are there.
  using NextCut = std::function<std::size_t(std::size_t available)>;

  explicit Wire(server::HttpLimits limits = small_limits());
  ~Wire() override;

  RecordingDispatcher dispatcher;
  std::vector<EndedExchange> ended;
  std::vector<server::Limit> met;  // limits
  NextCut next_cut = [](std::size_t available) { return available; };
  bool socket_is_full = false;         // output stays in the queue
  std::uint64_t room_bytes = 100'000;  // of the queue, for content that comes over time
  core::TimePoint now{};

  // Bytes of the client, then as many steps of the pump as there is something to do.
  void send(std::string_view bytes);
  // The client's FIN.
  void end_input();
  void pump();
  // Time passes; the session hears of its deadline if that has come.
  void wait_for(core::Duration time);

  // Everything that was sent so far.
  [[nodiscard]] const std::string& output() const { return sent_; }
  [[nodiscard]] server::Http1Session& session() { return *session_; }
  // As when the connection is lost.
  void destroy_session() { session_.reset(); }
  [[nodiscard]] std::size_t ready_calls() const { return ready_calls_; }
  // The client's bytes that the session has not taken.
  [[nodiscard]] std::size_t input_left() const { return input_.size(); }

 private:
  void on_session_ready() override { ++ready_calls_; }
  [[nodiscard]] bool has_room() const override { return queue_.size() < room_bytes; }
  void on_exchange_end(const server::Exchange& exchange, bool aborted) override;
  void on_limit(server::Limit limit) override { met.push_back(limit); }
  void produce();

  server::HttpContext context_;
  core::BlockPool blocks_;
  core::OutputQueue queue_;
  std::unique_ptr<server::Http1Session> session_;
  std::string input_;
  std::string sent_;
  std::size_t ready_calls_ = 0;
};

// The dispatcher's targets in a row: "/a /b".
[[nodiscard]] std::string targets_of(const std::vector<SeenRequest>& seen);

}  // namespace http_test
