// Provocation: something is done to a running server over real sockets, and its /metrics must say
// so. Each has a server of its own, on the engine that it is given; it fails the test when
// something else happens. The test's thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"

namespace test {

// Values by name and labels, as written.
using Samples = std::map<std::string, double>;

struct Provocation {
  std::string_view what;
  // Returns what /metrics said in the end.
  Samples (*provoke)(const core::Engine& engine);
};

[[nodiscard]] std::vector<Provocation> provoked_connections();
[[nodiscard]] std::vector<Provocation> provoked_handshakes();
[[nodiscard]] std::vector<Provocation> provoked_lanes();
[[nodiscard]] std::vector<Provocation> provoked_limits();
[[nodiscard]] std::vector<Provocation> provoked_logs();
[[nodiscard]] std::vector<Provocation> provoked_loops();
[[nodiscard]] std::vector<Provocation> provoked_passwords();

// --- For those who provoke.

// Its text.
[[nodiscard]] Samples read_samples(const std::string& metrics);
// As a scraper does it.
[[nodiscard]] Samples scrape(std::uint16_t admin_port);

// Calls `provoke` and scrapes, again and again, until each of these series is above zero, and
// returns the last scrape. Ten seconds without that fail the test.
[[nodiscard]] Samples scrape_until_moved(
    const LiveServer& server, const std::vector<std::string>& series,
    const std::function<void()>& provoke = [] {});

inline const std::string kGetSmall = "GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n";
inline const std::string kGetLarge = "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n";

// A server with an admin and a root that has /small and /large.
class ProvokedServer {
 public:
  // The configuration is given its one site.
  explicit ProvokedServer(LiveOptions options, config::Config config = {});

  [[nodiscard]] std::uint16_t port() const { return live_->port(); }
  [[nodiscard]] LiveServer& live() const { return *live_; }
  [[nodiscard]] Samples until_moved(
      const std::vector<std::string>& series, const std::function<void()>& provoke = [] {}) const {
    return scrape_until_moved(*live_, series, provoke);
  }

 private:
  TemporaryDirectory root_;
  std::unique_ptr<LiveServer> live_;
};

}  // namespace test
