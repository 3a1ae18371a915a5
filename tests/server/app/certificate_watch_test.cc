// Goal: new certificates take the place of the old under load without a failed request, broken ones
// never do and are complained about, and tickets outlive both. Method: a real server whose files
// are replaced, on each engine; core/tls on the client's side; the error log through a pipe.

#include "server/app/certificate_watch.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/http/answer_reader.h"
#include "tests/server/net/tls_client.h"

namespace {

using test::LiveServer;
using test::TlsClient;

core::TlsIdentity::Pem new_pem() {
  const std::vector<std::string> names{"localhost"};
  return (*core::TlsIdentity::self_signed(names, core::KeyKind::kEcdsaP256, std::chrono::days(1)))
      ->to_pem();
}

core::TlsClientOptions keeping_sessions() {
  core::TlsClientOptions options;
  options.keep_sessions = true;
  return options;
}

// A server with its certificate in files, and what it complains of.
class Fixture {
 public:
  explicit Fixture(const core::Engine& engine) {
    REQUIRE(::pipe2(pipe_.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    pem = new_pem();
    config::Config config;
    config::Listen listen;
    listen.tls = config::ListenTls::kOn;
    config.listen.push_back(listen);
    config::Route route;
    route.action = config::Respond{200, "here", "text/plain"};
    config::Site site{{}, {route}};
    site.tls = config::SiteTls{{{{directory_.write("chain.pem", pem.chain), {"ouro.jsonc", 3, 5}},
                                 {directory_.write("key.pem", pem.key), {"ouro.jsonc", 4, 5}},
                                 {}}},
                               {}};
    config.sites.push_back(site);
    server = std::make_unique<LiveServer>(
        std::move(config),
        test::LiveOptions{.engine = engine, .loops = 2, .error_log_fd = pipe_[1]});
  }
  ~Fixture() {
    server.reset();
    for (const int fd : pipe_) ::close(fd);
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  void replace(const std::string& chain, const std::string& key) {
    directory_.write("chain.pem", chain);
    directory_.write("key.pem", key);
  }

  // The certificate that a new connection sees; "" when there is no answer.
  std::string shown(const TlsClient::Session& session = nullptr) const {
    TlsClient client(server->port(), "localhost", keeping_sessions(), session);
    if (!client.shake_hands()) return "";
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const auto text = client.read_to_end();
    if (!text || !text->ends_with("here")) return "";
    return client.filter().peer_certificate();
  }
  [[nodiscard]] bool comes_to_show(const std::string& chain) const {
    return LiveServer::eventually([&] { return shown() == chain; });
  }
  // Everything that it has said so far holds this.
  [[nodiscard]] bool comes_to_say(const std::string& text) {
    return LiveServer::eventually([&] {
      std::array<char, 4096> piece{};
      const ssize_t size = ::read(pipe_[0], piece.data(), piece.size());
      if (size > 0) said.append(piece.data(), static_cast<std::size_t>(size));
      return said.find(text) != std::string::npos;
    });
  }

  core::TlsIdentity::Pem pem;
  std::unique_ptr<LiveServer> server;
  std::string said;

 private:
  test::TemporaryDirectory directory_;
  std::array<int, 2> pipe_{};
};

}  // namespace

TEST_CASE("a new certificate takes over, and no request fails meanwhile") {
  for (const core::Engine& engine : test::engines()) {
    Fixture fixture(engine);
    CHECK(fixture.shown() == fixture.pem.chain);
    std::atomic<bool> stop{false};
    std::atomic<int> failed{0};
    std::thread load([&] {
      while (!stop) failed += fixture.shown().empty() ? 1 : 0;
    });
    for (int i = 0; i < 5; ++i) {
      const auto pem = new_pem();
      fixture.replace(pem.chain, pem.key);
      CHECK(fixture.comes_to_show(pem.chain));
    }
    stop = true;
    load.join();
    CHECK(failed == 0);
  }
}

TEST_CASE("a broken certificate is refused with its place and reason, and the old one serves on") {
  for (const core::Engine& engine : test::engines()) {
    Fixture fixture(engine);
    const auto other = new_pem();
    fixture.replace(other.chain, fixture.pem.key);
    CHECK(fixture.comes_to_say("ouro.jsonc:4:5: "));
    CHECK(fixture.comes_to_say("the certificates of before serve on"));
    CHECK(fixture.shown() == fixture.pem.chain);
    fixture.replace("", "");
    fixture.said.clear();
    CHECK(fixture.comes_to_say("the certificates of before serve on"));
    CHECK(fixture.shown() == fixture.pem.chain);
    fixture.replace(other.chain, other.key);
    CHECK(fixture.comes_to_show(other.chain));
  }
}

TEST_CASE("a ticket from before a new certificate is good after it") {
  Fixture fixture(test::engines().back());
  TlsClient before(fixture.server->port(), "localhost", keeping_sessions());
  REQUIRE(before.shake_hands());
  before.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  REQUIRE(before.read_to_end().has_value());
  REQUIRE(before.filter().session() != nullptr);
  const auto pem = new_pem();
  fixture.replace(pem.chain, pem.key);
  REQUIRE(fixture.comes_to_show(pem.chain));
  TlsClient after(fixture.server->port(), "localhost", {}, before.filter().session());
  REQUIRE(after.shake_hands());
  CHECK(after.filter().resumed());
}
