#include "tests/simulation/life.h"

#include <memory>
#include <vector>

#include "core/base/invariant.h"
#include "core/io/event_loop.h"
#include "core/work/lane.h"
#include "server/net/connection_set.h"
#include "server/net/listener.h"
#include "tests/simulation/scripted_client.h"
#include "tests/simulation/scripted_handler.h"
#include "tests/simulation/simulated_backend.h"
#include "tests/simulation/simulated_workers.h"

namespace simulation {
namespace {

constexpr core::Duration kSendTimeout = std::chrono::seconds(60);
// No connection needs as many to come to its end once everybody hurries.
constexpr std::size_t kTurnsToEnd = 100'000;

class Life {
 public:
  explicit Life(std::uint64_t seed)
      : random_(seed),
        kernel_(random_),
        current_(kernel_, random_),
        weather_(make_weather()),
        calm_(weather_.failure == 0 && weather_.jump_max <= std::chrono::milliseconds(1)),
        workers_(kernel_, random_),
        handler_(random_),
        loop_(make_loop()),
        files_(workers_, *loop_),
        http_{simulated_limits(), handler_, {}, {}},
        memory_(loop_->blocks(), random_.chance(0.3) ? 40'000 : 1'000'000),
        limit_(1000),
        connections_({*loop_,
                      http_,
                      files_,
                      kSendTimeout,
                      nullptr,
                      counters_,
                      memory_,
                      {send_file, lift_unsent_limit}},
                     limit_) {}

  LifeResult run();

 private:
  [[nodiscard]] Weather make_weather();
  [[nodiscard]] std::unique_ptr<core::EventLoop> make_loop();
  void turn();
  void check();
  void serve();
  void end(server::Listener& listener);
  [[nodiscard]] bool all_done() const;

  Random random_;
  Kernel kernel_;
  CurrentKernel current_;
  const Weather weather_;
  const bool calm_;
  SimulatedBackend* backend_ = nullptr;  // the loop's
  SimulatedWorkers workers_;
  ScriptedHandler handler_;
  const std::unique_ptr<core::EventLoop> loop_;
  core::Lane files_;
  server::HttpContext http_;
  server::Counters counters_;
  server::BufferMemory memory_;
  server::ConnectionLimit limit_;
  server::ConnectionSet connections_;
  std::vector<std::unique_ptr<ScriptedClient>> clients_;
  std::vector<std::shared_ptr<Socket>> sockets_;
  LifeResult result_;
};

Weather Life::make_weather() {
  Weather weather;
  weather.lateness = random_.chance(0.5) ? 0.1 : 0.6;
  weather.starvation = random_.chance(0.3) ? 0.05 : 0;
  if (random_.chance(0.4)) return weather;  // calm: everybody gets everything
  weather.failure = random_.chance(0.5) ? 0.003 : 0;
  if (random_.chance(0.5)) weather.jump_max = std::chrono::seconds(1);
  if (random_.chance(0.2)) weather.jump_max = std::chrono::seconds(30);
  return weather;
}

std::unique_ptr<core::EventLoop> Life::make_loop() {
  auto loop = core::EventLoop::create([this](core::BufferPool& buffers) {
    auto backend = std::make_unique<SimulatedBackend>(kernel_, random_, buffers, weather_);
    backend_ = backend.get();
    return core::Result<std::unique_ptr<core::Backend>>(std::move(backend));
  });
  INVARIANT(loop.has_value());
  return std::move(*loop);
}

LifeResult Life::run() {
  server::Listener listener(*loop_, core::UniqueFd(Kernel::kListeningFd), connections_, counters_,
                            nullptr);
  listener.start();
  serve();
  end(listener);
  return result_;
}

void Life::serve() {
  const std::size_t connections = random_.between(1, 40);
  const double in_a_row = random_.chance(0.5) ? 0.9 : 0;  // they come in bursts, or one by one
  while (clients_.size() < connections || !all_done()) {
    bool comes = random_.chance(0.3);
    for (; comes && clients_.size() < connections; comes = random_.chance(in_a_row)) {
      auto socket = kernel_.connect();
      sockets_.push_back(socket);
      // Time that jumps, or operations that fail, excuse everything but wrong bytes.
      if (!calm_) socket->disturbed = true;
      clients_.push_back(
          std::make_unique<ScriptedClient>(socket, make_plan(random_, http_.limits), random_));
    }
    for (const auto& client : clients_) client->step(calm_);
    turn();
    // In bad weather a life may end in the middle.
    if (!calm_ && random_.chance(0.002)) return;
    INVARIANT(result_.turns < kTurnsToEnd);
  }
}

bool Life::all_done() const {
  for (const auto& client : clients_) {
    if (!client->done() && !client->complete()) return false;
  }
  return true;
}

void Life::turn() {
  workers_.step();
  handler_.step();
  loop_->turn();
  ++result_.turns;
  check();
}

void Life::check() {
  INVARIANT(loop_->inbox().empty());
  INVARIANT(backend_->buffers_are_back());
  std::size_t open = 0;
  connections_.for_each([&open](const server::Connection& connection) {
    ++open;
    INVARIANT(!connection.waits_for_peer() || connection.has_deadline());
  });
  INVARIANT(open == connections_.count());
  INVARIANT(open == limit_.count());
  INVARIANT(handler_.contexts() <= open);
}

// The server stops: it drains, or aborts what is open.
void Life::end(server::Listener& listener) {
  for (const auto& socket : sockets_) {
    if (!socket->closed) socket->disturbed = true;
  }
  listener.stop();
  connections_.drain();
  if (random_.chance(0.5)) connections_.abort();
  const std::size_t turns_max = result_.turns + kTurnsToEnd;
  while (!connections_.empty() || !listener.stopped() || !workers_.idle()) {
    for (const auto& client : clients_) client->hurry();
    turn();
    INVARIANT(result_.turns < turns_max);
  }
  for (const auto& client : clients_) {
    client->hurry();
    if (client->complete()) ++result_.satisfied;
  }
  result_.connections = clients_.size();
  result_.exchanges = counters_.exchanges.value();
  result_.aborted = counters_.exchanges_aborted.value();
  result_.deadlines = counters_.deadlines_passed.value();
  result_.send_stalls = counters_.send_stalls.value();
  result_.accept_pauses = counters_.accept_pauses.value();
  result_.pipeline_pauses = counters_.pipeline_pauses.value();
  result_.memory_pauses = counters_.memory_pauses.value();
  INVARIANT(kernel_.open_count() == 0);
  INVARIANT(limit_.count() == 0);
  INVARIANT(handler_.contexts() == 0);
  INVARIANT(memory_.bytes() == 0);
  INVARIANT(loop_->blocks().in_use() == 0);
}

}  // namespace

LifeResult live(std::uint64_t seed) { return Life(seed).run(); }

}  // namespace simulation
