#include "tests/simulation/simulated_auth.h"

#include <utility>

#include "core/base/invariant.h"

namespace simulation {
namespace {

// More than there are clients, for one network too.
constexpr std::size_t kLargeQueue = 1024;
constexpr double kRepairRate = 0.2;
// Of the desk, until it has heard that whoever waited has left, and dropped it.
constexpr std::size_t kTurnsToKnow = 2;

}  // namespace

SimulatedAuth::SimulatedAuth(Kernel& kernel, Random& random, core::EventLoop& loop,
                             server::Handler& open)
    : random_(random),
      habits_(make_habits(random)),
      options_(make_options()),
      mood_(make_mood()),
      change_rate_(random.chance(0.4) ? 0 : (random.chance(0.5) ? 0.0005 : 0.005)),
      // Time goes faster there, so that nobody waits long for an answer that is held back: nothing
      // compares the two clocks.
      desk_weather_{random.chance(0.5) ? 0.1 : 0.6, 0, 0, std::chrono::seconds(1)},
      desk_loop_(make_desk_loop(kernel)),
      watch_(options_.threads),
      workers_(kernel, random, mood_, SimulatedWorkers::Passwords{watch_, *desk_backend_}),
      files_(random),
      desk_(*desk_loop_, workers_, options_),
      gate_(loop, desk_, files_.tables()),
      routes_(gate_, files_, open) {}

server::PasswordDesk::Options SimulatedAuth::make_options() const {
  return {random_.between(1, 3), random_.chance(0.5) ? kLargeQueue : random_.between(1, 12)};
}

// A hash takes much longer than a turn.
SimulatedWorkers::Mood SimulatedAuth::make_mood() const {
  return {random_.chance(0.3) ? 0.6 : 0.03, 0, random_.chance(0.7) ? 0 : 0.1};
}

std::unique_ptr<core::EventLoop> SimulatedAuth::make_desk_loop(Kernel& kernel) {
  auto loop = core::EventLoop::create([this, &kernel](core::BufferPool& buffers) {
    auto backend = std::make_unique<SimulatedBackend>(kernel, random_, buffers, desk_weather_);
    desk_backend_ = backend.get();
    return core::Result<std::unique_ptr<core::Backend>>(std::move(backend));
  });
  INVARIANT(loop.has_value());
  return std::move(*loop);
}

void SimulatedAuth::step() {
  if (habits_.share == 0) return;
  workers_.step();
  // A file that cannot be read is there again soon: who asks meanwhile costs the life too much
  // time.
  const double change_rate = files_.all_readable() ? change_rate_ : kRepairRate;
  if (change_rate > 0 && random_.chance(change_rate)) change_files();
  if (forget_due_ && random_.chance(0.3)) forget_successes();
  if ((desk_.idle() && desk_loop_->idle()) || random_.chance(0.3)) return;
  const std::uint64_t submitted = watch_.counts().submitted;
  desk_loop_->turn();
  watch_.on_turn_end();
  // By then it knows: one word of the gate is on its way at a time, and brings what has come since.
  INVARIANT(turns_alone_ < kTurnsToKnow || watch_.counts().submitted == submitted);
  if (all_gone_) ++turns_alone_;
}

// The desk may hear of it before the gate does, or later.
void SimulatedAuth::change_files() {
  forget_due_ = true;
  if (random_.chance(0.5)) forget_successes();
  files_.change();
  gate_.use(files_.tables());
  if (gate_.requests() > 0) ++changes_meanwhile_;
}

void SimulatedAuth::forget_successes() {
  forget_due_ = false;
  desk_.forget_successes();
  watch_.on_forget();
}

bool SimulatedAuth::idle() const {
  return gate_.idle() && desk_.idle() && desk_loop_->idle() && workers_.idle() && !forget_due_;
}

void SimulatedAuth::check() const {
  const auto& gate = gate_.counters();
  const auto& desk = desk_.counters();
  const ProtectedRoutes::Counts& answers = routes_.counts();
  INVARIANT(gate.checks == answers.asked + answers.offered);
  INVARIANT(gate.refused == answers.busy);
  INVARIANT(answers.answered() <= answers.asked);
  // Whom somebody else's hash, or none, has answered makes no job; the others do, unless they wait
  // or were dropped.
  const std::uint64_t checks = desk.requests - desk.cache_hits - desk.joined - desk.refused;
  INVARIANT(checks >= watch_.counts().submitted);
  INVARIANT(checks <= watch_.counts().submitted + desk.dropped + desk.waiting);
  INVARIANT(desk.waiting <= options_.queue_max);
  INVARIANT(options_.queue_max < kLargeQueue || answers.busy == 0);
  INVARIANT(mood_.failure > 0 || answers.failed == 0);
}

void SimulatedAuth::check_end() const {
  INVARIANT(idle() && gate_.requests() == 0 && watch_.out() == 0);
  INVARIANT(desk_loop_->blocks().in_use() == 0);
  const auto& gate = gate_.counters();
  const auto& desk = desk_.counters();
  INVARIANT(desk.waiting == 0);
  INVARIANT(desk.hashes == watch_.counts().hashes);
  INVARIANT(desk.failures == watch_.counts().failures);
  // Each request that the gate cannot answer itself goes to the desk, once if the files stay.
  const std::uint64_t sent = gate.checks - gate.cache_hits - gate.joined;
  INVARIANT(desk.requests >= sent);
  const bool once = files_.version() == 0 && desk.dropped == 0;
  INVARIANT(!once || desk.requests == sent);
}

AuthCounts SimulatedAuth::counts() const {
  const auto& gate = gate_.counters();
  const auto& desk = desk_.counters();
  const ProtectedRoutes::Counts& answers = routes_.counts();
  AuthCounts counts;
  counts.passwords = answers.asked + answers.offered;
  counts.let_in = answers.let_in;
  counts.offered = answers.offered;
  counts.wrong = answers.wrong;
  counts.busy = answers.busy;
  counts.threw = answers.failed;
  counts.left = answers.asked - answers.answered();
  counts.hashes = desk.hashes;
  counts.known_to_gate = gate.cache_hits;
  counts.known_to_desk = desk.cache_hits;
  counts.joined_at_gate = gate.joined;
  counts.joined_at_desk = desk.joined;
  counts.dropped = desk.dropped;
  counts.slowed = desk.slowed;
  counts.changes = files_.version();
  counts.changes_meanwhile = changes_meanwhile_;
  return counts;
}

}  // namespace simulation
