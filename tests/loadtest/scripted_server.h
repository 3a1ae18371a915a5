// ScriptedServer: an HTTP server of the tests' own, a thread for each connection and blocking
// sockets, that answers the n-th request with what a script says: right, wrong, late or not at all.
// Lives on 127.0.0.1; stops when destroyed, whatever its clients do.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/unique_fd.h"
#include "tests/loadtest/channel.h"

namespace test {

struct Reply {
  std::string bytes;                   // empty: no answer at all
  std::chrono::milliseconds stall{0};  // before them
  bool close = false;                  // the connection, behind them
};

class ScriptedServer {
 public:
  // Any thread. `number` counts the requests of all connections, from 0 on.
  using Script = std::function<Reply(std::size_t number, std::string_view request)>;

  // Speaks TLS with a context.
  explicit ScriptedServer(Script script,
                          std::shared_ptr<const core::TlsServerContext> tls = nullptr);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();

  [[nodiscard]] std::string url(std::string_view path = "/") const;
  [[nodiscard]] std::size_t requests();
  [[nodiscard]] std::size_t connections();
  // The addresses that they came from.
  [[nodiscard]] std::vector<std::string> clients();

 private:
  void accept_all();
  void serve(int fd);
  // False when the connection is over.
  [[nodiscard]] bool answer(Channel& channel, std::string_view request);

  const Script script_;
  const std::shared_ptr<const core::TlsServerContext> tls_;  // null: plain
  core::UniqueFd listener_;
  std::uint16_t port_ = 0;

  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::size_t requests_ = 0;
  std::vector<core::UniqueFd> sockets_;
  std::vector<std::string> clients_;
  std::vector<std::thread> threads_;  // the accepting one's

  std::thread accepting_;
};

[[nodiscard]] std::string ok(std::string_view body);

}  // namespace test
