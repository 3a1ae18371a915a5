// Goal: hundreds of browsers that load a page with sixty pictures behind a password cost a hash for
// each user, and every picture comes. Method: a real server and its desk's counters; six
// connections a browser, as they have, each browser at an address of its own; as many at a time as
// this process may have descriptors.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/base/descriptor_limit.h"
#include "core/password/password_hasher.h"
#include "tests/server/app/password_server.h"

namespace {

using test::PasswordServer;
using test::TestClient;

// A sanitizer makes everything ten times as expensive.
#ifdef OURO_SANITIZE
constexpr std::size_t kBrowsers = 100;
#else
constexpr std::size_t kBrowsers = 500;
#endif
constexpr std::size_t kConnections = 6;
constexpr std::size_t kAssets = 60;
static_assert(kAssets % kConnections == 0);

std::string user_name(std::size_t user) { return fmt::format("user{}", user); }

// All of them have one password, hashed once, which nobody can tell from the lines.
std::string user_lines() {
  const std::string hash = core::PasswordHasher().hash("secret", core::kBcryptCostMin);
  std::string lines;
  for (std::size_t i = 0; i < kBrowsers; ++i) lines += user_name(i) + ":" + hash + "\n";
  return lines;
}

// Both ends of each connection are in this process.
std::size_t browsers_at_a_time() {
  const std::size_t limit = core::raise_descriptor_limit();
  constexpr std::size_t kOthers = 200;
  REQUIRE(limit > kOthers + 2 * kConnections);
  return std::min((limit - kOthers) / (2 * kConnections), kBrowsers);
}

class Browser {
 public:
  Browser(std::uint16_t port, std::size_t user)
      : port_(port),
        source_(fmt::format("127.77.{}.{}", user / 200, 1 + user % 200)),
        login_(test::login(user_name(user), "secret")) {}

  void connect(std::size_t connections) {
    while (connections_.size() < connections) connections_.emplace_back(port_, 0, source_.c_str());
  }

  void send(std::size_t connection, const std::string& target, bool with_login = true) const {
    CHECK(connections_[connection].send("GET " + target + " HTTP/1.1\r\nHost: x\r\n" +
                                        (with_login ? login_ : "") + "\r\n"));
  }
  // 0: the connection ended.
  [[nodiscard]] int read_status(std::size_t connection) {
    const auto answer = connections_[connection].read_answer();
    return answer ? answer->status : 0;
  }

 private:
  std::uint16_t port_;
  std::string source_;
  std::string login_;
  std::vector<TestClient> connections_;
};

// All of them ask over their first connection, then all read: how many are answered so.
std::size_t load_page(std::vector<Browser>& browsers, bool with_login, int status) {
  for (Browser& browser : browsers) {
    browser.connect(1);
    browser.send(0, test::kVaultFile, with_login);
  }
  return static_cast<std::size_t>(
      std::count_if(browsers.begin(), browsers.end(),
                    [status](Browser& browser) { return browser.read_status(0) == status; }));
}

// Over all connections, an asset on each of them at a time: how many came.
std::size_t load_assets(std::vector<Browser>& browsers) {
  std::size_t came = 0;
  for (Browser& browser : browsers) browser.connect(kConnections);
  for (std::size_t asset = 0; asset < kAssets; asset += kConnections) {
    for (const Browser& browser : browsers) {
      for (std::size_t i = 0; i < kConnections; ++i) {
        browser.send(i, fmt::format("{}?asset={}", test::kVaultFile, asset + i));
      }
    }
    for (Browser& browser : browsers) {
      for (std::size_t i = 0; i < kConnections; ++i) came += browser.read_status(i) == 200 ? 1 : 0;
    }
  }
  return came;
}

// On each engine, in waves; then what the desk has counted.
template <typename Load>
void check_browsers(Load load) {
  const std::size_t at_a_time = browsers_at_a_time();
  test::on_engines([&](const core::Engine& engine) {
    const PasswordServer server(
        engine,
        {.loops = 2, .connections_max = 2 * kConnections * kBrowsers, .users = user_lines()});
    for (std::size_t first = 0; first < kBrowsers; first += at_a_time) {
      std::vector<Browser> browsers;
      for (std::size_t user = first; user < std::min(first + at_a_time, kBrowsers); ++user) {
        browsers.emplace_back(server.live->port(), user);
      }
      load(browsers);
    }
    CHECK(server.desk().hashes == kBrowsers);
    CHECK(server.desk().failures == 0);
    CHECK(server.desk().refused == 0);
  });
}

}  // namespace

TEST_CASE("a page asks for the password, then its assets come: one hash a user") {
  check_browsers([](std::vector<Browser>& browsers) {
    CHECK(load_page(browsers, false, 401) == browsers.size());
    CHECK(load_page(browsers, true, 200) == browsers.size());
    CHECK(load_assets(browsers) == browsers.size() * kAssets);
  });
}

TEST_CASE("all assets at once from browsers that know the password already: one hash a user") {
  check_browsers([](std::vector<Browser>& browsers) {
    CHECK(load_assets(browsers) == browsers.size() * kAssets);
  });
}
