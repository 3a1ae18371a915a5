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

std::vector<RequestsInFlight::Said> RequestsInFlight::ask_all(
    std::span<RequestsInFlight* const> all, core::Duration limit) {
  const core::TimePoint until = core::Clock::now() + limit;
  std::vector<std::uint32_t> before;
  for (RequestsInFlight* one : all) before.push_back(one->ask());
  std::vector<Said> said;
  for (std::size_t i = 0; i < all.size(); ++i) {
    said.push_back(all[i]->answer_after(before[i], until));
  }
  return said;
}

std::uint32_t RequestsInFlight::ask() {
  const std::uint32_t before = answers_.load();
  if (!asked_.exchange(true)) inbox_.post(question_);
  return before;
}

RequestsInFlight::Said RequestsInFlight::answer_after(std::uint32_t before, core::TimePoint until) {
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
