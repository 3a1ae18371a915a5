#include "loadtest/load_loop.h"

#include <fmt/format.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <limits>

#include "core/base/invariant.h"
#include "loadtest/expectation.h"

namespace loadtest {
namespace {

constexpr std::chrono::milliseconds kTick{100};
// On their way at a time while a run begins: a listener's backlog is finite, and a connection that
// does not fit is tried again by TCP a second later.
constexpr std::size_t kOpeningMax = 128;

std::uint64_t share_of(std::uint64_t whole, std::size_t index, std::size_t loops) {
  return whole / loops + (index < whole % loops ? 1 : 0);
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) {
  // One writer, so no read-modify-write is needed.
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

}  // namespace

LoadLoop::LoadLoop(const Plan& plan, core::EventLoop& loop, const Share& share)
    : plan_(plan),
      loop_(loop),
      share_(share),
      // It blocks, as io_uring wants it; it is read only when it has rung.
      alarm_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)),
      requests_max_(std::numeric_limits<std::uint64_t>::max()),
      measure_from_(share.start),
      ends_(core::kNever),
      next_source_(plan.nonce + share.index),
      paced_(core::OperationKind::kReadCounter,
             core::Operation::OnCompletion::to<&LoadLoop::on_paced>(*this)),
      tick_(core::Callback<void()>::to<&LoadLoop::on_tick>(*this)),
      finish_task_(core::Callback<void()>::to<&LoadLoop::finish>(*this)) {
  INVARIANT(alarm_.valid());
  const Options& options = plan.options;
  paced_.fd = alarm_.get();
  tally_.engine = std::string(loop.engine_name());
  if (options.rate) pacer_.emplace(share.start, *options.rate, share.index, options.loops);
  if (options.guess) guesses_.emplace(*options.guess, plan.nonce, share.index, options.loops);
  if (options.requests) {
    requests_max_ = share_of(*options.requests, share.index, options.loops);
  } else if (!options.idle) {  // which ends some time after all are open
    measure_from_ += options.warmup;
    ends_ = measure_from_ + options.duration;
  }
  const std::uint64_t count = share_of(options.connections, share.index, options.loops);
  while (connections_.size() < count) {
    connections_.push_back(std::make_unique<LoadConnection>(plan, loop, *this));
  }
}

LoadLoop::~LoadLoop() { INVARIANT(ended_ == connections_.size()); }

Tally LoadLoop::run() {
  if (requests_max_ == 0) loop_.check(finish_task_);
  on_tick();
  open_more();
  loop_.run();
  const core::TimePoint now = core::Clock::now();
  const core::TimePoint until = std::max(last_answer_, std::min(now, ends_));
  tally_.measured = std::max(core::Duration::zero(),
                             (plan_.options.requests ? last_answer_ : until) - measure_from_);
  return std::move(tally_);
}

void LoadLoop::open_more() {
  if (finishing_) return;  // told to stop before it began
  while (asked_to_open_ < connections_.size() && asked_to_open_ < settled_ + kOpeningMax) {
    connections_[asked_to_open_++]->open();
  }
}

// --- Requests.

bool LoadLoop::exhausted(core::TimePoint now) const {
  if (finishing_ || started_ >= requests_max_) return true;
  return pacer_ ? pacer_->next() >= ends_ : now >= ends_;
}

std::optional<Request> LoadLoop::try_take(core::TimePoint now) {
  if (plan_.options.idle || exhausted(now)) return std::nullopt;
  if (pacer_ && pacer_->next() > now) return std::nullopt;
  ++started_;
  ++outstanding_;
  const std::size_t number = next_request_;
  next_request_ = number + 1 == plan_.requests.size() ? 0 : number + 1;
  return Request{pacer_ ? pacer_->take() : now, number};
}

std::string_view LoadLoop::bytes_of(const Request& request) {
  const std::string& bytes = plan_.requests[request.number];
  return guesses_ ? guesses_->next(bytes) : std::string_view(bytes);
}

void LoadLoop::give_back(const Request&) {
  // Only pipelined requests come back, so there is no schedule to return to.
  INVARIANT(!pacer_ && outstanding_ > 0);
  --outstanding_;
  --started_;
}

// An open loop measures what was meant to be sent, a closed one what was answered.
bool LoadLoop::measures(const Request& request, core::TimePoint now) const {
  return (pacer_ ? request.began : now) >= measure_from_;
}

void LoadLoop::on_answer(const Request& request, core::TimePoint now,
                         const ResponseParser& response) {
  if (const auto complaint = complaint_about(response, plan_.options)) {
    on_failed(request, complaint->mishap, fmt::format("{}:\n{}", complaint->text, response.head()),
              now);
    return;
  }
  INVARIANT(outstanding_ > 0);
  --outstanding_;
  add(share_.progress.requests, 1);
  if (measures(request, now)) {
    ++tally_.requests;
    tally_.bytes += response.bytes();
    tally_.latency.record(now - request.began);
    last_answer_ = now;
  }
  if (outstanding_ == 0) finish_if_done(now);
}

void LoadLoop::on_failed(const Request& request, Mishap mishap, const std::string& text,
                         core::TimePoint now) {
  INVARIANT(outstanding_ > 0);
  --outstanding_;
  // It lasted at least so long: without it the slowest would be missing.
  if (mishap == Mishap::kTimeout && measures(request, now)) {
    tally_.latency.record(now - request.began);
  }
  last_answer_ = std::max(last_answer_, measure_from_);
  on_mishap(mishap, text);
  finish_if_done(now);
}

void LoadLoop::on_mishap(Mishap mishap, const std::string& text) {
  tally_.count(mishap);
  add(share_.progress.mishaps, 1);
  if (tally_.first_mishap.empty()) {
    tally_.first_mishap = fmt::format("{}: {}", name_of(mishap), text);
  }
}

// --- Connections.

std::optional<sockaddr_in> LoadLoop::next_source() {
  if (!plan_.from) return std::nullopt;
  const std::uint64_t number = next_source_;
  next_source_ += plan_.options.loops;
  return source_address(*plan_.from, number);
}

void LoadLoop::on_opened() {
  ever_connected_ = true;
  ++tally_.connections_opened;
  add(share_.progress.opened, 1);
  ++settled_;
  open_more();
}

void LoadLoop::on_handshake(const core::TlsFilter& filter) {
  TlsTally& tls = tally_.tls;
  if (tls.handshakes == 0) {
    tls.version = filter.version();
    tls.cipher = filter.cipher();
  }
  ++tls.handshakes;
  if (filter.resumed()) ++tls.resumed;
}

void LoadLoop::on_tls_failure(std::string_view words) { ++tally_.tls.failures[std::string(words)]; }

void LoadLoop::on_connect_failed() {
  // Nobody is there: trying on until the end would only take the user's time.
  if (!ever_connected_) loop_.check(finish_task_);
  // A server that is gone must not keep a run of so many requests going for ever.
  if (plan_.options.requests) ++started_;
  ++settled_;
  open_more();
  finish_if_done(core::Clock::now());
}

void LoadLoop::on_idle(LoadConnection& connection) {
  if (finishing_) return;
  if (pacer_) {
    if (idle_.empty()) idle_since_ = core::Clock::now();
    if (!connection.linked()) idle_.push_back(connection);
    arm_pacer();
  }
  finish_if_done(core::Clock::now());
}

void LoadLoop::on_ended() {
  ++ended_;
  stop_if_ended();
}

// --- The schedule.

void LoadLoop::arm_pacer() {
  if (paced_.in_flight() || idle_.empty() || exhausted(core::Clock::now())) return;
  const auto at = pacer_->next().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at);
  itimerspec setting{};
  setting.it_value.tv_sec = seconds.count();
  setting.it_value.tv_nsec = std::chrono::nanoseconds(at - seconds).count();
  INVARIANT(::timerfd_settime(alarm_.get(), TFD_TIMER_ABSTIME, &setting, nullptr) == 0);
  loop_.start(paced_);
}

void LoadLoop::on_paced(core::Completion&) {
  if (finishing_) return stop_if_ended();
  dispatch();
  arm_pacer();
  finish_if_done(core::Clock::now());
}

void LoadLoop::dispatch() {
  while (!idle_.empty()) {
    const core::TimePoint now = core::Clock::now();
    if (exhausted(now) || pacer_->next() > now) return;
    if (pacer_->next() >= measure_from_) {
      tally_.lateness.record(now - std::max(pacer_->next(), idle_since_));
    }
    idle_.pop_front()->fill(now);
  }
}

// --- Time.

void LoadLoop::on_tick() {
  const core::TimePoint now = core::Clock::now();
  if (finishing_) return;
  if (!measuring_ && now >= measure_from_) begin_measuring();
  if (plan_.options.idle && ends_ == core::kNever && settled_ == connections_.size()) {
    ends_ = now + plan_.options.duration;
  }
  if (share_.stop.load(std::memory_order_relaxed)) {
    ends_ = std::min(ends_, now);
    finish();
    return;
  }
  if (pacer_) {
    share_.progress.waiting.store(pacer_->waiting(std::min(now, ends_)), std::memory_order_relaxed);
  }
  const std::chrono::milliseconds patience =
      plan_.options.slow ? std::chrono::milliseconds(0) : plan_.options.timeout;
  if (ends_ != core::kNever && now >= ends_ + patience) return abandon(now);
  finish_if_done(now);
  core::TimePoint next = now + kTick;
  for (const core::TimePoint event : {measure_from_, ends_}) {
    if (event > now) next = std::min(next, event);
  }
  loop_.timers().set(tick_, next);
}

void LoadLoop::begin_measuring() {
  measuring_ = true;
  tally_.cpu_before = process_cpu_time();
}

// What was meant to be sent in time and has no answer long after the end counts as unanswered; a
// slow client's request has no end to wait for.
void LoadLoop::abandon(core::TimePoint now) {
  if (!plan_.options.slow) {
    for (const auto& connection : connections_) connection->abandon(now);
    while (pacer_ && pacer_->next() < ends_) {
      const Request request{pacer_->take(), 0};
      ++outstanding_;
      on_failed(request, Mishap::kTimeout, "never sent: no connection was free", now);
    }
  }
  finish();
}

void LoadLoop::finish_if_done(core::TimePoint now) {
  if (outstanding_ == 0 && exhausted(now)) loop_.check(finish_task_);
}

void LoadLoop::finish() {
  if (finishing_) return;
  finishing_ = true;
  loop_.timers().clear(tick_);
  if (paced_.in_flight()) loop_.cancel(paced_);
  for (const auto& connection : connections_) connection->end();
  stop_if_ended();
}

void LoadLoop::stop_if_ended() {
  if (ended_ == connections_.size() && !paced_.in_flight()) loop_.stop();
}

}  // namespace loadtest
