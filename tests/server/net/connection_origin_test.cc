// Goal: behind a balancer the client is whom the PROXY header or the forwarding field names, in the
// log and in the limits, and only those who are listed may name one. Method: a real server with a
// policy on each engine; plain clients from several addresses of this machine; the log through a
// pipe.

#include "server/net/connection_origin.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tests/core/base/pipe.h"
#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using test::LiveServer;
using test::TestClient;

constexpr std::string_view kGet = "GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr const char* kBalancer = "127.0.0.8";

server::PeerList only(const char* address) {
  return {{{*core::parse_ip_address(address), core::AddressBlock::kBitsMax}}, false};
}

std::string header(std::string_view client) {
  return "PROXY TCP4 " + std::string(client) + " 192.0.2.9 4711 80\r\n";
}

std::string get_with(std::string_view field) {
  return "GET /small.txt HTTP/1.1\r\nHost: x\r\n" + std::string(field) + "\r\n\r\n";
}

// Where the log goes. Lines are read one by one.
class LogPipe {
 public:
  [[nodiscard]] int writer() const { return pipe_.writing.get(); }
  [[nodiscard]] std::string line() {
    std::size_t end = 0;
    while ((end = text_.find('\n')) == std::string::npos) {
      const std::string piece = pipe_.read_some();
      REQUIRE_FALSE(piece.empty());
      text_ += piece;
    }
    std::string first = text_.substr(0, end);
    text_.erase(0, end + 1);
    return first;
  }

 private:
  test::Pipe pipe_;
  std::string text_;
};

template <typename Check>
void on_each_engine(const test::LiveOptions& base, Check check) {
  const test::TemporaryDirectory directory;
  directory.write("small.txt", "small");
  test::on_engines([&](const core::Engine& engine) {
    LogPipe log;
    test::LiveOptions options = base;
    options.engine = engine;
    options.access_log_fd = log.writer();
    LiveServer server(directory.path(), options);
    check(server, log);
  });
}

test::LiveOptions with_proxy_protocol() {
  test::LiveOptions options;
  options.policy.proxy_protocol = only(kBalancer);
  return options;
}

// Sends one request to a Unix socket and returns everything until the server closes.
std::string ask_unix(const std::string& path, const std::string& request) {
  const auto address = *core::SocketAddress::parse_unix(path);
  const core::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(socket.get(), address.data(), address.size()) == 0);
  static_cast<void>(::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL));
  std::string answer;
  std::array<char, 4096> piece{};
  for (;;) {
    pollfd request_to_read{socket.get(), POLLIN, 0};
    REQUIRE(::poll(&request_to_read, 1, 10'000) == 1);
    const ssize_t size = ::read(socket.get(), piece.data(), piece.size());
    if (size <= 0) return answer;
    answer.append(piece.data(), static_cast<std::size_t>(size));
  }
}

void expect_status(TestClient& client, int status) {
  const auto answer = client.read_answer();
  REQUIRE(answer);
  CHECK(answer->status == status);
}

void expect_line(LogPipe& log, std::string_view part) {
  const std::string line = log.line();
  CAPTURE(line);
  CHECK(line.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("a PROXY header names the client of all requests behind it") {
  on_each_engine(with_proxy_protocol(), [](LiveServer& server, LogPipe& log) {
    TestClient client(server.port(), 0, kBalancer);
    REQUIRE(client.send(header("198.51.100.7") + std::string(kGet)));
    expect_status(client, 200);
    expect_line(log, R"("client":"198.51.100.7","peer":"127.0.0.8")");
    REQUIRE(client.send(kGet));
    expect_status(client, 200);
    expect_line(log, R"("client":"198.51.100.7","peer":"127.0.0.8")");
    CHECK(server.counters().proxy_refused.value() == 0);
  });
}

TEST_CASE("a PROXY header may come byte by byte") {
  on_each_engine(with_proxy_protocol(), [](LiveServer& server, LogPipe& log) {
    TestClient client(server.port(), 0, kBalancer);
    for (const char byte : header("198.51.100.7") + std::string(kGet)) {
      REQUIRE(client.send({&byte, 1}));
    }
    expect_status(client, 200);
    expect_line(log, R"("client":"198.51.100.7","peer":"127.0.0.8")");
  });
}

TEST_CASE("LOCAL and UNKNOWN leave the connection its own address") {
  on_each_engine(with_proxy_protocol(), [](LiveServer& server, LogPipe& log) {
    const std::string local("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16);
    for (const std::string& start : {local, std::string("PROXY UNKNOWN\r\n")}) {
      TestClient client(server.port(), 0, kBalancer);
      REQUIRE(client.send(start + std::string(kGet)));
      expect_status(client, 200);
      expect_line(log, R"("client":"127.0.0.8","method")");
    }
  });
}

TEST_CASE("who must send a PROXY header and does not is closed without an answer") {
  on_each_engine(with_proxy_protocol(), [](LiveServer& server, LogPipe&) {
    std::uint64_t refused = 0;
    for (const std::string& bytes : {std::string(kGet), std::string("PROXY TCP4 no no 1 2\r\n"),
                                     "PROXY UNKNOWN " + std::string(200, 'x')}) {
      TestClient client(server.port(), 0, kBalancer);
      REQUIRE(client.send(bytes));
      CHECK(client.read_to_end().value_or("").empty());
      ++refused;
      REQUIRE(LiveServer::eventually(
          [&] { return server.counters().proxy_refused.value() == refused; }));
    }
    {
      TestClient client(server.port(), 0, kBalancer);
      REQUIRE(client.send("PROXY TCP4"));
      client.shut_down_sending();
      CHECK(client.read_to_end().value_or("").empty());
      CHECK(server.counters().proxy_refused.value() == refused + 1);
    }
    // A balancer that only looks whether somebody answers has done nothing wrong.
    TestClient client(server.port(), 0, kBalancer);
    client.shut_down_sending();
    CHECK(client.read_to_end().value_or("").empty());
    CHECK(server.counters().proxy_refused.value() == refused + 1);
    CHECK(server.counters().exchanges.value() == 0);
    REQUIRE(LiveServer::eventually([&] { return server.server().connections() == 0; }));
  });
}

TEST_CASE("a peer outside of the list is refused, with a header and without") {
  on_each_engine(with_proxy_protocol(), [](LiveServer& server, LogPipe&) {
    for (const std::string& start : {header("198.51.100.7"), std::string()}) {
      TestClient client(server.port(), 0, "127.0.0.9");
      static_cast<void>(client.send(start + std::string(kGet)));
      CHECK(client.read_to_end().value_or("").empty());
    }
    CHECK(server.counters().proxy_refused.value() == 2);
    CHECK(server.counters().exchanges.value() == 0);
    CHECK(server.server().connections() == 0);
  });
}

TEST_CASE("a PROXY header has the header's time, from the beginning of the connection") {
  test::LiveOptions options = with_proxy_protocol();
  options.limits.header_timeout = std::chrono::milliseconds(200);
  on_each_engine(options, [](LiveServer& server, LogPipe&) {
    std::vector<TestClient> clients;
    for (const char* const bytes : {"P", "PROXY TCP4 198.51.100.7 192.0.2.9 4711 80\r"}) {
      clients.emplace_back(server.port(), 0, kBalancer);
      REQUIRE(clients.back().send(bytes));
    }
    for (TestClient& client : clients) CHECK(client.read_to_end().value_or("").empty());
    CHECK(server.counters().proxy_refused.value() == 2);
    CHECK(server.counters().deadlines_passed.value() == 2);
  });
}

TEST_CASE("the limit for an address counts the clients of a balancer, not the balancer") {
  test::LiveOptions options = with_proxy_protocol();
  options.limits.connections_per_address = 2;
  options.policy.trusted_proxies = only("198.51.100.99");
  on_each_engine(options, [](LiveServer& server, LogPipe&) {
    std::vector<TestClient> clients;
    const auto visit = [&](const std::string& start) {
      clients.emplace_back(server.port(), 0, kBalancer);
      REQUIRE(clients.back().send(start + std::string(kGet)));
      const auto answer = clients.back().read_answer();
      REQUIRE(answer);
      return answer->status;
    };
    for (const char* client : {"198.51.100.7", "198.51.100.8"}) {
      for (int i = 0; i < 2; ++i) CHECK(visit(header(client)) == 200);
    }
    CHECK(visit(header("198.51.100.7")) == 503);
    CHECK(server.counters().connections_refused_address.value() == 1);
    for (int i = 0; i < 4; ++i) CHECK(visit(header("198.51.100.99")) == 200);  // trusted
    for (int i = 0; i < 4; ++i) CHECK(visit("PROXY UNKNOWN\r\n") == 200);
    clients.clear();
    REQUIRE(LiveServer::eventually([&] { return server.server().connections() == 0; }));
    for (int i = 0; i < 2; ++i) CHECK(visit(header("198.51.100.7")) == 200);
    CHECK(visit(header("198.51.100.7")) == 503);
  });
}

TEST_CASE("a trusted proxy's field names the client of each request") {
  test::LiveOptions options;
  options.policy.trusted_proxies = only(kBalancer);
  options.limits.connections_per_address = 2;
  on_each_engine(options, [](LiveServer& server, LogPipe& log) {
    std::vector<TestClient> proxies;
    for (int i = 0; i < 4; ++i) {  // not limited
      proxies.emplace_back(server.port(), 0, kBalancer);
      REQUIRE(proxies.back().send(get_with("X-Forwarded-For: 203.0.113.1, 198.51.100.7")));
      expect_status(proxies.back(), 200);
      expect_line(log, R"("client":"198.51.100.7","peer":"127.0.0.8")");
    }
    REQUIRE(proxies[0].send(get_with("X-Forwarded-For: 2001:db8::1")));
    expect_status(proxies[0], 200);
    expect_line(log, R"("client":"2001:db8::1","peer":"127.0.0.8")");
    REQUIRE(proxies[0].send(kGet));
    expect_status(proxies[0], 200);
    expect_line(log, R"("client":"127.0.0.8","method")");
    // Anybody else may write what he likes into it, and counts.
    std::vector<TestClient> others;
    for (const int status : {200, 200, 503}) {
      others.emplace_back(server.port(), 0, "127.0.0.9");
      REQUIRE(others.back().send(get_with("X-Forwarded-For: 203.0.113.1")));
      expect_status(others.back(), status);
      if (status == 200) expect_line(log, R"("client":"127.0.0.9","method")");
    }
  });
}

TEST_CASE("with a PROXY header it is the client in it that may be trusted with a field") {
  test::LiveOptions options = with_proxy_protocol();
  options.policy.trusted_proxies = only("198.51.100.99");
  options.policy.client_ip_header = "Forwarded";
  on_each_engine(options, [](LiveServer& server, LogPipe& log) {
    struct Row {
      const char* source;
      const char* logged;
    };
    for (const Row& row : {Row{"198.51.100.99", R"("client":"203.0.113.1","peer":"127.0.0.8")"},
                           Row{"198.51.100.7", R"("client":"198.51.100.7","peer":"127.0.0.8")"}}) {
      TestClient client(server.port(), 0, kBalancer);
      REQUIRE(client.send(header(row.source) + get_with("Forwarded: for=203.0.113.1")));
      expect_status(client, 200);
      expect_line(log, row.logged);
    }
  });
}

TEST_CASE("a Unix socket: its peers count for no address, and are listed by their kind") {
  const test::TemporaryDirectory directory;
  test::LiveOptions options;
  options.unix_path = directory.path() + "/socket";
  options.loops = 2;
  options.limits.connections_per_address = 1;
  const std::string get = get_with("Connection: close");
  on_each_engine(options, [&](LiveServer&, LogPipe& log) {
    const auto address = *core::SocketAddress::parse_unix(options.unix_path);
    const core::UniqueFd idle(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(idle.get(), address.data(), address.size()) == 0);
    for (int i = 0; i < 3; ++i) {
      CHECK(ask_unix(options.unix_path, get).starts_with("HTTP/1.1 200 "));
      expect_line(log, R"("client":"unix:","method")");
    }
  });
  options.policy.proxy_protocol = only(kBalancer);
  on_each_engine(options, [&](LiveServer& server, LogPipe&) {
    CHECK(ask_unix(options.unix_path, header("198.51.100.7") + get).empty());
    CHECK(server.server().loop(0).counters().proxy_refused.value() +
              server.server().loop(1).counters().proxy_refused.value() ==
          1);
  });
  options.policy.proxy_protocol = {{}, true};
  options.policy.trusted_proxies = {{}, true};
  on_each_engine(options, [&](LiveServer&, LogPipe& log) {
    CHECK(ask_unix(options.unix_path, header("198.51.100.7") + get).starts_with("HTTP/1.1 200 "));
    expect_line(log, R"("client":"198.51.100.7","peer":"unix:")");
  });
  options.policy.proxy_protocol = {};
  on_each_engine(options, [&](LiveServer&, LogPipe& log) {
    const std::string forwarded = get_with("Connection: close\r\nX-Forwarded-For: 192.0.2.1");
    CHECK(ask_unix(options.unix_path, forwarded).starts_with("HTTP/1.1 200 "));
    expect_line(log, R"("client":"192.0.2.1","peer":"unix:")");
  });
}
