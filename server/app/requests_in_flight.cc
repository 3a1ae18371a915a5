#include "server/app/requests_in_flight.h"

#include <utility>

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

RequestsInFlight::Said RequestsInFlight::ask() {
  if (!asked_.exchange(true)) inbox_.post(question_);
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
}

}  // namespace server
