#include "tests/simulation/life.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/invariant.h"
#include "core/io/event_loop.h"
#include "core/work/lane.h"
#include "server/net/connection_set.h"
#include "server/net/filter_bin.h"
#include "server/net/listener.h"
#include "tests/core/tls/seeded_randomness.h"
#include "tests/simulation/rude_client.h"
#include "tests/simulation/scripted_client.h"
#include "tests/simulation/scripted_handler.h"
#include "tests/simulation/simulated_backend.h"
#include "tests/simulation/simulated_workers.h"
#include "tests/simulation/tls_contexts.h"

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
        tls_share_(make_tls_share()),
        workers_(kernel_, random_, {}),
        tls_workers_(kernel_, random_, make_mood()),
        handler_(random_),
        loop_(make_loop()),
        files_(workers_, *loop_),
        tls_(tls_workers_, *loop_),
        auth_(kernel_, random_, *loop_, handler_),
        ended_filters_(*loop_, tls_, resumptions_),
        scratch_(server::TlsTransport::kRecordBytesMax),
        http_{simulated_limits(), auth_.routes(), {}, {}},
        tls_shared_{tls_, resumptions_, ended_filters_, files_, scratch_, http_.date},
        memory_(loop_->blocks(), random_.chance(0.3) ? 40'000 : 1'000'000),
        limit_(1000),
        connections_({*loop_,
                      http_,
                      files_,
                      kSendTimeout,
                      nullptr,
                      counters_,
                      memory_,
                      {send_file, lift_unsent_limit},
                      &tls_shared_},
                     limit_),
        listener_(*loop_, core::UniqueFd(Kernel::kListeningFd), connections_, counters_, nullptr,
                  random_.chance(0.5) ? &believed_ : nullptr) {
    static_cast<void>(server_context(0));  // first: they are made with a seed of their own
    test::seed_openssl(seed);
  }

  LifeResult run();

 private:
  [[nodiscard]] Weather make_weather();
  [[nodiscard]] std::unique_ptr<core::EventLoop> make_loop();
  [[nodiscard]] double make_tls_share();
  [[nodiscard]] SimulatedWorkers::Mood make_mood();
  void turn();
  void check();
  void serve();
  [[nodiscard]] std::shared_ptr<Socket> connect(bool over_tls);
  void add_someone();
  void add_client(const std::shared_ptr<Socket>& socket, bool over_tls, Plan plan);
  [[nodiscard]] std::unique_ptr<ClientWire> make_wire(const std::shared_ptr<Socket>& socket,
                                                      bool speaks_tls);
  [[nodiscard]] std::shared_ptr<const core::TlsSession> take_session(core::TlsVersion version);
  void lose_patience();
  void check_handshakes_served();
  void check_verdicts();
  void end();
  void check_handshakes();
  void collect();
  [[nodiscard]] bool all_done() const;
  [[nodiscard]] bool all_ended() const;

  Random random_;
  Kernel kernel_;
  CurrentKernel current_;
  const Weather weather_;
  const bool calm_;
  SimulatedBackend* backend_ = nullptr;  // the loop's
  const double tls_share_;               // of the connections
  // Every peer is a proxy that says who its client is; else all clients are one.
  const server::ListenerPolicy believed_{{}, {{}, true}};
  SimulatedWorkers workers_;
  SimulatedWorkers tls_workers_;
  core::JobQueue resumptions_;
  ScriptedHandler handler_;
  const std::unique_ptr<core::EventLoop> loop_;
  core::Lane files_;
  core::Lane tls_;
  SimulatedAuth auth_;
  server::FilterBin ended_filters_;
  std::vector<char> scratch_;
  server::HttpContext http_;
  server::TlsTransport::Shared tls_shared_;
  server::Counters counters_;
  server::BufferMemory memory_;
  server::ConnectionLimit limit_;
  server::ConnectionSet connections_;
  server::Listener listener_;
  std::vector<std::unique_ptr<ScriptedClient>> clients_;
  std::vector<std::unique_ptr<RudeClient>> rude_clients_;
  std::vector<std::shared_ptr<Socket>> sockets_;
  const double impatience_ = random_.chance(0.4) ? 0 : 0.05;
  std::uint64_t left_ = 0;  // clients that lost their patience
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

double Life::make_tls_share() {
  if (random_.chance(0.4)) return 0;
  return random_.chance(0.5) ? 1 : 0.4;
}

// Of the tls lane: its jobs take long, and it may be full often.
SimulatedWorkers::Mood Life::make_mood() {
  return {random_.chance(0.5) ? 0.6 : 0.1, random_.chance(0.8) ? 0.02 : 0.3};
}

LifeResult Life::run() {
  listener_.start();
  serve();
  check_handshakes_served();
  check_verdicts();
  end();
  check_handshakes();
  collect();
  return result_;
}

void Life::serve() {
  const std::size_t connections = random_.between(1, kServerContexts);
  const double in_a_row = random_.chance(0.5) ? 0.9 : 0;  // they come in bursts, or one by one
  while (sockets_.size() < connections || !all_done()) {
    bool comes = random_.chance(0.3);
    for (; comes && sockets_.size() < connections; comes = random_.chance(in_a_row)) {
      add_someone();
    }
    for (const auto& client : clients_) client->step(calm_);
    lose_patience();
    for (const auto& client : rude_clients_) client->step(calm_);
    turn();
    // In bad weather a life may end in the middle.
    if (!calm_ && random_.chance(0.002)) return;
    INVARIANT(result_.turns < kTurnsToEnd);
  }
}

// Even in calm lives some clients leave while their password is being checked: it must be nobody
// else's loss. Not before a handshake has come to its end on both sides; and seldom before a second
// request, for until then the server does not look whether anybody is still there. Who presses
// "reload" asks the same again at once.
void Life::lose_patience() {
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    ScriptedClient& client = *clients_[i];
    if (client.done() || !client.awaits_verdict() || !random_.chance(impatience_)) continue;
    const bool over_tls = client.wire().speaks_tls();
    if (!client.answered() && (over_tls || random_.chance(0.8))) continue;
    client.leave();
    ++left_;
    if (sockets_.size() == kServerContexts || random_.chance(0.3)) continue;
    add_client(connect(over_tls), over_tls, {client.awaited()});
  }
}

std::shared_ptr<Socket> Life::connect(bool over_tls) {
  auto socket = kernel_.connect(over_tls ? server_context(sockets_.size()) : nullptr);
  sockets_.push_back(socket);
  // Time that jumps, or operations that fail, excuse everything but wrong bytes.
  if (!calm_) socket->disturbed = true;
  return socket;
}

void Life::add_someone() {
  const bool over_tls = random_.chance(tls_share_);
  const auto socket = connect(over_tls);
  if (over_tls && random_.chance(0.15)) {
    const auto manner = static_cast<RudeClient::Manner>(random_.below(4));
    rude_clients_.push_back(std::make_unique<RudeClient>(
        make_wire(socket, RudeClient::begins_well(manner)), manner, random_));
    return;
  }
  add_client(socket, over_tls,
             make_plan(random_, http_.limits, over_tls ? "https" : "http", auth_.habits()));
}

void Life::add_client(const std::shared_ptr<Socket>& socket, bool over_tls, Plan plan) {
  clients_.push_back(std::make_unique<ScriptedClient>(make_wire(socket, over_tls), std::move(plan),
                                                      auth_.files(), random_));
}

std::unique_ptr<ClientWire> Life::make_wire(const std::shared_ptr<Socket>& socket,
                                            bool speaks_tls) {
  if (!speaks_tls) return std::make_unique<ClientWire>(socket, random_);
  const auto version = random_.chance(0.3) ? core::TlsVersion::k12 : core::TlsVersion::k13;
  return std::make_unique<ClientWire>(socket, random_, version,
                                      random_.chance(0.5) ? take_session(version) : nullptr);
}

// What an earlier client was given to resume with.
std::shared_ptr<const core::TlsSession> Life::take_session(core::TlsVersion version) {
  for (const auto& client : clients_) {
    if (client->wire().version() != version) continue;
    if (auto session = client->wire().take_session()) return session;
  }
  return nullptr;
}

bool Life::all_done() const {
  return std::ranges::all_of(
             clients_, [](const auto& client) { return client->done() || client->complete(); }) &&
         std::ranges::all_of(rude_clients_, [](const auto& client) { return client->done(); });
}

void Life::turn() {
  listener_.use(kernel_.next_tls());
  workers_.step();
  tls_workers_.step();
  auth_.step();
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
  auth_.check();
  // Nobody is forgotten.
  const ProtectedRoutes::Counts& answers = auth_.answers();
  const std::uint64_t left = counters_.exchanges_aborted.value();
  INVARIANT(!auth_.idle() || answers.asked <= answers.answered() + left);
  const HandshakeCounts& handshakes = tls_workers_.watch().counts();
  INVARIANT(counters_.tls_refused.value() == handshakes.refused);
  INVARIANT(counters_.tls_handshakes.value() <= handshakes.handshakes);
}

// Before the end: what the clients know of their handshakes is what the server counted.
void Life::check_handshakes_served() {
  for (const auto& socket : sockets_) {
    const Socket::Handshake& handshake = socket->handshake;
    const bool unfinished = socket->tls != nullptr && socket->closed && !handshake.done;
    if (!unfinished || handshake.refused || handshake.failed || socket->left_in_time) continue;
    // No operation failed either: nothing is left but the deadline.
    if (weather_.failure == 0) ++result_.handshakes_late;
  }
  INVARIANT(result_.handshakes_late <= counters_.deadlines_passed.value());
  INVARIANT(!calm_ || result_.handshakes_late == 0);
  if (!calm_) return;
  const auto told =
      std::ranges::count_if(rude_clients_, [](const auto& client) { return client->told_off(); });
  INVARIANT(counters_.tls_failed.value() == static_cast<std::uint64_t>(told));
  INVARIANT(counters_.tls_handshakes.value() == tls_workers_.watch().counts().handshakes);
}

// What clients were told about their passwords is what was decided.
void Life::check_verdicts() {
  ScriptedClient::Verdicts told;
  for (const auto& client : clients_) {
    told.wrong += client->verdicts().wrong;
    told.busy += client->verdicts().busy;
    told.failed += client->verdicts().failed;
  }
  const ProtectedRoutes::Counts& decided = auth_.answers();
  INVARIANT(told.wrong <= decided.wrong && told.busy <= decided.busy);
  INVARIANT(told.failed <= decided.failed);
  if (!calm_) return;
  INVARIANT(decided.asked <= decided.answered() + left_);
  if (left_ > 0) return;
  INVARIANT(told.wrong == decided.wrong && told.busy == decided.busy);
  INVARIANT(told.failed == decided.failed);
}

// The server stops: it drains, or aborts what is open.
void Life::end() {
  for (const auto& socket : sockets_) {
    if (!socket->closed) socket->disturbed = true;
  }
  result_.out_at_drain = tls_workers_.watch().out();
  listener_.stop();
  connections_.drain();
  if (random_.chance(0.5)) {
    connections_.abort();
    result_.out_at_abort = std::exchange(result_.out_at_drain, 0);
  }
  const std::size_t turns_max = result_.turns + kTurnsToEnd;
  while (!all_ended()) {
    for (const auto& client : clients_) client->hurry();
    for (const auto& client : rude_clients_) client->hurry();
    turn();
    if (connections_.empty()) auth_.on_all_gone();
    INVARIANT(result_.turns < turns_max);
  }
  for (const auto& client : clients_) client->hurry();
  INVARIANT(kernel_.open_count() == 0);
  INVARIANT(limit_.count() == 0);
  INVARIANT(handler_.contexts() == 0);
  INVARIANT(memory_.bytes() == 0);
  INVARIANT(loop_->blocks().in_use() == 0);
  INVARIANT(tls_workers_.watch().out() == 0);
  auth_.check_end();
}

bool Life::all_ended() const {
  return connections_.empty() && listener_.stopped() && workers_.idle() && tls_workers_.idle() &&
         ended_filters_.idle() && auth_.idle();
}

// Whatever the weather.
void Life::check_handshakes() {
  std::uint64_t answered = 0;
  for (const auto& client : clients_) {
    if (client->wire().speaks_tls() && client->answered()) ++answered;
  }
  INVARIANT(answered <= counters_.tls_handshakes.value());
  INVARIANT(counters_.tls_failed.value() <= rude_clients_.size());
}

void Life::collect() {
  static_cast<HandshakeCounts&>(result_) = tls_workers_.watch().counts();
  static_cast<AuthCounts&>(result_) = auth_.counts();
  for (const auto& client : clients_) {
    if (client->complete()) ++result_.satisfied;
    if (client->complete() && client->wire().speaks_tls()) ++result_.satisfied_tls;
    if (client->wire().resumed()) ++result_.resumed;
  }
  for (const auto& client : rude_clients_) {
    if (!client->told_off()) continue;
    constexpr std::array kTold{&LifeResult::told_garbage, &LifeResult::told_plain_http,
                               &LifeResult::told_junk, &LifeResult::told_record};
    ++(result_.*kTold.at(static_cast<std::size_t>(client->manner())));
  }
  result_.connections = sockets_.size();
  result_.exchanges = counters_.exchanges.value();
  result_.aborted = counters_.exchanges_aborted.value();
  result_.deadlines = counters_.deadlines_passed.value();
  result_.send_stalls = counters_.send_stalls.value();
  result_.accept_pauses = counters_.accept_pauses.value();
  result_.pipeline_pauses = counters_.pipeline_pauses.value();
  result_.memory_pauses = counters_.memory_pauses.value();
}

}  // namespace

LifeResult live(std::uint64_t seed) { return Life(seed).run(); }

}  // namespace simulation
