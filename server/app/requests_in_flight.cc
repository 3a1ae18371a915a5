#include "server/app/requests_in_flight.h"

#include <utility>

#include "core/base/futex.h"

namespace server {
namespace {

RequestStage stage_of(const Exchange& exchange) {
  if (exchange.responded()) return RequestStage::kSending;
  return exchange.body_sink != nullptr ? RequestStage::kContent : RequestStage::kHandler;
}

}  // namespace

RequestsInFlight::RequestsInFlight(core::Inbox& inbox, HttpContext& http)
    : inbox_(inbox),
      http_(http),
      question_(core::Callback<void()>::to<&RequestsInFlight::say>(*this)) {}

RequestsInFlight::Said RequestsInFlight::ask(core::Duration limit) {
  const core::TimePoint until = core::Clock::now() + limit;
  const std::uint32_t before = answers_.load();
  if (!asked_.exchange(true)) inbox_.post(question_);
  while (answers_.load() == before) {
    const core::Duration left = until - core::Clock::now();
    if (left <= core::Duration::zero()) return {};
    core::futex_wait(answers_, before, left);
  }
  const core::MutexLock lock(mutex_);
  return said_;
}

// The loop. It does not wait for who reads what it has said before.
void RequestsInFlight::say() {
  asked_.store(false);  // first: what comes now is posted again
  Said said{core::Clock::now(), {}, false};
  http_.in_flight.for_each_while([&said](const Exchange& exchange) {
    said.more = said.oldest.size() == kRequestsMax;
    if (said.more) return false;
    said.oldest.push_back({exchange.route == nullptr ? "" : exchange.route->name,
                           stage_of(exchange), exchange.began});
    return true;
  });
  if (!mutex_.try_lock()) return;
  std::swap(said_, said);
  mutex_.unlock();
  answers_.fetch_add(1);
  core::futex_wake(answers_, 1);
}

}  // namespace server
