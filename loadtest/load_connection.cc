#include "loadtest/load_connection.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "core/base/invariant.h"
#include "core/base/result.h"
#include "loadtest/load_loop.h"

namespace loadtest {
namespace {

using core::Operation;
using core::OperationKind;

constexpr std::chrono::milliseconds kRetryAfter{100};
// Small, so that the server feels how slowly is read.
constexpr int kSlowReceiveBytes = 4096;
constexpr std::uint64_t kPiecesPerSecond = 10;
// A body's rest is thrown away unread only if it outweighs the turn that this takes.
constexpr std::uint64_t kDiscardBytesMin = 4096;
constexpr std::uint64_t kDiscardBytesMax = std::uint64_t{1} << 30;

core::Duration time_for(std::uint64_t bytes, std::uint64_t bytes_per_second) {
  return std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(
      static_cast<double>(bytes) / static_cast<double>(bytes_per_second)));
}

void set_option(int fd, int level, int option, int value) {
  static_cast<void>(::setsockopt(fd, level, option, &value, sizeof value));
}

}  // namespace

LoadConnection::LoadConnection(const Plan& plan, core::EventLoop& loop, LoadLoop& owner)
    : plan_(plan),
      loop_(loop),
      owner_(owner),
      per_request_(plan.options.close),
      slow_reading_(plan.options.slow && !plan.options.slow_send),
      depth_(plan.options.pipeline),
      outstanding_(depth_),
      parser_(plan.options.method == "HEAD", plan.options.expect_digest.has_value()),
      output_(loop.blocks()),
      connect_(OperationKind::kConnect,
               Operation::OnCompletion::to<&LoadConnection::on_connected>(*this)),
      receive_(OperationKind::kReceive,
               Operation::OnCompletion::to<&LoadConnection::on_received>(*this)),
      send_(OperationKind::kSend, Operation::OnCompletion::to<&LoadConnection::on_sent>(*this)),
      close_(OperationKind::kClose, Operation::OnCompletion::to<&LoadConnection::on_closed>(*this)),
      timeout_(core::Callback<void()>::to<&LoadConnection::on_timeout>(*this)),
      pace_(core::Callback<void()>::to<&LoadConnection::on_pace>(*this)),
      retry_(core::Callback<void()>::to<&LoadConnection::on_retry>(*this)) {
  if (plan.tls != nullptr) tls_ = std::make_unique<TlsStream>(plan, output_);
  connect_.address = &plan.address;
  send_.output = &output_;
  // A multishot receive costs more than it saves where a connection has one answer, and where the
  // next receive differs from the last.
  receive_.multishot = !per_request_ && !plan.options.discard && !slow_reading_;
}

void LoadConnection::open() {
  INVARIANT(state_ == State::kClosed);
  if (per_request_) {
    fill(core::Clock::now());
  } else {
    connect();
  }
}

void LoadConnection::connect() {
  fd_ = ::socket(plan_.address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) {
    connect_failed(Mishap::kConnect, core::system_error("cannot make a socket", errno).message);
    loop_.timers().set(retry_, core::Clock::now() + kRetryAfter);
    return;
  }
  if (!per_request_ || plan_.options.slow_send) set_option(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  if (slow_reading_) set_option(fd_, SOL_SOCKET, SO_RCVBUF, kSlowReceiveBytes);
  connect_.fd = receive_.fd = send_.fd = close_.fd = fd_;
  if (!bind_to_source()) {
    connect_failed(Mishap::kConnect, core::system_error("cannot bind to --from", errno).message);
    return start_close();
  }
  state_ = State::kConnecting;
  loop_.timers().set(timeout_, core::Clock::now() + plan_.options.timeout);
  loop_.start(connect_);
}

bool LoadConnection::bind_to_source() {
  const auto source = owner_.next_source();
  if (!source) return true;
  // ip(7): the port is chosen by connect(2), which knows that the same one will do for many.
  set_option(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  return ::bind(fd_, reinterpret_cast<const sockaddr*>(&*source), sizeof *source) == 0;
}

void LoadConnection::on_connected(core::Completion& completion) {
  if (state_ == State::kClosing) return advance_close();
  const core::TimePoint now = core::Clock::now();
  if (completion.result < 0) {
    connect_failed(
        Mishap::kConnect,
        core::system_error("cannot connect to " + plan_.address.to_string(), -completion.result)
            .message);
    return start_close();
  }
  parser_.reset();
  start_receive();
  if (tls_ == nullptr) return begin_requests(now);
  state_ = State::kHandshake;
  if (tls_->begin() == TlsStream::Outcome::kFailed) return tls_failed(now);
  flush();
}

void LoadConnection::begin_requests(core::TimePoint now) {
  state_ = State::kOpen;
  owner_.on_opened();
  if (count_ == 0) {
    loop_.timers().clear(timeout_);
    return fill(now);
  }
  write(outstanding_[first_]);
  keep_time(now);
  flush();
}

void LoadConnection::connect_failed(Mishap mishap, const std::string& text) {
  connect_failed_ = true;
  if (count_ == 0) owner_.on_mishap(mishap, text);
  fail_all(mishap, text, core::Clock::now());
  owner_.on_connect_failed();
}

void LoadConnection::fill(core::TimePoint now) {
  const bool may_take = state_ == State::kOpen || (state_ == State::kClosed && per_request_);
  if (!may_take || ending_ || connect_failed_ || !unsent_.empty()) return;
  const std::size_t before = count_;
  while (count_ < depth_) {
    const std::optional<Request> request = owner_.try_take(now);
    if (!request) break;
    push(*request);
    if (state_ == State::kOpen) write(*request);
  }
  if (count_ == 0) return owner_.on_idle(*this);
  if (count_ == before) return;
  if (state_ == State::kClosed) return connect();
  if (before == 0) keep_time(now);
  flush();
}

void LoadConnection::write(const Request& request) {
  const std::string_view bytes = owner_.bytes_of(request);
  if (plan_.options.slow_send) {
    unsent_ = bytes;
    send_piece();
  } else {
    put(bytes);
  }
}

void LoadConnection::send_piece() {
  const std::uint64_t pace = *plan_.options.slow;
  const std::size_t size = std::clamp<std::uint64_t>(pace / kPiecesPerSecond, 1, unsent_.size());
  put(unsent_.substr(0, size));
  unsent_.remove_prefix(size);
  if (!unsent_.empty()) loop_.timers().set(pace_, core::Clock::now() + time_for(size, pace));
}

// A filter that fails here fails as well when it reads, and is reported then.
void LoadConnection::put(std::string_view bytes) {
  if (tls_ == nullptr) {
    output_.append(bytes);
  } else {
    static_cast<void>(tls_->seal(bytes));
  }
}

void LoadConnection::flush() {
  if (!output_.empty() && !send_.in_flight()) loop_.start(send_);
}

void LoadConnection::on_sent(core::Completion& completion) {
  if (completion.result > 0) output_.consume(static_cast<std::uint64_t>(completion.result));
  if (state_ == State::kClosing) return advance_close();
  // An answer may have come all the same: the receive will tell.
  if (completion.result < 0) return output_.clear();
  flush();
}

void LoadConnection::start_receive() {
  const bool discards = plan_.options.discard && parser_.state() == ResponseParser::State::kBody &&
                        parser_.body_left() >= kDiscardBytesMin;
  receive_.discard_bytes =
      discards ? static_cast<std::uint32_t>(std::min(parser_.body_left(), kDiscardBytesMax)) : 0;
  loop_.start(receive_);
}

void LoadConnection::on_received(core::Completion& completion) {
  if (state_ == State::kClosing) return advance_close();
  if (completion.result <= 0) return lost(completion.result);
  const core::TimePoint now = core::Clock::now();
  const auto size = static_cast<std::size_t>(completion.result);
  if (receive_.discard_bytes > 0) {
    parser_.skip_body(size);
    if (parser_.state() == ResponseParser::State::kComplete) on_answer(now);
  } else if (const auto bytes = completion.buffer.bytes(); tls_ != nullptr) {
    advance_tls(bytes, now);
  } else {
    read({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, now);
  }
  if (state_ != State::kOpen && state_ != State::kHandshake) return;
  if (slow_reading_ && state_ == State::kOpen) {
    loop_.timers().set(pace_, now + time_for(size, *plan_.options.slow));
  } else if (!receive_.in_flight()) {
    start_receive();
  }
  fill(now);
}

void LoadConnection::read(std::string_view bytes, core::TimePoint now) {
  while (!bytes.empty() && state_ == State::kOpen) {
    if (count_ == 0) {
      owner_.on_mishap(Mishap::kStatus, fmt::format("{} bytes that nobody asked for:\n{}",
                                                    bytes.size(), bytes.substr(0, 200)));
      return start_close();
    }
    bytes.remove_prefix(parser_.feed(bytes));
    if (parser_.state() == ResponseParser::State::kBad) {
      fail_all(parser_.mishap(), fmt::format("{}:\n{}", parser_.reason(), parser_.head()), now);
      return start_close();
    }
    if (parser_.state() == ResponseParser::State::kComplete) on_answer(now);
  }
}

void LoadConnection::on_answer(core::TimePoint now) {
  owner_.on_answer(pop(), now, parser_);
  if (per_request_ || parser_.closes() || !unsent_.empty()) {
    give_back_all();
    return start_close();
  }
  keep_time(now);
}

// The stream ended, or with an error.
void LoadConnection::lost(int result) {
  std::string text = result == 0 ? "the server closed the connection"
                                 : core::system_error("the connection failed", -result).message;
  if (state_ == State::kHandshake) {
    owner_.on_tls_failure("connection closed");
    connect_failed(Mishap::kTls, text + " during the TLS handshake");
    return start_close();
  }
  if (count_ == 0) {
    // Servers end connections that idle; when idling is the plan that spoils it.
    if (plan_.options.idle && !ending_) owner_.on_mishap(Mishap::kClosed, text);
    return start_close();
  }
  if (parser_.untouched()) {
    text += " before it answered";
  } else if (parser_.state() == ResponseParser::State::kBody) {
    text += fmt::format(", {} bytes before the end of the body:\n{}", parser_.body_left(),
                        parser_.head());
  } else {
    text += fmt::format(" within a head:\n{}", parser_.head());
  }
  fail_all(Mishap::kClosed, text, core::Clock::now());
  start_close();
}

void LoadConnection::on_timeout() {
  const core::TimePoint now = core::Clock::now();
  if (state_ == State::kHandshake) {
    owner_.on_tls_failure("timeout");
    connect_failed(Mishap::kTls, "no TLS handshake within the time limit");
    return start_close();
  }
  if (state_ == State::kConnecting) {
    connect_failed(Mishap::kConnect, "no connection within the time limit");
    return start_close();
  }
  if (state_ != State::kOpen || count_ == 0) return;
  abandon(now);
  start_close();
}

void LoadConnection::abandon(core::TimePoint now) {
  fail_all(Mishap::kTimeout, "no whole answer within the time limit", now);
}

void LoadConnection::on_pace() {
  if (state_ != State::kOpen) return;
  if (slow_reading_) {
    if (!receive_.in_flight()) start_receive();
  } else if (!unsent_.empty()) {
    send_piece();
    flush();
  }
}

void LoadConnection::on_retry() {
  connect_failed_ = false;
  if (state_ == State::kClosed && !ending_) open();
}

void LoadConnection::keep_time(core::TimePoint now) {
  const bool limited = count_ > 0 && !plan_.options.slow;
  loop_.timers().set(timeout_, limited ? now + plan_.options.timeout : core::kNever);
}

void LoadConnection::fail_all(Mishap mishap, const std::string& text, core::TimePoint now) {
  while (count_ > 0) owner_.on_failed(pop(), mishap, text, now);
}

void LoadConnection::give_back_all() {
  while (count_ > 0) owner_.give_back(pop());
}

void LoadConnection::end() {
  ending_ = true;
  unlink();
  if (state_ == State::kClosed) {
    state_ = State::kEnded;
    loop_.timers().clear(retry_);
    owner_.on_ended();
  } else if (state_ != State::kClosing) {
    start_close();
  }
}

void LoadConnection::start_close() {
  unlink();  // it cannot take a request now
  state_ = State::kClosing;
  count_ = 0;
  unsent_ = {};
  loop_.timers().clear(timeout_);
  loop_.timers().clear(pace_);
  for (Operation* operation : {&connect_, &receive_, &send_}) {
    if (operation->in_flight()) loop_.cancel(*operation);
  }
  advance_close();
}

void LoadConnection::advance_close() {
  if (connect_.in_flight() || receive_.in_flight() || send_.in_flight() || close_.in_flight()) {
    return;
  }
  output_.clear();
  loop_.start(close_);
}

void LoadConnection::on_closed(core::Completion&) {
  state_ = State::kClosed;
  if (tls_ != nullptr) tls_->end();
  if (ending_) return end();
  if (plan_.options.idle) return;  // what opens again would not be an idle connection of before
  if (connect_failed_) {
    loop_.timers().set(retry_, core::Clock::now() + kRetryAfter);
  } else {
    open();
  }
}

void LoadConnection::push(const Request& request) {
  outstanding_[(first_ + count_) % depth_] = request;
  ++count_;
}

Request LoadConnection::pop() {
  INVARIANT(count_ > 0);
  const Request request = outstanding_[first_];
  first_ = (first_ + 1) % depth_;
  --count_;
  return request;
}

}  // namespace loadtest
