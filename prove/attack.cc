#include "prove/attack.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace prove {
namespace {

using loadtest::Options;

// As long as nobody ends it.
constexpr std::chrono::hours kForEver{24};

// Clients are somebody else's machines: ours comes after the server, if both want a CPU.
constexpr int kNice = 10;

constexpr std::size_t kGuessers = 8;
// Of loopback, and not its first address, which the plain requests come from: each guess comes from
// another one, as from a botnet, or the server would be right to keep the guesser waiting.
constexpr const char* kGuessersAddresses = "127.64.0.0/10";
constexpr std::size_t kShakers = 32;
constexpr std::size_t kReaders = 4;
// Often enough, and with so little patience, that the queue of the root that hangs is full within
// two seconds; and no more often, for those who are refused then ask again at once.
constexpr std::size_t kHangers = 256;
constexpr double kHangersASecond = 1000;
constexpr std::chrono::milliseconds kHangersPatience{200};
// Long lines fill a log's pipe and the rings before it within a second.
constexpr std::size_t kWriters = 8;
constexpr double kLinesASecond = 1000;
constexpr std::size_t kLineBytes = 4000;

std::string plain_url(const StartLines& server, const std::string& path) {
  return fmt::format("http://127.0.0.1:{}{}", server.plain, path);
}

Options storm_options(std::size_t connections) {
  Options options;
  options.connections = connections;
  options.warmup = std::chrono::milliseconds(0);
  options.duration = kForEver;
  options.engine = core::EngineChoice::kEpoll;  // a ring would lock memory that the server may need
  options.nice = kNice;
  return options;
}

Options passwords(const StartLines& server) {
  Options options = storm_options(kGuessers);
  options.urls = {plain_url(server, "/private/")};
  options.guess = TemporarySite::kUser;
  options.from = kGuessersAddresses;
  options.close = true;
  options.expect_status = 401;
  return options;
}

Options handshakes(const StartLines& server) {
  Options options = storm_options(kShakers);
  options.urls = {fmt::format("https://127.0.0.1:{}/page.txt", server.tls)};
  options.close = true;
  return options;
}

Options cold_files(const StartLines& server) {
  Options options = storm_options(kReaders);
  for (std::size_t i = 0; i < TemporarySite::kColdFiles; ++i) {
    options.urls.push_back(plain_url(server, fmt::format("/cold/{}.bin", i)));
  }
  options.expect_length = TemporarySite::kColdBytes;
  options.discard = true;
  return options;
}

Options hanging_root(const StartLines& server) {
  Options options = storm_options(kHangers);
  options.urls = {plain_url(server, "/hang/file.txt")};
  options.rate = kHangersASecond;
  options.timeout = kHangersPatience;
  return options;
}

Options unread_log(const StartLines& server) {
  Options options = storm_options(kWriters);
  options.urls = {plain_url(server, "/page.txt?" + std::string(kLineBytes, 'x'))};
  options.rate = kLinesASecond;
  return options;
}

double per_second(double amount, const loadtest::Tally& tally) {
  const double seconds = std::chrono::duration<double>(tally.measured).count();
  return seconds > 0 ? amount / seconds : 0;
}

double count_of(const loadtest::Tally& tally, loadtest::Mishap mishap) {
  return static_cast<double>(tally.mishaps[static_cast<std::size_t>(mishap)]);
}

}  // namespace

core::Result<std::unique_ptr<Attack>> Attack::start(const Storm& storm, const StartLines& server,
                                                    TemporarySite& site) {
  std::unique_ptr<Attack> attack(new Attack);
  if (storm.cold_files) attack->dropper_.emplace(site.cold_files());
  core::Result<void> result;
  if (storm.hanging_root) result = site.make_root_hang(true);
  const auto add = [&](bool wanted, Kind kind, Options (*options)(const StartLines&)) {
    if (wanted && result) result = attack->add(kind, options(server));
  };
  add(storm.passwords, Kind::kPasswords, passwords);
  add(storm.handshakes, Kind::kHandshakes, handshakes);
  add(storm.cold_files, Kind::kColdFiles, cold_files);
  add(storm.hanging_root, Kind::kHangingRoot, hanging_root);
  add(storm.unread_log, Kind::kUnreadLog, unread_log);
  if (!result) return core::unexpected(result.error());
  return attack;
}

core::Result<void> Attack::add(Kind kind, Options options) {
  auto plan = loadtest::make_plan(std::move(options));
  if (!plan) return core::unexpected(plan.error());
  auto wave = std::make_unique<Wave>();
  wave->kind = kind;
  wave->plan = std::move(*plan);
  auto run = loadtest::LoadRun::start(wave->plan);
  if (!run) return core::unexpected(run.error());
  wave->run = std::move(*run);
  waves_.push_back(std::move(wave));
  return {};
}

core::Result<std::vector<Work>> Attack::finish() {
  for (const auto& wave : waves_) wave->run->stop();
  std::vector<Work> work;
  for (const auto& wave : waves_) {
    const auto outcome = wave->run->finish();
    if (!outcome) return core::unexpected(outcome.error());
    report(*wave, *outcome, work);
  }
  dropper_.reset();
  return work;
}

void Attack::report(const Wave& wave, const loadtest::Outcome& outcome, std::vector<Work>& work) {
  const loadtest::Tally& tally = outcome.tally;
  if (wave.kind == Kind::kColdFiles) {
    work.push_back({"MB/s", per_second(static_cast<double>(tally.bytes) / 1e6, tally)});
  }
  if (wave.kind == Kind::kHangingRoot) {
    work.push_back(
        {"unanswered/s", per_second(count_of(tally, loadtest::Mishap::kTimeout), tally)});
    const double refused = per_second(count_of(tally, loadtest::Mishap::kStatus), tally);
    if (refused > 0) work.push_back({"refused/s", refused});
  }
}

}  // namespace prove
