#include "server/auth/password_desk.h"

#include <algorithm>

#include "core/base/invariant.h"

namespace server {
namespace {

constexpr std::size_t kShareOfOne = 4;

// One writer, so no read-modify-write is needed.
void add(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

void PasswordRequest::arrive(PasswordDesk& desk) { desk.accept(*this); }
void DeskSweep::arrive(PasswordDesk& desk) { desk.sweep(*this); }

PasswordDesk::PasswordDesk(core::EventLoop& loop, core::Workers& workers, const Options& options)
    : loop_(loop),
      options_(options),
      lane_(workers, loop),
      lines_(options.queue_max, std::max<std::size_t>(options.queue_max / kShareOfOne, 1)),
      drain_rate_(options.hash_time),
      hold_timer_(core::Callback<void()>::to<&PasswordDesk::on_hold_ended>(*this)),
      forget_message_(core::Callback<void()>::to<&PasswordDesk::on_forget>(*this)) {
  INVARIANT(options.threads > 0);
  for (std::size_t i = 0; i < options.threads; ++i) {
    jobs_.push_back(
        std::make_unique<PasswordJob>(PasswordJob::OnFinished::to<&PasswordDesk::on_job>(*this)));
    free_jobs_.push_back(jobs_.back().get());
  }
}

PasswordDesk::~PasswordDesk() { INVARIANT(idle() && free_jobs_.size() == jobs_.size()); }

void PasswordDesk::send(DeskErrand& errand) {
  errand.desk_ = this;
  loop_.inbox().post(errand.to_desk_);
}

void PasswordDesk::forget_successes() {
  if (!forget_posted_.exchange(true)) loop_.inbox().post(forget_message_);
}

void PasswordDesk::on_forget() {
  forget_posted_.store(false);  // first: what comes now is posted again
  successes_.clear();
}

void PasswordDesk::accept(PasswordRequest& request) {
  add(counters_.requests);
  if (request.abandoned()) return send_home(request, PasswordRequest::Verdict::kDropped);
  if (successes_.contains(request.key, loop_.turn_began())) {
    add(counters_.cache_hits);
    return send_home(request, PasswordRequest::Verdict::kRight);
  }
  const auto found = checks_.find(request.key);
  const bool running = found != checks_.end() && found->second.running;
  // Also who joins others takes a place in its own line: theirs may be long.
  if (!running && !lines_.try_put(request)) return refuse(request);
  if (found != checks_.end()) add(counters_.joined);
  checks_[request.key].requests.push_back(request);
  start_jobs();
}

void PasswordDesk::start_jobs() {
  while (!free_jobs_.empty()) {
    ClientLines::Member* next = lines_.take_next();
    if (next == nullptr) break;
    Check& check = checks_.at(static_cast<PasswordRequest&>(*next).key);
    check.served = next->network;
    start(check);
  }
  counters_.waiting.store(lines_.waiting(), std::memory_order_relaxed);
}

void PasswordDesk::start(Check& check) {
  INVARIANT(!check.running && !check.requests.empty());
  check.running = true;
  check.requests.for_each([this](PasswordRequest& request) { lines_.remove(request); });
  PasswordJob& job = *free_jobs_.back();
  free_jobs_.pop_back();
  // It stays here until the job is back, whoever leaves meanwhile.
  const PasswordRequest& request = *check.requests.front();
  job.prepare(request.key, request.password, request.hash);
  lane_.submit(job);
}

void PasswordDesk::on_job(PasswordJob& job) {
  const auto found = checks_.find(job.key());
  INVARIANT(found != checks_.end() && found->second.running);
  free_jobs_.push_back(&job);
  if (!job.failed()) note_result(job);
  while (PasswordRequest* request = found->second.requests.pop_front()) {
    if (job.failed()) {
      send_home(*request, PasswordRequest::Verdict::kFailed);
    } else if (job.outcome() == PasswordJob::Outcome::kRight) {
      send_home(*request, PasswordRequest::Verdict::kRight);
    } else {
      answer_wrong(*request);
    }
  }
  lines_.end_service(found->second.served);
  checks_.erase(found);
  start_jobs();
}

void PasswordDesk::note_result(const PasswordJob& job) {
  INVARIANT(job.outcome() != PasswordJob::Outcome::kNotRun);
  ++checks_done_;
  add(counters_.hashes);
  drain_rate_.add(job.time());
  if (job.outcome() == PasswordJob::Outcome::kRight) {
    successes_.insert(job.key(), loop_.turn_began());
  } else {
    add(counters_.failures);
  }
}

// It counts also when nobody waits any more: who leaves before he is told has guessed all the same.
void PasswordDesk::answer_wrong(PasswordRequest& request) {
  const core::TimePoint now = loop_.turn_began();
  const core::Duration hold = failed_.count(request.network, checks_done_, now);
  if (hold == core::Duration::zero() || request.abandoned() || held_.size() >= kHeldMax) {
    return send_home(request, PasswordRequest::Verdict::kWrong);
  }
  add(counters_.slowed);
  held_.emplace(now + hold, &request);
  set_hold_timer();
}

void PasswordDesk::set_hold_timer() {
  if (held_.empty()) return;
  hold_until_ = held_.begin()->first;
  loop_.timers().set(hold_timer_, hold_until_);
}

void PasswordDesk::on_hold_ended() {
  while (!held_.empty() && held_.begin()->first <= hold_until_) {
    PasswordRequest* request = held_.begin()->second;
    held_.erase(held_.begin());
    send_home(*request, PasswordRequest::Verdict::kWrong);
  }
  set_hold_timer();
}

void PasswordDesk::refuse(PasswordRequest& request) {
  add(counters_.refused);
  request.retry_after = retry_after(lines_.waiting(), drain_rate_.mean(), options_.threads);
  send_home(request, PasswordRequest::Verdict::kRefused);
}

void PasswordDesk::sweep(DeskSweep& sweep) {
  std::vector<PasswordRequest*> abandoned;
  lines_.for_each([&abandoned](ClientLines::Member& member) {
    auto& request = static_cast<PasswordRequest&>(member);
    if (request.abandoned()) abandoned.push_back(&request);
  });
  for (PasswordRequest* request : abandoned) drop_waiting(*request);
  std::erase_if(held_, [this](const auto& held) {
    if (!held.second->abandoned()) return false;
    send_home(*held.second, PasswordRequest::Verdict::kWrong);
    return true;
  });
  counters_.waiting.store(lines_.waiting(), std::memory_order_relaxed);
  sweep.go_home();
}

void PasswordDesk::drop_waiting(PasswordRequest& request) {
  const auto found = checks_.find(request.key);
  INVARIANT(found != checks_.end() && !found->second.running);
  lines_.remove(request);
  static_cast<core::ListHook<PasswordRequest>&>(request).unlink();
  if (found->second.requests.empty()) checks_.erase(found);
  send_home(request, PasswordRequest::Verdict::kDropped);
}

// From here on it is its gate's.
void PasswordDesk::send_home(PasswordRequest& request, PasswordRequest::Verdict verdict) {
  if (verdict == PasswordRequest::Verdict::kDropped) add(counters_.dropped);
  request.verdict = verdict;
  request.go_home();
}

}  // namespace server
