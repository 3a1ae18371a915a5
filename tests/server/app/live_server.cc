#include "tests/server/app/live_server.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "core/io/socket.h"

namespace test {

namespace {

config::Config config_of(const std::string& root, const LiveOptions& options) {
  config::Config config;
  config.limits = options.limits;
  config.sites.push_back(folder_site(root));
  return config;
}

}  // namespace

config::Site folder_site(const std::string& root) {
  config::Files files;
  files.root = root;
  config::Route route;
  route.action = std::move(files);
  return {{}, {std::move(route)}};
}

LiveServer::LiveServer(const std::string& root, const LiveOptions& options)
    : LiveServer(config_of(root, options), options) {}

LiveServer::LiveServer(config::Config config, const LiveOptions& options) {
  const std::size_t listeners = std::max<std::size_t>(config.listen.size(), 1);
  auto snapshot = server::Snapshot::compile(std::move(config));
  INVARIANT(snapshot.has_value());
  server::Server::Setup setup;
  setup.engine = options.engine;
  setup.snapshot = *snapshot;
  setup.connections_max = options.connections_max;
  setup.access_log_fd = options.access_log_fd;
  setup.error_log_fd = options.error_log_fd;
  setup.loops = options.loops;
  setup.cpu_quota_root = options.cpu_quota_root;
  setup.stacks = options.stacks;
  setup.watch_periods = {options.certificate_period, options.users_period,
                         options.cpu_quota_period};
  setup.add_sites = options.add_sites;
  setup.proof = options.proof;
  for (std::size_t i = 0; i < listeners; ++i) {
    const auto address = core::SocketAddress::parse("127.0.0.1", 0);
    auto sockets = core::listen_on(*address, options.loops);
    INVARIANT(sockets.has_value());
    ports_.push_back(core::SocketAddress::of_socket(sockets->front().get()).port());
    setup.listeners.push_back(std::move(*sockets));
  }
  if (!options.unix_path.empty()) {
    auto listener =
        core::listen_on_unix(*core::SocketAddress::parse_unix(options.unix_path), options.loops);
    INVARIANT(listener.has_value());
    socket_file_ = std::move(listener->file);
    setup.listeners.push_back(std::move(listener->sockets));
  }
  if (options.admin) {
    auto admin = core::listen_on(*core::SocketAddress::parse("127.0.0.1", 0), 1);
    INVARIANT(admin.has_value());
    setup.admin = std::move(admin->front());
    admin_port_ = core::SocketAddress::of_socket(setup.admin.get()).port();
  }
  setup.policies.assign(setup.listeners.size(), options.policy);
  auto started = server::Server::start(std::move(setup));
  INVARIANT(started.has_value());
  server_ = std::move(*started);
}

LiveServer::~LiveServer() {
  server_->abort();
  INVARIANT(server_->close(std::chrono::seconds(20)));
}

std::vector<core::Engine> engines() {
  std::vector<core::Engine> engines{core::Engine{false, ""}};
  const auto best = core::choose_engine(core::EngineChoice::kAuto, 1);
  if (best && best->io_uring) engines.push_back(*best);
  return engines;
}

std::string name_of(const core::Engine& engine) { return engine.io_uring ? "io_uring" : "epoll"; }

}  // namespace test
