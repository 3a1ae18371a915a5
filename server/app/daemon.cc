#include "server/app/daemon.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/descriptor_limit.h"
#include "core/base/invariant.h"
#include "core/io/socket.h"
#include "core/io/unix_listener.h"
#include "server/app/auth_lane.h"
#include "server/app/certificate_report.h"
#include "server/app/cpu_count.h"
#include "server/app/exit_code.h"
#include "server/app/login_rate.h"
#include "server/app/server.h"
#include "server/app/start_table.h"
#include "server/app/summary.h"

namespace server {
namespace {

// After the loops were told to stop at once.
constexpr std::chrono::seconds kAbortLimit{2};

void say(const std::string& message) { fmt::print(stderr, "{}\n", message); }

// "ouro.jsonc:3:14: " when the configuration is a file.
std::string prefix(const config::Place& place) {
  if (place.file.empty()) return "ouro: ";
  return summarize(place) + ": ";
}

// SIGTERM and SIGINT become readable; a client that goes away must not end us with SIGPIPE. Before
// any other thread is made, which inherits it.
core::UniqueFd prepare_signals() {
  sigset_t stop{};
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  core::UniqueFd fd(::signalfd(-1, &stop, SFD_CLOEXEC));
  INVARIANT(fd.valid());
  return fd;
}

// The kernel doubles the table of our descriptors when it is full, and as soon as there are threads
// whoever opens the next one waits until all of them have let go of the old one (expand_files() in
// fs/file.c): a loop that accepts. So it gets its size now, for nothing; beyond the maximum, half a
// megabyte, it grows as ever.
void reserve_descriptors(std::size_t limit) {
  constexpr std::size_t kReservedMax = 65'536;
  const core::UniqueFd any(::eventfd(0, EFD_CLOEXEC));
  const auto last = static_cast<int>(std::min(limit, kReservedMax)) - 1;
  const core::UniqueFd reserved(::fcntl(any.get(), F_DUPFD_CLOEXEC, last));
}

core::EngineChoice engine_choice(config::Engine engine) {
  switch (engine) {
    case config::Engine::kIoUring:
      return core::EngineChoice::kIoUring;
    case config::Engine::kEpoll:
      return core::EngineChoice::kEpoll;
    case config::Engine::kAuto:
      break;
  }
  return core::EngineChoice::kAuto;
}

// The file that the access log goes to; for standard output and error a descriptor of our own, so
// that all cases are closed alike. Invalid without a log.
core::Result<core::UniqueFd> open_log(const config::LogTarget& target) {
  using Kind = config::LogTarget::Kind;
  core::UniqueFd fd;
  if (target.kind == Kind::kNone) return fd;
  if (target.kind == Kind::kFile) {
    // O_NONBLOCK: a FIFO that nobody reads is an error, not a start that hangs, deaf to SIGTERM.
    // But the log's own thread may wait to write.
    constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC;
    fd.reset(::open(target.path.c_str(), kFlags | O_NONBLOCK, 0640));
    if (!fd.valid() || ::fcntl(fd.get(), F_SETFL, kFlags) != 0)
      return core::unexpected(core::system_error("cannot open " + target.path, errno));
    return fd;
  }
  const int standard = target.kind == Kind::kStdout ? STDOUT_FILENO : STDERR_FILENO;
  fd.reset(::fcntl(standard, F_DUPFD_CLOEXEC, 3));
  if (!fd.valid()) return core::unexpected(core::system_error("cannot use standard output", errno));
  return fd;
}

// Of the descriptors that connections leave, half; the others are for what is being sent, and for
// listeners and logs.
std::size_t cache_files_max(std::size_t descriptors, const StartFacts& facts) {
  return (descriptors - std::min(descriptors, facts.connections_max)) / 2;
}

struct Outside {
  std::shared_ptr<const Snapshot> snapshot;
  StartFacts facts;
  std::size_t cache_files_max = 0;
  core::Duration hash_time{};
  core::UniqueFd access_log;
  std::vector<std::vector<core::UniqueFd>> listeners;
  std::vector<ListenerPolicy> policies;        // one for each of them
  core::UniqueFd admin;                        // invalid: none
  std::vector<core::SocketFile> socket_files;  // of Unix listeners; removed at the end
};

PeerList peers_of(const config::PeerList& peers) { return {peers.blocks, peers.unix_sockets}; }

ListenerPolicy policy_of(const config::Listen& listen) {
  return {peers_of(listen.proxy_protocol), peers_of(listen.trusted_proxies),
          listen.client_ip_header};
}

core::Result<std::vector<core::UniqueFd>> open_listener(const config::ListenAddress& listen,
                                                        std::size_t count, Outside& outside) {
  if (!listen.unix_path.empty()) {
    auto address = core::SocketAddress::parse_unix(listen.unix_path);
    if (!address) return core::unexpected(address.error());
    auto opened = core::listen_on_unix(*address, count);
    if (!opened) return core::unexpected(opened.error());
    outside.socket_files.push_back(std::move(opened->file));
    return std::move(opened->sockets);
  }
  auto address = core::SocketAddress::parse(listen.host, listen.port);
  if (!address) return core::unexpected(address.error());
  return core::listen_on(*address, count);
}

// With its place and what may be done.
core::Error listen_error(const config::ListenAddress& listen, core::Error error) {
  error.message = prefix(listen.place) + error.message;
  if (error.errno_value == EADDRINUSE) error.message += " (is another server running?)";
  if (error.errno_value == EACCES) {
    error.message += " (ports below 1024 need root or CAP_NET_BIND_SERVICE)";
  }
  return error;
}

// As bound: port 0 has become a port.
std::string url_of(const config::ListenAddress& listen, const core::UniqueFd& socket,
                   bool has_tls = false) {
  if (!listen.unix_path.empty()) return "unix:" + listen.unix_path + (has_tls ? " (TLS)" : "");
  return (has_tls ? "https://" : "http://") +
         core::SocketAddress::of_socket(socket.get()).to_string();
}

core::Result<void> open_listeners(Outside& outside) {
  for (const config::Listen& one : outside.snapshot->config().listen) {
    auto sockets = open_listener(one.address, outside.facts.loops, outside);
    if (!sockets) return core::unexpected(listen_error(one.address, sockets.error()));
    outside.facts.addresses.push_back(
        url_of(one.address, sockets->front(), one.tls != config::ListenTls::kOff));
    outside.policies.push_back(policy_of(one));
    outside.listeners.push_back(std::move(*sockets));
  }
  return {};
}

// The default address is nobody's wish: whoever has it already, another server most likely, keeps
// it.
core::Result<void> open_admin(Outside& outside) {
  const config::Admin& admin = outside.snapshot->config().admin;
  if (!admin.address) return {};
  auto sockets = open_listener(*admin.address, 1, outside);
  if (sockets) {
    outside.facts.admin = url_of(*admin.address, sockets->front());
    outside.admin = std::move(sockets->front());
    return {};
  }
  const core::Error& error = sockets.error();
  if (!admin.is_default) return core::unexpected(listen_error(*admin.address, error));
  const std::string reason = error.errno_value == EADDRINUSE
                                 ? fmt::format("{} is taken", admin.address->text)
                                 : error.message;
  say(fmt::format(
      "ouro: admin: {}, going on without (\"admin\": {{\"address\": ...}} chooses another)",
      reason));
  return {};
}

// Everything that may fail for reasons outside the program, before a thread is started.
core::Result<Outside> open_outside(config::Config config) {
  Outside outside;
  const std::size_t descriptors = core::raise_descriptor_limit();
  reserve_descriptors(descriptors);
  auto snapshot = Snapshot::compile(std::move(config));
  if (!snapshot) {
    const Snapshot::Failure& failure = snapshot.error();
    return core::unexpected(
        core::Error{prefix(failure.place) + failure.error.message, failure.error.errno_value});
  }
  outside.snapshot = std::move(*snapshot);
  const config::Config& settings = outside.snapshot->config();
  outside.facts.certificates =
      summarize_certificates(outside.snapshot->certificates(), std::chrono::system_clock::now());
  outside.facts.loops = settings.loops != 0 ? settings.loops : available_cpus();
  if (outside.snapshot->asks_for_passwords()) {
    const auto lane = auth_lane_options(settings.lanes.auth, outside.facts.loops);
    LoginRate rate =
        measure_login_rate(outside.snapshot->users().tables, lane.threads, available_cpus());
    outside.facts.logins = std::move(rate.text);
    outside.hash_time = rate.hash_time;
  }
  outside.facts.connections_max =
      settings.limits.connections != 0 ? settings.limits.connections : descriptors / 5 * 4;
  outside.cache_files_max = cache_files_max(descriptors, outside.facts);
  auto engine = core::choose_engine(engine_choice(settings.engine), outside.facts.loops);
  if (!engine) return core::unexpected(engine.error());
  outside.facts.engine = *engine;
  auto log = open_log(settings.log.access);
  if (!log) return core::unexpected(log.error());
  outside.access_log = std::move(*log);
  if (auto listening = open_listeners(outside); !listening) {
    return core::unexpected(listening.error());
  }
  if (auto opened = open_admin(outside); !opened) return core::unexpected(opened.error());
  return outside;
}

enum class Event { kSignal, kFinished, kTimeout };

Event wait_for_event(const Server& server, int signals, core::Duration limit) {
  std::array<pollfd, 2> requests{pollfd{signals, POLLIN, 0},
                                 pollfd{server.finished_event(), POLLIN, 0}};
  const core::TimePoint until =
      limit == core::Duration::max() ? core::kNever : core::Clock::now() + limit;
  for (;;) {
    int timeout = -1;
    if (until != core::kNever) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - core::Clock::now());
      if (left.count() <= 0) return Event::kTimeout;
      timeout = static_cast<int>(left.count());
    }
    if (::poll(requests.data(), requests.size(), timeout) <= 0) continue;
    if ((requests[1].revents & POLLIN) != 0) return Event::kFinished;
    signalfd_siginfo info{};
    if (::read(signals, &info, sizeof info) == sizeof info) return Event::kSignal;
  }
}

// kTimeout: the server is to drain; kSignal: to stop at once.
Event wait_for_drain(Server& server, int signals, std::chrono::milliseconds delay) {
  const Event first = wait_for_event(server, signals, core::Duration::max());
  if (first == Event::kFinished) return first;
  server.stop_being_ready();
  if (delay.count() > 0) {
    say("ouro: not ready any more, still accepting (a second signal stops at once)");
  }
  return wait_for_event(server, signals, delay);
}

void wait_for_stop(Server& server, int signals, const config::Drain& drain) {
  const Event first = wait_for_drain(server, signals, drain.delay);
  if (first == Event::kSignal) server.abort();
  if (first != Event::kTimeout) return;
  say("ouro: stopping; what has begun is finished first (a second signal stops at once)");
  server.drain();
  switch (wait_for_event(server, signals, drain.timeout)) {
    case Event::kFinished:
      return;
    case Event::kTimeout:
      say(fmt::format("ouro: closing {} connections that did not end in time",
                      server.connections()));
      break;
    case Event::kSignal:
      say(fmt::format("ouro: closing {} connections", server.connections()));
      break;
  }
  server.abort();
}

}  // namespace

int serve(config::Config config, const ServingMode& mode) {
  const core::UniqueFd signals = prepare_signals();
  auto outside = open_outside(std::move(config));
  if (!outside) {
    const std::string& message = outside.error().message;
    say(message.find(": ") == std::string::npos || !message.starts_with("ouro") ? "ouro: " + message
                                                                                : message);
    return kExitFailed;
  }
  outside->facts.proof = mode.proof;
  const config::Drain drain = outside->snapshot->config().drain;
  Server::Setup setup{.engine = outside->facts.engine,
                      .snapshot = outside->snapshot,
                      .connections_max = outside->facts.connections_max,
                      .access_log_fd = outside->access_log.get(),
                      .error_log_fd = STDERR_FILENO,
                      .listeners = std::move(outside->listeners),
                      .loops = outside->facts.loops,
                      .policies = std::move(outside->policies),
                      .admin = std::move(outside->admin),
                      .cache_files_max = outside->cache_files_max,
                      .cpu_quota_root = "",
                      .stacks = mode.stacks,
                      .hash_time = outside->hash_time,
                      .add_sites = mode.add_sites,
                      .proof = mode.proof};
  auto server = Server::start(std::move(setup));
  if (!server) {
    say("ouro: cannot start: " + server.error().message);
    return kExitFailed;
  }
  fmt::print(stderr, "{}", start_table(outside->snapshot->config(), outside->facts));
  wait_for_stop(**server, signals.get(), drain);
  if (!(*server)->close(kAbortLimit)) {
    say("ouro: a worker does not come to an end (a dead mount? a password's hash with a huge "
        "cost?); ending without it");
    std::fflush(nullptr);
    ::_exit(kExitFailed);
  }
  return kExitDone;
}

}  // namespace server
