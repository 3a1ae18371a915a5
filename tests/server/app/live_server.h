// A real Server inside the test's process, on free ports of 127.0.0.1, serving one folder or what a
// configuration says.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/io/backend.h"
#include "core/io/unix_listener.h"
#include "server/app/server.h"

namespace test {

struct LiveOptions {
  core::Engine engine;
  std::size_t loops = 1;
  std::size_t connections_max = 1000;
  config::Limits limits = {};
  int access_log_fd = -1;
  int error_log_fd = -1;
  server::ListenerPolicy policy = {};  // of every listener
  std::string unix_path = {};          // another listener, when not empty
  bool admin = false;                  // with an admin listener
  // Between two looks at the files of certificates.
  core::Duration certificate_period = std::chrono::milliseconds(10);
  // Of passwords.
  core::Duration users_period = std::chrono::milliseconds(10);
  // Served in place of the configuration's sites.
  std::function<void(server::Router&, core::EventLoop&)> add_sites = {};
  bool stacks = false;  // of loops that are held
  bool proof = false;
  // Where a CPU quota is looked for, and how often.
  std::optional<std::string> cpu_quota_root = std::nullopt;
  core::Duration cpu_quota_period = std::chrono::milliseconds(10);
};

// A site for every host, whose one route serves the folder.
[[nodiscard]] config::Site folder_site(const std::string& root);

class LiveServer {
 public:
  LiveServer(const std::string& root, const LiveOptions& options);
  // With a port for each of config.listen, at least one.
  LiveServer(config::Config config, const LiveOptions& options);
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;
  ~LiveServer();

  [[nodiscard]] std::uint16_t port(std::size_t listener = 0) const { return ports_.at(listener); }
  [[nodiscard]] std::uint16_t admin_port() const { return admin_port_; }
  [[nodiscard]] server::Server& server() { return *server_; }
  [[nodiscard]] const server::Counters& counters() const { return server_->loop(0).counters(); }

  // Waits until the condition holds, looking again and again; false after a minute.
  template <typename Condition>
  [[nodiscard]] static bool eventually(Condition condition) {
    const auto give_up = core::Clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      if (core::Clock::now() > give_up) return false;
      std::this_thread::yield();
    }
    return true;
  }

 private:
  std::unique_ptr<server::Server> server_;
  std::vector<std::uint16_t> ports_;
  std::uint16_t admin_port_ = 0;
  core::SocketFile socket_file_;
};

// The engines that this machine has: epoll always, io_uring unless it is forbidden.
[[nodiscard]] std::vector<core::Engine> engines();
[[nodiscard]] std::string name_of(const core::Engine& engine);

}  // namespace test
