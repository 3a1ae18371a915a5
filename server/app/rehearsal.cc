#include "server/app/rehearsal.h"

#include <sys/uio.h>

#include <array>
#include <atomic>
#include <span>
#include <utility>

#include "core/io/event_loop.h"
#include "core/io/output_queue.h"
#include "core/work/lane.h"
#include "core/work/worker_pool.h"
#include "server/app/auth_lane.h"
#include "server/app/files_lane.h"
#include "server/dispatch/router.h"
#include "server/handlers/file_cache.h"
#include "server/http/http1_session.h"

namespace server {
namespace {

constexpr std::size_t kCacheBytesMax = std::size_t{1} << 20U;
constexpr std::chrono::seconds kStopLimit{1};
constexpr std::string_view kHeadEnd = "\r\n\r\n";

class Stage final : public SessionOwner {
 public:
  Stage(std::unique_ptr<core::EventLoop> loop, std::shared_ptr<const Snapshot> snapshot,
        core::WorkerPool& pool, PasswordDesk* desk)
      : loop_(std::move(loop)),
        snapshot_(std::move(snapshot)),
        lane_(pool, *loop_),
        cache_(*loop_, lane_, kCacheBytesMax),
        gate_(desk == nullptr
                  ? nullptr
                  : std::make_unique<PasswordGate>(*loop_, *desk, snapshot_->users().tables)),
        http_{snapshot_->http_limits(), router_, {}, {}},
        output_(loop_->blocks()) {
    snapshot_->build_router(router_, cache_, ready_, gate_.get(), {});
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage() override = default;

  // False: there was no answer in time, and a worker may still be out.
  [[nodiscard]] bool run(std::uint32_t listener, std::string_view request, core::Duration limit) {
    connection_.listener = listener;
    const bool in_the_clear = snapshot_->config().listen[listener].tls == config::ListenTls::kOff;
    connection_.tls = in_the_clear ? nullptr : &tls_;
    core::Timer timer(core::Callback<void()>::to<&Stage::on_timeout>(*this));
    loop_->timers().set(timer, core::Clock::now() + limit);
    auto session = std::make_unique<Http1Session>(http_, *this, core::Clock::now(), connection_);
    static_cast<void>(session->receive(std::as_bytes(std::span(request)), core::Clock::now()));
    while (!ended_ && !late_) {
      session->produce(output_, core::Clock::now());
      take_output();
      if (!ended_ && output_.empty()) loop_->turn();
    }
    look_ups();
    session.reset();
    output_.clear();
    cache_.stop();
    while (!idle() && !late_) loop_->turn();
    return !late_;
  }

  // No job is out.
  [[nodiscard]] bool idle() const { return cache_.idle() && (gate_ == nullptr || gate_->idle()); }
  [[nodiscard]] Rehearsal take() { return std::move(result_); }

 private:
  void on_timeout() {
    late_ = true;
    loop_->stop();  // or this turn would go on to wait for what never comes
  }
  void on_session_ready() override {}
  void on_limit(Limit) override {}
  void on_exchange_end(const Exchange& exchange, bool) override {
    ended_ = true;
    result_.body_bytes = exchange.body_bytes_sent;
    if (exchange.handler != nullptr) {
      result_.trace = router_.trace(exchange.request, connection_.listener);
    }
  }

  // The head is one piece of output.
  void take_output() {
    if (result_.head.empty() && !output_.empty()) {
      std::array<iovec, 1> first{};
      if (output_.gather(first) == 1) {
        const std::string_view bytes(static_cast<const char*>(first[0].iov_base), first[0].iov_len);
        result_.head = bytes.substr(0, bytes.find(kHeadEnd));
      }
    }
    output_.consume(output_.size());
  }

  void look_ups() {
    for (const FileCache::Known& known : cache_.known()) {
      const Representation& found = known.representation;
      std::string file;
      if (found.kind == Representation::Kind::kFile) {
        file = known.source.options.root + found.path;
        if (known.coding && found.siblings != 0) file += coding_suffix(*known.coding);
      }
      result_.look_ups.push_back(
          {std::string(known.path), known.coding, found.kind, std::move(file)});
    }
  }

  const std::unique_ptr<core::EventLoop> loop_;
  const std::shared_ptr<const Snapshot> snapshot_;
  const std::atomic<bool> ready_{true};
  core::Lane lane_;
  FileCache cache_;
  const std::unique_ptr<PasswordGate> gate_;  // null: no route asks for passwords
  Router router_;
  HttpContext http_;
  core::OutputQueue output_;
  Rehearsal result_;
  const TlsFacts tls_{std::nullopt, "TLSv1.3", {}};  // as if the client had named its host
  ConnectionFacts connection_;
  bool ended_ = false;
  bool late_ = false;
};

}  // namespace

core::Result<Rehearsal> rehearse(std::shared_ptr<const Snapshot> snapshot, std::uint32_t listener,
                                 std::string_view request, core::Duration limit) {
  auto loop = core::EventLoop::create(core::Engine{});
  if (!loop) return core::unexpected(loop.error());
  std::unique_ptr<AuthLane> auth;  // null: no route asks for passwords
  if (snapshot->asks_for_passwords()) {
    auto started = AuthLane::start(snapshot->config().lanes.auth, 1);
    if (!started) return core::unexpected(started.error());
    auth = std::move(*started);
  }
  auto pool =
      std::make_unique<core::WorkerPool>(files_lane_options(snapshot->config().lanes.files));
  auto stage = std::make_unique<Stage>(std::move(*loop), std::move(snapshot), *pool,
                                       auth == nullptr ? nullptr : &auth->desk());
  const bool answered = stage->run(listener, request, limit);
  const bool hangs =
      !stage->idle() || !pool->stop(kStopLimit) || (auth != nullptr && !auth->stop(kStopLimit));
  if (hangs) {
    // What hangs is never freed: the process ends soon.
    static_cast<void>(stage.release());
    static_cast<void>(pool.release());
    static_cast<void>(auth.release());
  }
  auth.reset();
  if (hangs || !answered) {
    return core::unexpected(core::Error{
        "no answer in time: does its root hang, does it announce a body, or does the hash "
        "of a password take that long?",
        0});
  }
  return stage->take();
}

}  // namespace server
