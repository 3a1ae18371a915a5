// Http1Session: HTTP/1.1 and 1.0 (RFC 9112) for one connection: bytes in, answers out, in the order
// of the requests. One exchange is active at a time; pipelined requests wait as bytes with the
// pump. A request is handed to the dispatcher when all of it has arrived. Loop thread only.
//
// Whatever makes framing doubtful is answered with its status and "Connection: close", and nothing
// behind it is looked at.
#pragma once

#include <chrono>
#include <memory>

#include "server/http/date_text.h"
#include "server/http/http1_message.h"
#include "server/http/session.h"

namespace server {

struct HttpLimits {
  core::Duration header_timeout{};
  core::Duration body_timeout{};
  core::Duration keepalive_timeout{};
  std::size_t header_bytes_max = 0;
  std::size_t header_fields_max = 0;
  std::uint64_t body_bytes_max = 0;
};

// What all sessions of a loop share.
struct HttpContext {
  HttpLimits limits;
  Handler& dispatcher;
  Http1MessagePool messages;
  DateText date;
};

// The connection, as its session sees it.
class SessionOwner {
 public:
  SessionOwner() = default;
  SessionOwner(const SessionOwner&) = delete;
  SessionOwner& operator=(const SessionOwner&) = delete;
  virtual ~SessionOwner() = default;
  // produce() has something to say.
  virtual void on_session_ready() = 0;
  // For the log and the counters. `aborted`: the connection ended before the answer did.
  virtual void on_exchange_end(const Exchange& exchange, bool aborted) = 0;
};

class Http1Session final : public Session, private ResponseListener {
 public:
  Http1Session(HttpContext& context, SessionOwner& owner, core::TimePoint now);
  Http1Session(const Http1Session&) = delete;
  Http1Session& operator=(const Http1Session&) = delete;
  ~Http1Session() override;

  [[nodiscard]] std::size_t receive(std::span<const std::byte> bytes, core::TimePoint now) override;
  void on_input_end() override;
  void produce(core::OutputQueue& output, core::TimePoint now) override;
  [[nodiscard]] bool wants_input() const override;
  [[nodiscard]] bool finished() const override { return state_ == State::kFinished; }
  [[nodiscard]] bool must_linger() const override { return must_linger_; }
  [[nodiscard]] bool quiescent() const override { return state_ == State::kIdle; }
  void drain() override;
  [[nodiscard]] core::TimePoint deadline() const override { return deadline_; }
  void on_deadline() override;

 private:
  enum class State : std::uint8_t {
    kIdle,        // no byte of the next request
    kHead,        // part of its head
    kBody,        // part of its body, which is counted and discarded
    kResponding,  // with the handler, or being sent
    kFinished
  };

  void on_response() override { owner_.on_session_ready(); }
  [[nodiscard]] Exchange& exchange() { return message_->exchange; }

  [[nodiscard]] std::size_t receive_head(std::string_view bytes, core::TimePoint now);
  void on_head(core::TimePoint now);
  [[nodiscard]] int read_head();
  [[nodiscard]] std::size_t receive_body(std::span<const std::byte> bytes, core::TimePoint now);
  void dispatch();
  void refuse(int status);

  void render(core::OutputQueue& output);
  void render_head(core::OutputQueue& output, bool keep_alive);
  void render_body(core::OutputQueue& output);
  void end_exchange(core::TimePoint now);

  HttpContext& context_;
  SessionOwner& owner_;
  std::unique_ptr<Http1Message>
      message_;  // from the first byte of a request to the end of its answer
  core::TimePoint deadline_;
  State state_ = State::kIdle;
  bool rendered_ = false;     // the answer stands in the output queue
  bool close_after_ = false;  // the active exchange is the last
  bool must_linger_ = false;
};

}  // namespace server
