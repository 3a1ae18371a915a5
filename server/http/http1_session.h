// Http1Session: HTTP/1.1 and 1.0 (RFC 9112) for one connection: bytes in, answers out, in the order
// of the requests. One exchange is active at a time; pipelined requests wait as bytes with the
// pump. A request is handed to the dispatcher when all of it has arrived; its content goes to the
// sink that the handler sets before, or is counted and discarded. Loop thread only.
//
// Whatever makes framing doubtful is answered with its status and "Connection: close", and nothing
// behind it is looked at.
#pragma once

#include <chrono>
#include <memory>

#include "server/http/date_text.h"
#include "server/http/http1_message.h"
#include "server/http/request_rules.h"
#include "server/http/session.h"

namespace server {

struct HttpLimits {
  core::Duration header_timeout{};
  core::Duration body_timeout{};
  core::Duration keepalive_timeout{};
  std::size_t header_bytes_max = 0;
  std::size_t header_fields_max = 0;
  std::uint64_t body_bytes_max = 0;
  // A body that comes more slowly than this is given up; 0: no minimum. The first body_timeout is
  // free, and later nobody has more than that ahead.
  std::uint64_t body_bytes_per_second = 0;

  // RFC 9112 3 wants at least 8000 for the whole line.
  static constexpr std::size_t kTargetBytesMax = 8192;
};

// What all sessions of a loop share.
struct HttpContext {
  HttpLimits limits;
  Handler& dispatcher;
  Http1MessagePool messages;
  DateText date;
  bool stage_times = false;                      // the access log wants them
  core::IntrusiveList<Exchange> in_flight = {};  // in the order of their heads
};

// The limits that a client can reach.
enum class Limit : std::uint8_t {
  kHeaderTimeout,     // 408
  kBodyTimeout,       // 408; the body's rate too
  kKeepaliveTimeout,  // closed
  kTargetSize,        // 414
  kHeaderSize,        // 431; the number of fields too
  kBodySize           // 413
};
inline constexpr std::size_t kLimitCount = 6;

// The connection, as its session sees it.
class SessionOwner {
 public:
  SessionOwner() = default;
  SessionOwner(const SessionOwner&) = delete;
  SessionOwner& operator=(const SessionOwner&) = delete;
  virtual ~SessionOwner() = default;
  // produce() has something to say.
  virtual void on_session_ready() = 0;
  // For more of an answer whose content comes over time. If not, produce() is called when it has.
  [[nodiscard]] virtual bool has_room() const { return true; }
  // For the log and the counters. `aborted`: the connection ended before the answer did.
  virtual void on_exchange_end(const Exchange& exchange, bool aborted) = 0;
  // For the counters.
  virtual void on_limit(Limit limit) = 0;
};

class Http1Session final : public Session, private ProgressListener {
 public:
  // `connection` outlives it.
  Http1Session(HttpContext& context, SessionOwner& owner, core::TimePoint now,
               const ConnectionFacts& connection = kPlainConnection);
  Http1Session(const Http1Session&) = delete;
  Http1Session& operator=(const Http1Session&) = delete;
  ~Http1Session() override;

  [[nodiscard]] std::size_t receive(std::span<const std::byte> bytes, core::TimePoint now) override;
  void on_input_end() override;
  void produce(core::OutputQueue& output, core::TimePoint now) override;
  [[nodiscard]] bool wants_input() const override;
  [[nodiscard]] bool listens() const override {
    return state_ == State::kStreaming || wants_input();
  }
  [[nodiscard]] bool finished() const override { return state_ == State::kFinished; }
  [[nodiscard]] bool must_linger() const override { return must_linger_ && !input_ended_; }
  [[nodiscard]] std::size_t buffered_bytes() const override {
    return state_ == State::kHead ? message_->head.size() : 0;
  }
  [[nodiscard]] bool quiescent() const override { return state_ == State::kIdle; }
  void drain() override;
  [[nodiscard]] core::TimePoint deadline() const override;
  void on_deadline() override;

 private:
  enum class State : std::uint8_t {
    kIdle,        // no byte of the next request
    kHead,        // part of its head
    kBody,        // part of its body
    kResponding,  // with the handler, or being sent
    kStreaming,   // its content comes over time, and has not ended
    kFinished
  };

  void on_progress() override { owner_.on_session_ready(); }
  [[nodiscard]] Exchange& exchange() { return message_->exchange; }
  [[nodiscard]] const Exchange& exchange() const { return message_->exchange; }

  [[nodiscard]] std::size_t receive_first(std::string_view bytes, core::TimePoint now);
  [[nodiscard]] std::size_t receive_head(std::string_view bytes, core::TimePoint now);
  [[nodiscard]] HeadState gather_head(std::string_view bytes, std::size_t& consumed);
  void on_head(core::TimePoint now);
  [[nodiscard]] int read_head();
  void start_body(Expectation expectation, core::TimePoint now);
  void dispatch();
  void start_handler();
  [[nodiscard]] std::size_t receive_body(std::span<const std::byte> bytes, core::TimePoint now);
  [[nodiscard]] bool body_waits() const;
  void look_at_room(core::TimePoint now);
  void stop_reading();
  void refuse(int status);
  void count_limit(int status);
  void become_idle(core::TimePoint now);

  [[nodiscard]] BodySource* render(core::OutputQueue& output);
  void stream(core::OutputQueue& output, core::TimePoint now);
  void end_exchange(core::TimePoint now);
  void abort_exchange();
  void give_up();

  HttpContext& context_;
  SessionOwner& owner_;
  const ConnectionFacts& connection_;
  std::unique_ptr<Http1Message>
      message_;  // from the first byte of a request to the end of its answer
  core::TimePoint deadline_;
  State state_ = State::kIdle;
  bool empty_line_begun_ = false;  // while idle: a CR
  bool continue_due_ = false;      // "100 Continue" goes out before anything else
  bool body_paused_ = false;       // the sink had no room, so the peer's clock stands still
  bool rendered_ = false;          // the answer stands in the output queue
  bool close_after_ = false;       // the active exchange is the last
  bool must_linger_ = false;
  bool input_ended_ = false;
};

}  // namespace server
