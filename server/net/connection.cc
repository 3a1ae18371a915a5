#include "server/net/connection.h"

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

#include "core/base/invariant.h"
#include "server/net/connection_set.h"

namespace server {

using core::OperationKind;
using OnCompletion = core::Operation::OnCompletion;

Connection::Connection(ConnectionContext& context, ConnectionSet& set, int fd,
                       const ConnectionLimit::Ticket& ticket,
                       std::unique_ptr<ConnectionOrigin> origin, std::uint32_t listener,
                       std::shared_ptr<const core::TlsServerContext> tls)
    : context_(context),
      set_(set),
      fd_(fd),
      ticket_(ticket),
      origin_(std::move(origin)),
      log_(context.access_log, fd, origin_.get()),
      advance_task_(core::Callback<void()>::to<&Connection::advance>(*this)),
      deadline_timer_(core::Callback<void()>::to<&Connection::on_deadline>(*this)),
      receive_(OperationKind::kReceive, OnCompletion::to<&Connection::on_received>(*this)),
      send_(OperationKind::kSend, OnCompletion::to<&Connection::on_sent>(*this)),
      control_(OperationKind::kClose, OnCompletion::to<&Connection::on_control>(*this)),
      output_(context.loop.blocks()),
      tls_(tls == nullptr ? nullptr : make_tls(std::move(tls))),
      facts_{listener, nullptr, &client_},
      stage_(Stage::kHandshaking) {
  if (tls_ == nullptr) start_session();
  receive_.fd = send_.fd = control_.fd = fd_;
  send_.output = &output_;
}

Connection::~Connection() {
  INVARIANT(stage_ == Stage::kClosing && !slice_out_ && session_ == nullptr);
  context_.memory.change_input(counted_bytes_, 0);
}

void Connection::abort() {
  if (slice_ != nullptr) slice_->abandon();
  if (tls_ != nullptr) tls_->leave();
  fail();
  wake();
}

// --- Completions: record, then wake.

void Connection::on_received(core::Completion& completion) {
  wake();
  if (completion.result > 0) {
    input_.add(std::move(completion.buffer));
  } else if (completion.result == 0) {
    input_ended_ = true;
  } else if (completion.result != -ECANCELED) {
    fail();  // reset by the peer, or timed out
  }
}

void Connection::on_sent(core::Completion& completion) {
  wake();
  if (completion.result > 0) {
    on_sent_bytes(static_cast<std::uint64_t>(completion.result));
  } else if (completion.result != -ECANCELED) {
    fail();
  }
}

void Connection::on_control(core::Completion& completion) {
  switch (control_.kind) {
    case OperationKind::kClose:
      deadline_timer_.unlink();
      advance_task_.unlink();
      set_.on_closed(*this);
      return;
    case OperationKind::kPollWritable:
      if (completion.result != -ECANCELED) socket_full_ = false;
      break;
    case OperationKind::kUnsentBytes:
      if (!send_watch_.answer(completion.result)) break;
      context_.counters.send_stalls.add();
      context_.counters.deadlines_passed.add();
      fail();
      break;
    default:
      break;
  }
  wake();
}

void Connection::on_slice() {
  slice_out_ = false;
  if (slice_->sent_bytes() > 0) on_sent_bytes(slice_->sent_bytes());
  switch (slice_->outcome()) {
    case SendfileJob::Outcome::kProgress:
      break;
    case SendfileJob::Outcome::kWouldBlock:
      socket_full_ = true;
      break;
    case SendfileJob::Outcome::kTruncated:  // the announced length cannot be kept
    case SendfileJob::Outcome::kFailed:
      fail();
      break;
  }
  wake();
}

void Connection::on_deadline() {
  wake();
  if (stage_ == Stage::kLingering) {
    fail();
  } else if (stage_ == Stage::kHandshaking) {
    context_.counters.deadlines_passed.add();
    fail();
  } else if (stage_ == Stage::kOpen && sending()) {
    on_send_deadline();
  } else if (stage_ == Stage::kOpen) {
    context_.counters.deadlines_passed.add();
    if (awaits_proxy_header()) return refuse_proxy();
    session_->on_deadline();
  }
}

void Connection::on_send_deadline() {
  send_watch_.expire();
  // A job that is out may be waiting for the disk: not the peer's fault.
  if (job_is_out()) return;
  send_watch_.ask();
  if (control_.in_flight()) context_.loop.cancel(control_);  // a poll, which gives way
}

void Connection::on_exchange_end(const Exchange& exchange, bool aborted) {
  ++exchanges_this_turn_;
  context_.counters.add_exchange(aborted);
  proved_keepalive_ = true;
  if (context_.meter != nullptr) context_.meter->note(exchange, aborted);
  log_.record(exchange, aborted);
}

// --- The pump.

void Connection::advance() {
  exchanges_this_turn_ = 0;
  if (tls_ != nullptr && stage_ == Stage::kOpen) tls_->begin_turn();
  if (stage_ == Stage::kHandshaking) shake_hands();
  if (stage_ == Stage::kOpen) {
    if (draining_) drain_session();
    feed();
  }
  if (stage_ == Stage::kOpen || stage_ == Stage::kHandshaking) {
    flush();
    count_input_memory();
    start_receiving();
    if (has_said_all()) end_open_stage();
    set_deadline();
  }
  if (stage_ == Stage::kLingering) {
    input_.clear();
    if (input_ended_) fail();
    start_receiving();
  }
  if (stage_ == Stage::kClosing) advance_closing();
}

void Connection::shake_hands() {
  while (awaits_proxy_header() && feed_proxy_header()) {
  }
  if (stage_ == Stage::kHandshaking && !awaits_proxy_header() && !tls_->failed()) {
    switch (tls_->shake_hands(input_, output_)) {
      case TlsTransport::Handshake::kDone:
        context_.counters.tls_handshakes.add();
        set_.on_handshake_end(ticket_);
        return start_session();
      case TlsTransport::Handshake::kRefused:
        context_.counters.tls_refused.add();
        return fail();
      case TlsTransport::Handshake::kFailed:
        set_.on_handshake_end(ticket_);
        break;
      case TlsTransport::Handshake::kWantsInput:
      case TlsTransport::Handshake::kBusy:
        break;
    }
  }
  input_.stash();
  if (!input_ended_ || tls_->busy() || tls_->failed()) return;
  awaits_proxy_header() ? refuse_proxy() : fail();
}

// Nothing more will be produced, and everything is sent.
bool Connection::has_said_all() {
  if (stage_ == Stage::kClosing || send_.in_flight() || control_.in_flight()) return false;
  if (tls_ != nullptr && tls_->failed()) return output_.empty();
  if (session_ == nullptr || !session_->finished() || sending()) return false;
  if (tls_ == nullptr || !tls_->close(output_)) return true;
  flush();
  return false;
}

// What its client had sent by now is served. So a session that has begun nothing is told when it
// has seen what is here already, and when another turn has brought nothing from the kernel.
void Connection::drain_session() {
  while (session_->quiescent() && feed_input()) {
  }
  if (session_->quiescent() && !input_ended_ && !looked_again_) {
    looked_again_ = true;
    wake();
    return;
  }
  draining_ = false;
  session_->drain();
}

// Gives the session its input and takes its output, until it waits for one or the other, or has had
// its share of this turn.
void Connection::feed() {
  const core::TimePoint now = context_.loop.turn_began();
  for (;;) {
    if (tls_ != nullptr && tls_->failed()) break;
    session_->produce(answers(), now);
    if (unsent_bytes() >= kOutputBytesMax || !session_->wants_input()) break;
    if (sending() && context_.memory.exhausted()) {
      context_.counters.memory_pauses.add();  // goes on when what is queued has been sent
      break;
    }
    if (exchanges_this_turn_ >= kExchangesPerTurn) {
      wake();
      break;
    }
    if (!feed_input()) break;
  }
  input_.stash();
  if (tls_ != nullptr) {
    tls_->stash();
    if (tls_->ended()) input_ended_ = true;
    if (tls_->had_its_share()) {
      context_.counters.tls_pauses.add();
      wake();
    }
  }
  if (input_ended_ && !input_end_told_ && backlog_bytes() == 0) {
    input_end_told_ = true;
    if (origin_ != nullptr && origin_->cut_off()) refuse_proxy();
    session_->on_input_end();
  }
}

// One piece of input; false when there is none.
bool Connection::feed_input() {
  if (awaits_proxy_header()) return feed_proxy_header();
  const auto bytes = tls_ != nullptr ? tls_->next(input_, output_) : input_.next();
  if (bytes.empty() || stage_ != Stage::kOpen) return false;
  const std::size_t taken = session_->receive(bytes, context_.loop.turn_began());
  tls_ != nullptr ? tls_->take(taken) : input_.take(taken);
  return stage_ == Stage::kOpen;
}

bool Connection::feed_proxy_header() {
  const std::span<const std::byte> bytes = input_.next();
  if (bytes.empty()) return false;
  const auto taken = origin_->receive(bytes);
  input_.take(taken.value_or(bytes.size()));
  if (!taken) {
    refuse_proxy();
  } else if (!origin_->awaits_header() &&
             !set_.try_enter_client(fd_, *origin_, ticket_, tls_ != nullptr)) {
    fail();
  }
  return stage_ != Stage::kClosing;
}

void Connection::flush() {
  // An answer that has begun and cannot go on; those before it are sealed, and sent first.
  const bool cut_off = tls_ != nullptr && stage_ == Stage::kOpen && !tls_->seal(output_);
  if (cut_off && output_.empty() && !control_.in_flight()) return linger();
  // What was stalled may have left in the same turn.
  if (!control_.in_flight() && send_watch_.take_question() && sending()) {
    start_control(OperationKind::kUnsentBytes);
  }
  if (output_.empty() || send_.in_flight() || control_.in_flight() || slice_is_out()) return;
  if (output_.front_file() != nullptr) {
    start_slice();
    return;
  }
  send_.more_follows = output_.holds_file();
  context_.loop.start(send_);
}

void Connection::start_slice() {
  if (socket_full_) {
    start_control(OperationKind::kPollWritable);
    return;
  }
  if (receive_.in_flight()) {  // one user: reaped first, then this is called again
    context_.loop.cancel(receive_);
    return;
  }
  const core::Segment* segment = output_.front_file();
  if (slice_ == nullptr) {
    slice_ = std::make_unique<SendfileJob>(
        context_.kernel, SendfileJob::OnFinished::to<&Connection::on_slice>(*this));
  }
  slice_->prepare(fd_, segment->file, segment->file_offset, segment->size);
  slice_out_ = true;
  // Bounded by the number of connections, and an answer that has begun cannot be refused any more.
  context_.files.submit(*slice_, segment->file->queue.get());
}

void Connection::start_receiving() {
  if (slice_is_out() || output_.front_file() != nullptr) return;
  if (receive_.in_flight()) {
    if (receive_.multishot && backlog_bytes() > kBacklogBytesMax && !receive_.cancelling()) {
      context_.counters.pipeline_pauses.add();
      context_.loop.cancel(receive_);
    }
    return;
  }
  if (input_ended_ || !may_receive()) return;
  // A multishot receive pins the socket while it closes: worth it only when requests keep coming.
  receive_.multishot = proved_keepalive_ && stage_ == Stage::kOpen;
  context_.loop.start(receive_);
}

// What has been received is taken first, and a connection that holds memory gets no more of it
// while there is none.
bool Connection::may_receive() {
  if (stage_ == Stage::kLingering || awaits_proxy_header()) return true;
  if (stage_ == Stage::kHandshaking) return !tls_->busy() && !tls_->failed();
  if (!session_->listens() || backlog_bytes() > 0) return false;
  if (counted_bytes_ == 0 || !context_.memory.exhausted()) return true;
  set_.pause(*this);
  return false;
}

void Connection::count_input_memory() {
  const std::size_t bytes =
      backlog_bytes() + (session_ != nullptr ? session_->buffered_bytes() : 0);
  if (bytes == counted_bytes_) return;
  context_.memory.change_input(counted_bytes_, bytes);
  counted_bytes_ = bytes;
}

void Connection::set_deadline() {
  if (sending()) {
    send_watch_.watch(context_.loop.turn_began(), context_.send_timeout);
  } else {
    send_watch_.reset();
  }
  if (stage_ == Stage::kHandshaking) {
    context_.loop.timers().set(deadline_timer_, tls_->deadline());
  } else if (stage_ == Stage::kOpen) {
    context_.loop.timers().set(deadline_timer_, sending()               ? send_watch_.deadline()
                                                : awaits_proxy_header() ? origin_->deadline()
                                                                        : session_->deadline());
  }
}

// --- The end.

void Connection::end_open_stage() {
  const bool alerted = tls_ != nullptr && tls_->failed();
  if (alerted) context_.counters.tls_failed.add();
  // RFC 9112 9.6: closing over unread bytes would reset the connection under the answer.
  const bool must_linger = alerted || session_->must_linger() || backlog_bytes() > 0;
  must_linger ? linger() : fail();
}

void Connection::linger() {
  if (input_ended_) return fail();
  stage_ = Stage::kLingering;
  context_.loop.timers().set(deadline_timer_, context_.loop.turn_began() + kLingerFor);
  start_control(OperationKind::kShutdown);
}

void Connection::advance_closing() {
  context_.loop.timers().clear(deadline_timer_);
  input_.clear();
  if (slice_is_out()) return;  // on_slice() wakes us; until then the socket is the worker's
  for (core::Operation* operation : {&receive_, &send_, &control_}) {
    if (operation->in_flight() && operation->kind != OperationKind::kClose) {
      context_.loop.cancel(*operation);
    }
  }
  if (receive_.in_flight() || send_.in_flight() || control_.in_flight()) return;
  // Before its socket: an answer that comes between the close and the end of this turn (a
  // look-up's) must wake nobody.
  session_.reset();
  if (tls_ != nullptr) {
    tls_->leave();
    if (tls_->busy()) return;  // on its way back it wakes us
  }
  start_control(OperationKind::kClose);
}

}  // namespace server
