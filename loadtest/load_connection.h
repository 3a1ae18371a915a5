// LoadConnection: one client connection of a loop, made again and again as servers end it. It asks
// its loop for requests while it has room for them, sends them, reads the answers and tells the
// loop how each ended. Loop thread only; owned by the LoadLoop, which outlives it. What goes wrong
// is reported as a Mishap and the connection begins anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/io/event_loop.h"
#include "core/io/operation.h"
#include "core/io/output_queue.h"
#include "loadtest/plan.h"
#include "loadtest/response_parser.h"
#include "loadtest/tls_stream.h"

namespace loadtest {

class LoadLoop;

struct Request {
  core::TimePoint began;   // latency counts from here
  std::size_t number = 0;  // in Plan::requests
};

class LoadConnection : public core::ListHook<LoadConnection> {
 public:
  LoadConnection(const Plan& plan, core::EventLoop& loop, LoadLoop& owner);

  // Opens it; with a connection for each request, that is when there is one.
  void open();
  // Takes requests from the loop as long as there is room.
  void fill(core::TimePoint now);
  // Reports what has no answer as timed out.
  void abandon(core::TimePoint now);
  // For good: LoadLoop::on_ended() once the kernel is done with it.
  void end();

 private:
  enum class State : std::uint8_t { kClosed, kConnecting, kHandshake, kOpen, kClosing, kEnded };

  void connect();
  [[nodiscard]] bool bind_to_source();
  void connect_failed(Mishap mishap, const std::string& text);
  void begin_requests(core::TimePoint now);
  void write(const Request& request);
  void flush();
  void send_piece();
  void put(std::string_view bytes);
  void start_receive();
  void read(std::string_view bytes, core::TimePoint now);
  void advance_tls(std::span<const std::byte> records, core::TimePoint now);
  void read_records(core::TimePoint now);
  void tls_failed(core::TimePoint now);
  void on_answer(core::TimePoint now);
  void lost(int result);
  void fail_all(Mishap mishap, const std::string& text, core::TimePoint now);
  void give_back_all();
  void start_close();
  void advance_close();
  void keep_time(core::TimePoint now);

  void on_connected(core::Completion& completion);
  void on_received(core::Completion& completion);
  void on_sent(core::Completion& completion);
  void on_closed(core::Completion& completion);
  void on_timeout();
  void on_pace();
  void on_retry();

  void push(const Request& request);
  Request pop();

  // Constant after construction.
  const Plan& plan_;
  core::EventLoop& loop_;
  LoadLoop& owner_;
  const bool per_request_;
  const bool slow_reading_;
  const std::size_t depth_;

  State state_ = State::kClosed;
  bool ending_ = false;
  bool connect_failed_ = false;
  int fd_ = -1;
  std::vector<Request> outstanding_;  // a ring: the oldest is at first_
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::string_view unsent_;  // of a request that is sent slowly
  ResponseParser parser_;
  core::OutputQueue output_;
  std::unique_ptr<TlsStream> tls_;  // null: plain

  core::Operation connect_;
  core::Operation receive_;
  core::Operation send_;
  core::Operation close_;
  core::Timer timeout_;
  core::Timer pace_;
  core::Timer retry_;
};

}  // namespace loadtest
