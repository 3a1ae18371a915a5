// Connection: the pump between one socket and its session. Completions only record what happened;
// one level-triggered function, advance(), decides what to start next. It may be called at any
// time, any number of times; it runs in the check phase, so that all answers of a turn leave in one
// send.
//
// Closing is: shut down what can be, wait until no operation and no job is in flight, close, free.
// A socket has one user: while a sendfile slice is with a worker, the loop starts nothing on it.
//
// Loop thread only. Owned by its ConnectionSet, which frees it in the close phase.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "core/base/intrusive_list.h"
#include "core/io/event_loop.h"
#include "core/work/lane.h"
#include "server/http/http1_session.h"
#include "server/net/access_log.h"
#include "server/net/buffer_memory.h"
#include "server/net/connection_client.h"
#include "server/net/connection_input.h"
#include "server/net/connection_limit.h"
#include "server/net/connection_log.h"
#include "server/net/connection_origin.h"
#include "server/net/counters.h"
#include "server/net/route_meter.h"
#include "server/net/send_watch.h"
#include "server/net/sendfile_job.h"
#include "server/net/tls_transport.h"

namespace server {

class ConnectionSet;
class PausedTag;

// What all connections of a loop share; outlives them.
struct ConnectionContext {
  core::EventLoop& loop;
  HttpContext& http;
  core::Lane& files;
  core::Duration send_timeout;
  AccessLog* access_log;  // null: off
  Counters& counters;
  BufferMemory& memory;
  SendfileJob::Kernel kernel = SendfileJob::kSystem;
  const TlsTransport::Shared* tls = nullptr;  // null: nobody speaks TLS
  RouteMeter* meter = nullptr;                // null: nobody counts by route
};

class Connection final : public SessionOwner,
                         public core::ListHook<Connection>,
                         public core::ListHook<PausedTag> {
 public:
  // Per connection and turn; more waits for the next turn, so that nobody is served at the cost of
  // all.
  static constexpr std::size_t kExchangesPerTurn = 32;
  static constexpr std::uint64_t kOutputBytesMax = std::uint64_t{256} * 1024;
  // Input that the session does not take yet; beyond it nothing is received. A multishot receive
  // may still deliver what the kernel had in hand.
  static constexpr std::size_t kBacklogBytesMax = std::size_t{16} * 1024;
  // How long a peer that is still sending gets to read our last answer.
  static constexpr core::Duration kLingerFor = std::chrono::seconds(5);

  // `origin` is null when the listener believes nobody about the client, `tls` when it speaks in
  // the clear; `listener` is its index.
  Connection(ConnectionContext& context, ConnectionSet& set, int fd,
             const ConnectionLimit::Ticket& ticket, std::unique_ptr<ConnectionOrigin> origin,
             std::uint32_t listener, std::shared_ptr<const core::TlsServerContext> tls);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override;

  void start() { wake(); }
  // Finishes the exchange that has begun or lies here as bytes, then closes.
  void drain() {
    draining_ = true;
    wake();
  }
  // Closes as soon as nothing is in flight; answers are cut off.
  void abort();
  // The next step is the peer's. As long as it is, a deadline is set.
  [[nodiscard]] bool waits_for_peer() const {
    if (stage_ == Stage::kLingering) return true;
    if (job_is_out() || stage_ == Stage::kClosing) return false;
    return stage_ == Stage::kHandshaking || sending() || session_->wants_input();
  }
  [[nodiscard]] bool has_deadline() const { return deadline_timer_.deadline() != core::kNever; }

  // Waited for memory: may go on.
  void resume() { wake(); }
  [[nodiscard]] const ConnectionLimit::Ticket& ticket() const { return ticket_; }

 private:
  enum class Stage : std::uint8_t {
    kHandshaking,  // of TLS: there is no session yet
    kOpen,
    kLingering,  // all is said and the sending side shut: reads until the peer has closed
    kClosing     // cancels what is in flight, then closes
  };

  // SessionOwner.
  void on_session_ready() override { wake(); }
  [[nodiscard]] bool has_room() const override {
    return unsent_bytes() < kOutputBytesMax && !(sending() && context_.memory.exhausted());
  }
  void on_exchange_end(const Exchange& exchange, bool aborted) override;
  void on_limit(Limit limit) override { context_.counters.at(limit).add(); }

  // Completions.
  void on_received(core::Completion& completion);
  void on_sent(core::Completion& completion);
  void on_control(core::Completion& completion);
  void on_slice();
  void on_sent_bytes(std::uint64_t size) {
    output_.consume(size);
    send_watch_.reset();
  }
  void on_deadline();

  void wake() { context_.loop.check(advance_task_); }
  [[nodiscard]] std::unique_ptr<TlsTransport> make_tls(
      std::shared_ptr<const core::TlsServerContext> tls) {
    return std::make_unique<TlsTransport>(
        *context_.tls, std::move(tls), context_.loop.blocks(),
        context_.loop.turn_began() + context_.http.limits.header_timeout,
        TlsTransport::OnProgress::to<&Connection::wake>(*this));
  }
  void advance();
  void drain_session();
  void shake_hands();
  void start_session() {
    if (tls_ != nullptr) facts_.tls = &tls_->facts();
    session_ =
        std::make_unique<Http1Session>(context_.http, *this, context_.loop.turn_began(), facts_);
    stage_ = Stage::kOpen;
  }
  void feed();
  [[nodiscard]] bool feed_input();
  [[nodiscard]] bool feed_proxy_header();
  void flush();
  void start_slice();
  void start_receiving();
  [[nodiscard]] bool may_receive();
  void count_input_memory();
  void set_deadline();
  void on_send_deadline();
  [[nodiscard]] bool has_said_all();
  void end_open_stage();
  // The peer reads what was said, and has its say.
  void linger();
  void advance_closing();
  void start_control(core::OperationKind kind) {
    control_.kind = kind;
    context_.loop.start(control_);
  }
  void fail() { stage_ = Stage::kClosing; }
  // Without an answer: who does not keep to this protocol may not even speak HTTP.
  void refuse_proxy() {
    context_.counters.proxy_refused.add();
    fail();
  }
  [[nodiscard]] bool awaits_proxy_header() const {
    return origin_ != nullptr && origin_->awaits_header();
  }
  [[nodiscard]] bool slice_is_out() const { return slice_out_; }
  [[nodiscard]] bool job_is_out() const { return slice_out_ || (tls_ != nullptr && tls_->busy()); }
  // Where the session's answers go.
  [[nodiscard]] core::OutputQueue& answers() { return tls_ != nullptr ? tls_->plain() : output_; }
  [[nodiscard]] bool sending() const {
    return !output_.empty() || (tls_ != nullptr && !tls_->plain().empty());
  }
  // Sealed or not: a peer that reads nothing makes TLS answer key updates, too.
  [[nodiscard]] std::uint64_t unsent_bytes() const {
    return output_.size() + (tls_ != nullptr ? tls_->plain().size() : 0);
  }
  // Input that the session has not taken.
  [[nodiscard]] std::size_t backlog_bytes() const {
    return input_.backlog_bytes() + (tls_ != nullptr ? tls_->backlog_bytes() : 0);
  }

  ConnectionContext& context_;
  ConnectionSet& set_;
  const int fd_;
  ConnectionLimit::Ticket ticket_;
  const std::unique_ptr<ConnectionOrigin> origin_;  // null: the peer is the client
  const ConnectionLog log_;
  const ConnectionClient client_{fd_, origin_.get(), ticket_};
  core::Task advance_task_;
  core::Timer deadline_timer_;
  core::Operation receive_;
  core::Operation send_;
  core::Operation control_;  // one at a time: poll, unsent bytes, shutdown, close
  ConnectionInput input_;
  core::OutputQueue output_;                 // what the socket gets
  const std::unique_ptr<TlsTransport> tls_;  // null: in the clear
  std::unique_ptr<Session> session_;    // null during a handshake and once the socket is closed
  std::unique_ptr<SendfileJob> slice_;  // made for the first large file

  std::size_t counted_bytes_ = 0;  // of input, as the loop's memory knows it
  std::size_t exchanges_this_turn_ = 0;
  SendWatch send_watch_;
  ConnectionFacts facts_;
  Stage stage_;
  bool input_ended_ = false;
  bool input_end_told_ = false;
  bool proved_keepalive_ = false;
  bool draining_ = false;      // the session has not been told yet
  bool looked_again_ = false;  // while draining: a turn has passed in which input could come
  bool slice_out_ = false;
  bool socket_full_ = false;  // a slice met EAGAIN: poll before the next
};

}  // namespace server
