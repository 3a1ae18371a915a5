#include "server/app/serving_loop.h"

#include <algorithm>
#include <utility>

#include "core/base/heap.h"

namespace server {
namespace {

// Enough for some thousand connections; beyond, the heap grows as ever.
constexpr std::size_t kHeapBytes = std::size_t{8} << 20;

core::LoopProbe::Options probe_options(bool proof) {
  core::LoopProbe::Options options;
  options.proof = proof;
  return options;
}

}  // namespace

core::Result<std::unique_ptr<ServingLoop>> ServingLoop::create(const core::Engine& engine,
                                                               Setup setup) {
  core::reserve_heap(kHeapBytes);
  auto loop = core::EventLoop::create(engine);
  if (!loop) return core::unexpected(loop.error());
  return std::unique_ptr<ServingLoop>(new ServingLoop(std::move(*loop), std::move(setup)));
}

ServingLoop::ServingLoop(std::unique_ptr<core::EventLoop> loop, Setup setup)
    : probe_(probe_options(setup.proof)),
      loop_(std::move(loop)),
      snapshot_(std::move(setup.snapshot)),
      route_counts_(snapshot_->route_labels().all().size()),
      files_(setup.files, *loop_),
      tls_(setup.tls, *loop_),
      tls_scratch_(TlsTransport::kRecordBytesMax),
      cache_(*loop_, files_, setup.cache_bytes_max, setup.cache_files_max),
      gate_(setup.desk == nullptr
                ? nullptr
                : std::make_unique<PasswordGate>(*loop_, *setup.desk, snapshot_->users().tables)),
      http_{snapshot_->http_limits(), router_, {}, {}, setup.access_log != nullptr},
      in_flight_(loop_->inbox(), http_),
      access_log_(std::move(setup.access_log)),
      error_log_(std::move(setup.error_log)),
      ended_filters_(*loop_, tls_, setup.resumptions),
      tls_shared_{tls_, setup.resumptions, ended_filters_, files_, tls_scratch_, http_.date},
      memory_(loop_->blocks()),
      meter_(*loop_, route_counts_[RouteLabels::kUnrouted]),
      connections_(
          {*loop_, http_, files_, snapshot_->config().limits.send_timeout, access_log_.get(),
           counters_, memory_, SendfileJob::kSystem, &tls_shared_, &meter_},
          setup.connections),
      drain_message_(core::Callback<void()>::to<&ServingLoop::start_draining>(*this)),
      abort_message_(core::Callback<void()>::to<&ServingLoop::start_aborting>(*this)),
      next_tls_(loop_->inbox(),
                core::Callback<void(
                    const std::shared_ptr<const TlsContexts>&)>::to<&ServingLoop::use_tls>(*this)),
      next_users_(loop_->inbox(),
                  core::Callback<void(const UserTables&)>::to<&ServingLoop::use_users>(*this)) {
  loop_->observe(probe_);
  router_.tell(loop_->doing());
  if (setup.add_sites) {
    setup.add_sites(router_, *loop_);
  } else {
    snapshot_->build_router(router_, cache_, setup.ready, gate_.get(), route_counts_);
  }
  const TlsContexts& contexts = snapshot_->certificates().contexts;
  for (std::size_t i = 0; i < setup.listeners.size(); ++i) {
    listeners_.push_back(std::make_unique<Listener>(
        *loop_, std::move(setup.listeners[i]), connections_, counters_, error_log_.get(),
        i < setup.policies.size() ? &setup.policies[i] : nullptr, static_cast<std::uint32_t>(i),
        i < contexts.size() ? contexts[i] : nullptr));
  }
}

ServingLoop::~ServingLoop() = default;

void ServingLoop::run() {
  for (const auto& listener : listeners_) listener->start();
  while (!finished()) loop_->turn();
  loop_->rest();
}

void ServingLoop::start_draining() {
  draining_ = true;
  for (const auto& listener : listeners_) listener->stop();
  connections_.drain();
}

void ServingLoop::use_tls(const std::shared_ptr<const TlsContexts>& contexts) {
  for (std::size_t i = 0; i < contexts->size(); ++i) listeners_[i]->use((*contexts)[i]);
}

void ServingLoop::start_aborting() {
  start_draining();
  connections_.abort();
}

// Looked at after every turn: whatever changes the answer happens within one.
bool ServingLoop::finished() {
  if (!draining_ || !connections_.empty()) return false;
  if (!std::all_of(listeners_.begin(), listeners_.end(),
                   [](const auto& listener) { return listener->stopped(); })) {
    return false;
  }
  if (!cache_stopped_) {
    cache_stopped_ = true;
    cache_.stop();
    // Descriptors that this handed to the lane: their wake-up is a next tick of a turn to come.
    if (!cache_.idle()) loop_->turn();
  }
  return cache_.idle() && ended_filters_.idle() && (gate_ == nullptr || gate_->idle());
}

}  // namespace server
