#include "server/net/connection.h"

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

#include "core/base/invariant.h"
#include "core/io/socket.h"
#include "server/net/connection_set.h"

namespace server {

using core::OperationKind;
using OnCompletion = core::Operation::OnCompletion;

Connection::Connection(ConnectionContext& context, ConnectionSet& set, int fd,
                       const ConnectionLimit::Ticket& ticket,
                       std::unique_ptr<ConnectionOrigin> origin, std::uint32_t listener)
    : context_(context),
      set_(set),
      fd_(fd),
      ticket_(ticket),
      origin_(std::move(origin)),
      advance_task_(core::Callback<void()>::to<&Connection::advance>(*this)),
      deadline_timer_(core::Callback<void()>::to<&Connection::on_deadline>(*this)),
      receive_(OperationKind::kReceive, OnCompletion::to<&Connection::on_received>(*this)),
      send_(OperationKind::kSend, OnCompletion::to<&Connection::on_sent>(*this)),
      control_(OperationKind::kClose, OnCompletion::to<&Connection::on_control>(*this)),
      output_(context.loop.blocks()),
      session_(std::make_unique<Http1Session>(context.http, *this, context.loop.turn_began(),
                                              listener)) {
  receive_.fd = send_.fd = control_.fd = fd_;
  send_.output = &output_;
  // Now: a socket whose peer has reset it knows nobody any more, and that end is logged too.
  if (context.access_log != nullptr && origin_ == nullptr) {
    client_ = core::SocketAddress::of_peer(fd_).host();
  }
}

Connection::~Connection() {
  INVARIANT(stage_ == Stage::kClosing && !slice_out_ && session_ == nullptr);
  context_.memory.change_input(counted_bytes_, 0);
}

void Connection::abort() {
  if (slice_ != nullptr) slice_->abandon();
  fail();
  wake();
}

// --- Completions: record, then wake.

void Connection::on_received(core::Completion& completion) {
  wake();
  if (completion.result > 0) {
    if (held_count_ == kHeldBuffersMax) stash();
    held_[held_count_++] = std::move(completion.buffer);
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
      // A slow reader that advances lives: only a peer that took nothing since last time is
      // stalled.
      if (completion.result < 0 || (unsent_bytes_ >= 0 && completion.result >= unsent_bytes_)) {
        context_.counters.send_stalls.add();
        context_.counters.deadlines_passed.add();
        fail();
      } else {
        unsent_bytes_ = completion.result;
        send_deadline_ = core::kNever;
      }
      break;
    default:
      break;
  }
  wake();
}

void Connection::on_sent_bytes(std::uint64_t size) {
  output_.consume(size);
  send_deadline_ = core::kNever;
  unsent_bytes_ = -1;
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
  } else if (stage_ == Stage::kOpen && sending()) {
    on_send_deadline();
  } else if (stage_ == Stage::kOpen) {
    context_.counters.deadlines_passed.add();
    if (awaits_proxy_header()) return refuse_proxy();
    session_->on_deadline();
  }
}

void Connection::on_send_deadline() {
  send_deadline_ = core::kNever;
  // A slice that is out may be waiting for the disk: not the peer's fault.
  if (slice_is_out()) return;
  look_at_unsent_ = true;
  if (control_.in_flight()) context_.loop.cancel(control_);  // a poll, which gives way
}

void Connection::on_exchange_end(const Exchange& exchange, bool aborted) {
  ++exchanges_this_turn_;
  context_.counters.exchanges.add();
  if (aborted) context_.counters.exchanges_aborted.add();
  proved_keepalive_ = true;
  const bool logged = exchange.policy == nullptr || exchange.policy->access_log;
  if (!logged || context_.access_log == nullptr) return;
  if (origin_ == nullptr) return context_.access_log->record(exchange, client_, aborted);
  context_.access_log->record(exchange, origin_->client_of(exchange.request.fields), aborted,
                              origin_->peer());
}

// --- The pump.

void Connection::advance() {
  exchanges_this_turn_ = 0;
  if (stage_ == Stage::kOpen) {
    if (draining_) drain_session();
    feed();
  }
  if (stage_ == Stage::kOpen) {
    flush();
    count_input_memory();
    start_receiving();
    if (session_->finished() && output_.empty() && !send_.in_flight() && !control_.in_flight()) {
      end_open_stage();
    }
    set_deadline();
  }
  if (stage_ == Stage::kLingering) {
    discard_input();
    if (input_ended_) fail();
    start_receiving();
  }
  if (stage_ == Stage::kClosing) advance_closing();
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
    session_->produce(output_, now);
    if (output_.size() >= kOutputBytesMax || !session_->wants_input()) break;
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
  stash();
  if (input_ended_ && !input_end_told_ && backlog_.empty()) {
    input_end_told_ = true;
    if (origin_ != nullptr && origin_->cut_off()) refuse_proxy();
    session_->on_input_end();
  }
}

// One piece of input; false when there is none.
bool Connection::feed_input() {
  const std::span<const std::byte> bytes = next_input();
  if (bytes.empty() || stage_ != Stage::kOpen) return false;
  input_offset_ += awaits_proxy_header() ? take_proxy_header(bytes)
                                         : session_->receive(bytes, context_.loop.turn_began());
  return stage_ == Stage::kOpen;
}

std::size_t Connection::take_proxy_header(std::span<const std::byte> bytes) {
  const auto taken = origin_->receive(bytes);
  if (!taken) {
    refuse_proxy();
  } else if (!origin_->awaits_header() && !set_.try_enter_client(fd_, *origin_, ticket_)) {
    fail();
  }
  return taken.value_or(bytes.size());
}

// What is left of the oldest piece of input: the backlog, then the held buffers.
std::span<const std::byte> Connection::next_input() {
  if (!backlog_.empty()) {
    if (input_offset_ < backlog_.size()) {
      return std::as_bytes(std::span(backlog_)).subspan(input_offset_);
    }
    backlog_.clear();
    input_offset_ = 0;
  }
  while (held_first_ < held_count_) {
    const std::span<const std::byte> bytes = held_[held_first_].bytes();
    if (input_offset_ < bytes.size()) return bytes.subspan(input_offset_);
    held_[held_first_++].reset();
    input_offset_ = 0;
  }
  held_first_ = held_count_ = 0;
  return {};
}

// The pool's buffers go back before the turn ends: what the session leaves is copied.
void Connection::stash() {
  if (!backlog_.empty()) backlog_.erase(0, std::exchange(input_offset_, 0));
  for (; held_first_ < held_count_; ++held_first_) {
    const std::span<const std::byte> bytes =
        held_[held_first_].bytes().subspan(std::exchange(input_offset_, 0));
    backlog_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    held_[held_first_].reset();
  }
  held_first_ = held_count_ = 0;
}

void Connection::discard_input() {
  for (core::ReceivedBuffer& buffer : held_) buffer.reset();
  held_first_ = held_count_ = input_offset_ = 0;
  backlog_.clear();
}

void Connection::flush() {
  if (look_at_unsent_ && !control_.in_flight()) {
    look_at_unsent_ = false;
    // What was stalled may have left in the same turn.
    if (sending()) start_control(OperationKind::kUnsentBytes);
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
  if (core::JobQueue* queue = segment->file->queue.get()) {
    context_.files.submit(*slice_, *queue);
  } else {
    context_.files.submit(*slice_);
  }
}

void Connection::start_receiving() {
  if (slice_is_out() || output_.front_file() != nullptr) return;
  if (receive_.in_flight()) {
    if (receive_.multishot && backlog_.size() > kBacklogBytesMax && !receive_.cancelling()) {
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
  if (stage_ == Stage::kLingering) return true;
  if (!session_->wants_input() || !backlog_.empty()) return false;
  if (counted_bytes_ == 0 || !context_.memory.exhausted()) return true;
  set_.pause(*this);
  return false;
}

void Connection::count_input_memory() {
  const std::size_t bytes = backlog_.size() + session_->buffered_bytes();
  if (bytes == counted_bytes_) return;
  context_.memory.change_input(counted_bytes_, bytes);
  counted_bytes_ = bytes;
}

void Connection::set_deadline() {
  if (!sending()) {
    send_deadline_ = core::kNever;
    unsent_bytes_ = -1;
  } else if (send_deadline_ == core::kNever) {
    // Half of the limit to find out how much is unsent, the other half to see it shrink.
    send_deadline_ = context_.loop.turn_began() + context_.send_timeout / 2;
  }
  if (stage_ != Stage::kOpen) return;
  context_.loop.timers().set(deadline_timer_, sending()               ? send_deadline_
                                              : awaits_proxy_header() ? origin_->deadline()
                                                                      : session_->deadline());
}

// --- The end.

void Connection::end_open_stage() {
  // RFC 9112 9.6: closing over unread bytes would reset the connection under the answer.
  if ((!session_->must_linger() && backlog_.empty()) || input_ended_) {
    fail();
    return;
  }
  stage_ = Stage::kLingering;
  context_.loop.timers().set(deadline_timer_, context_.loop.turn_began() + kLingerFor);
  start_control(OperationKind::kShutdown);
}

void Connection::advance_closing() {
  context_.loop.timers().clear(deadline_timer_);
  discard_input();
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
  start_control(OperationKind::kClose);
}

void Connection::start_control(OperationKind kind) {
  control_.kind = kind;
  context_.loop.start(control_);
}

}  // namespace server
