#include "prove/trial.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "loadtest/load_run.h"
#include "loadtest/plan.h"
#include "prove/admin_client.h"
#include "prove/cpu_wait.h"
#include "prove/json.h"

namespace prove {
namespace {

// A server measures what a password's hash takes before it serves.
constexpr std::chrono::seconds kStartLimit{20};
constexpr std::chrono::milliseconds kLookEvery{10};
constexpr std::chrono::seconds kAdminLimit{3};
// The storm gathers, the server's memory becomes warm, and its roots are looked up anew.
constexpr std::chrono::milliseconds kWarmup{700};
// So many that every loop has some, whichever the kernel deals them to.
constexpr std::size_t kPlainConnections = 16;
constexpr std::size_t kPageBytes = 1024;
// What measures must not wait for a CPU; only root may have it so.
constexpr int kPlainNice = -10;
constexpr std::chrono::seconds kPatience{5};
constexpr std::size_t kSlowTurnsMax = 10;

loadtest::Options plain_requests(const Options& options, const StartLines& server) {
  loadtest::Options plain;
  plain.urls = {fmt::format("http://127.0.0.1:{}/page.txt", server.plain)};
  plain.connections = kPlainConnections;
  plain.rate = static_cast<double>(options.rate);
  plain.warmup = kWarmup;
  plain.duration = std::chrono::seconds(options.seconds);
  plain.timeout = kPatience;
  plain.expect_length = kPageBytes;
  plain.engine = core::EngineChoice::kEpoll;
  plain.nice = kPlainNice;
  return plain;
}

}  // namespace

Trial::Trial(const Options& options, const Storm& storm, TemporarySite& site,
             Interruption& interruption)
    : options_(options), site_(site), interruption_(interruption) {
  row_.storm = storm;
}

Trial::~Trial() = default;

std::optional<Row> Trial::run() {
  if (prepare() && start_server() && check_preparation() && measure()) note_held();
  if (interrupted_) return std::nullopt;
  return std::move(row_);
}

bool Trial::fail(std::string why) {
  row_.failures.push_back(std::move(why));
  return false;
}

bool Trial::prepare() {
  if (row_.storm.cold_files && site_.is_in_memory()) {
    row_.left_out =
        site_.path() + " is in memory, where no file is ever cold (TMPDIR names another)";
    return false;
  }
  if (row_.storm.cpus > 0) {
    auto group = CpuGroup::make(fmt::format("ouro-prove-{}", ::getpid()), row_.storm.cpus);
    if (!group) {
      row_.left_out = std::move(group.error().message);
      return false;
    }
    group_ = std::move(*group);
  }
  auto prepared = site_.make_root_hang(false);
  if (prepared) prepared = site_.configure(options_.engine, row_.storm.unread_log);
  return prepared || fail(prepared.error().message);
}

bool Trial::start_server() {
  auto server = ServerProcess::start({options_.program, site_.config_path(),
                                      group_ == nullptr ? "" : group_->file(),
                                      row_.storm.hanging_root ? site_.mount_point() : ""});
  if (!server) return fail(server.error().message);
  server_ = std::move(*server);
  const core::TimePoint until = core::Clock::now() + kStartLimit;
  const bool started = await([this, until] {
    const auto lines = read_start_lines(server_->said());
    if (lines) lines_ = *lines;
    return lines || core::Clock::now() >= until;
  });
  if (!started) return false;
  if (lines_.plain == 0) {
    row_.said = server_->said();
    return fail(fmt::format("the server does not serve after {} s", kStartLimit.count()));
  }
  row_.engine = lines_.engine;
  row_.loops_count = lines_.loops;
  return true;
}

// A storm that cannot do all of its parts does the others; of one part nothing is left.
bool Trial::check_preparation() {
  if (const std::string& problem = server_->group_problem(); !problem.empty()) {
    row_.left_out = problem;
    return false;
  }
  const std::string problem = server_->mount_problem();
  if (problem.empty()) return true;
  row_.storm.hanging_root = false;
  if (row_.storm.passwords) {
    row_.without = "without a root that hangs: " + problem;
    return true;
  }
  row_.left_out = problem;
  return false;
}

bool Trial::measure() {
  auto plan = loadtest::make_plan(plain_requests(options_, lines_));
  if (!plan) return fail(plan.error().message);
  auto attack = Attack::start(row_.storm, lines_, site_);
  if (!attack) return fail(attack.error().message);
  auto plain = loadtest::LoadRun::start(*plan);
  if (!plain) return fail(plain.error().message);

  Look before;
  Look after;
  if (!await([&] { return core::Clock::now() >= (*plain)->measures_from(); })) return false;
  if (!look(before)) return false;
  if (!await([&] { return (*plain)->ended_within(std::chrono::milliseconds(0)); })) return false;
  if (!look(after)) return false;
  auto work = (*attack)->finish();
  if (!work) return fail(work.error().message);
  const auto outcome = (*plain)->finish();
  if (!outcome) return fail(outcome.error().message);
  note_plain(outcome->tally);
  note_loops(before, after);
  note_turns(before.status, after.status);
  note_work(std::move(*work));
  return true;
}

bool Trial::look(Look& look) {
  const auto metrics = ask_admin(lines_.admin, "/metrics", kAdminLimit);
  if (!metrics) return fail(metrics.error().message);
  look.figures = read_figures(metrics->body);
  const auto said = ask_admin(lines_.admin, "/status", kAdminLimit);
  if (!said) return fail(said.error().message);
  if (auto read = read_status(said->body)) look.status = std::move(*read);
  look.cpu_wait = cpu_wait_of_loops(server_->id());
  return true;
}

bool Trial::await(const std::function<bool()>& condition) {
  for (;;) {
    if (condition()) return true;
    if (interruption_.came()) {
      interrupted_ = true;
      return false;
    }
    server_->listen(kLookEvery);
    if (const auto end = server_->end()) {
      row_.end = *end;
      row_.said = server_->said();
      return false;
    }
  }
}

void Trial::note_plain(const loadtest::Tally& tally) {
  row_.plain = {tally.requests,
                tally.mishap_count(),
                tally.first_mishap,
                tally.latency.quantile(0.5),
                tally.latency.quantile(0.99),
                tally.latency.max(),
                tally.lateness.quantile(0.99)};
}

void Trial::note_loops(const Look& before, const Look& after) {
  row_.loops = after.figures - before.figures;
  row_.cpu_wait = after.cpu_wait - before.cpu_wait;
  row_.lag = longest_turn_at_most(row_.loops);
  row_.lag_is_bound = true;
}

// What /status says is exact.
void Trial::note_turns(const Status& before, const Status& after) {
  if (after.longest_turn > before.longest_turn) {
    row_.lag = after.longest_turn;
    row_.lag_is_bound = false;
  }
  for (const SlowTurn& turn : after.slowest) {
    if (turn.ended >= before.time) row_.slow_turns.push_back(turn);
  }
  for (const SlowTurn& turn : after.held) {
    row_.slow_turns.push_back(turn);
    row_.lag = std::max(row_.lag, turn.seconds);
  }
  std::sort(row_.slow_turns.begin(), row_.slow_turns.end(),
            [](const SlowTurn& a, const SlowTurn& b) { return a.seconds > b.seconds; });
  if (row_.slow_turns.size() > kSlowTurnsMax) row_.slow_turns.resize(kSlowTurnsMax);
}

void Trial::note_work(std::vector<Work> seen_by_clients) {
  const auto seconds = static_cast<double>(options_.seconds);
  const auto add = [&](bool wanted, const char* unit, std::uint64_t times) {
    if (wanted) row_.work.push_back({unit, static_cast<double>(times) / seconds});
  };
  add(row_.storm.passwords, "hashes/s", row_.loops.hashes);
  add(row_.storm.handshakes, "handshakes/s", row_.loops.handshakes);
  row_.work.insert(row_.work.end(), seen_by_clients.begin(), seen_by_clients.end());
  add(row_.storm.unread_log, "lines dropped/s", row_.loops.log_records_dropped);
}

void Trial::note_held() {
  server_->listen(std::chrono::milliseconds(0));
  row_.held = held_loops_in(server_->said());
}

std::vector<std::string> held_loops_in(std::string_view error_log) {
  std::vector<std::string> found;
  while (!error_log.empty()) {
    const auto end = error_log.find('\n');
    const std::string_view line = error_log.substr(0, end);
    const auto held = line.find(" is held for ");
    const auto begin = held == std::string_view::npos ? held : line.rfind("loop ", held);
    if (begin != std::string_view::npos) found.emplace_back(line.substr(begin));
    error_log.remove_prefix(end == std::string_view::npos ? error_log.size() : end + 1);
  }
  return found;
}

}  // namespace prove
