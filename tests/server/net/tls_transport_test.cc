// Goal: over TLS a client gets what it would get in the clear, whatever the pieces in which it
// sends and reads, and whoever breaks the protocol, stalls or leaves ends alone. Method: a real
// server with a self-signed listener on each engine; core/tls on the client's side.

#include "server/net/tls_transport.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/core/base/pipe.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/http/answer_reader.h"
#include "tests/server/net/tls_client.h"

namespace {

using http_test::read_answers;
using test::LiveServer;
using test::TestClient;
using test::TlsClient;

config::Site site_of(const std::string& root, std::vector<std::string> hosts = {}) {
  config::Route moved;
  moved.path = {"/moved"};
  moved.action = config::Redirect{"{scheme}://{host}/small", 308};
  config::Route files;
  config::Files action;
  action.root = root;
  files.action = action;
  return {std::move(hosts), {moved, files}};
}

config::Config config_of(std::vector<config::Site> sites) {
  config::Config config;
  config::Listen listen;
  listen.tls = config::ListenTls::kSelfSigned;
  config.listen.push_back(listen);
  config.sites = std::move(sites);
  return config;
}

std::string get(const std::string& path, const std::string& host = "localhost",
                const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n";
}
constexpr const char* kClose = "Connection: close\r\n";

// check(server), on each engine, with "small" and "large" in its root.
class Fixture {
 public:
  Fixture() {
    directory.write("small", small);
    large_path = directory.write("large", large);
  }
  template <typename Check>
  void on_each_engine(Check check, const config::Limits& limits = {}, std::size_t loops = 1) {
    for (const core::Engine& engine : test::engines()) {
      const std::string engine_name = test::name_of(engine);
      CAPTURE(engine_name);
      auto config = config_of({site_of(directory.path())});
      config.limits = limits;
      LiveServer server(std::move(config), {.engine = engine, .loops = loops});
      check(server);
      CHECK(LiveServer::eventually([&] { return server.server().connections() == 0; }));
    }
  }

  test::TemporaryDirectory directory;
  const std::string small = "hello\n";
  const std::string large = test::varied_bytes(3'000'000, 7);
  std::string large_path;
};

// Asks for `path` on a connection of its own that ends with the answer; its body.
std::string fetch(TlsClient& client, const std::string& path) {
  if (!client.shake_hands()) return "refused: " + std::string(client.filter().failure());
  client.send(get(path, "localhost", kClose));
  const auto text = client.read_to_end();
  if (!text) return "cut off";
  const auto answers = read_answers(*text);
  if (answers.list.size() != 1 || answers.list[0].status != 200) return "not one answer: " + *text;
  return answers.list[0].body;
}

}  // namespace

TEST_CASE("small and large files arrive over both versions, and the end is announced") {
  Fixture fixture;
  fixture.on_each_engine([&](LiveServer& server) {
    for (const auto version : {core::TlsVersion::k12, core::TlsVersion::k13}) {
      core::TlsClientOptions options;
      options.min_version = options.max_version = version;
      TlsClient first(server.port(), "localhost", options);
      CHECK(fetch(first, "/small") == fixture.small);
      CHECK(first.filter().version() == (version == core::TlsVersion::k12 ? "TLSv1.2" : "TLSv1.3"));
      TlsClient second(server.port(), "localhost", options);
      CHECK(fetch(second, "/large") == fixture.large);
    }
    CHECK(server.counters().tls_handshakes.value() == 4);
    CHECK(server.counters().tls_failed.value() == 0);
  });
}

TEST_CASE("a client that sends byte by byte and reads slowly gets every byte") {
  Fixture fixture;
  fixture.on_each_engine([&](LiveServer& server) {
    TlsClient client(server.port(), "localhost", {}, nullptr, 4096);
    client.piece_bytes = 1;
    CHECK(fetch(client, "/large") == fixture.large);
  });
}

TEST_CASE("requests that follow each other in one record, or are cut by records, are answered") {
  Fixture fixture;
  fixture.on_each_engine([&](LiveServer& server) {
    std::string requests;
    for (int i = 0; i < 200; ++i) requests += get(i % 10 == 3 ? "/large" : "/small");
    requests += get("/small", "localhost", kClose);
    for (const std::size_t record : {std::size_t{7}, std::size_t{1000}, requests.size()}) {
      CAPTURE(record);
      TlsClient client(server.port());
      REQUIRE(client.shake_hands());
      for (std::size_t at = 0; at < requests.size(); at += record) {
        REQUIRE(client.send(std::string_view(requests).substr(at, record)));
      }
      const auto text = client.read_to_end();
      REQUIRE(text.has_value());
      const auto answers = read_answers(*text);
      CHECK(answers.problem == "");
      CHECK(answers.list.size() == 201);
    }
  });
}

TEST_CASE("a file that becomes shorter while it is sent ends the connection without close_notify") {
  Fixture fixture;
  const std::string path = fixture.directory.write("shrinks", test::varied_bytes(30'000'000, 8));
  fixture.on_each_engine([&](LiveServer& server) {
    fixture.directory.write("shrinks", test::varied_bytes(30'000'000, 8));
    TlsClient client(server.port(), "localhost", {}, nullptr, 4096);
    REQUIRE(client.shake_hands());
    client.send(get("/shrinks"));
    REQUIRE(client.read(100'000).size() >= 100'000);
    REQUIRE(::truncate(path.c_str(), 1000) == 0);
    CHECK_FALSE(client.read_to_end().has_value());
  });
}

TEST_CASE("a close_notify behind the last request does not reset its answer away") {
  Fixture fixture;
  const std::string body = test::varied_bytes(60'000, 10);
  fixture.directory.write("middle", body);
  fixture.on_each_engine([&](LiveServer& server) {
    // Reads so little ahead that most of the answer is still the server's kernel's.
    TlsClient client(server.port(), "localhost", {}, nullptr, 4096);
    REQUIRE(client.shake_hands());
    client.send(get("/middle", "localhost", kClose));
    // From then on the server expects nothing more of this client.
    REQUIRE(LiveServer::eventually([&] { return server.counters().exchanges.value() == 1; }));
    client.send_close();
    const auto text = client.read_to_end();
    REQUIRE(text.has_value());
    CHECK(text->ends_with(body));
    client.socket().close();
  });
}

TEST_CASE("redirects name the scheme, and absolute targets must") {
  Fixture fixture;
  fixture.on_each_engine([&](LiveServer& server) {
    TlsClient client(server.port());
    REQUIRE(client.shake_hands());
    client.send(get("/moved") + get("https://localhost/small") +
                get("http://localhost/small", "localhost", kClose));
    const auto text = client.read_to_end();
    REQUIRE(text.has_value());
    const auto answers = read_answers(*text);
    REQUIRE(answers.list.size() == 3);
    CHECK(text->find("Location: https://localhost/small\r\n") != std::string::npos);
    CHECK(answers.list[1].status == 200);
    CHECK(answers.list[2].status == 421);
  });
}

TEST_CASE("plain HTTP is answered in plain HTTP, and garbage ends its connection alone") {
  Fixture fixture;
  fixture.on_each_engine([&](LiveServer& server) {
    TestClient plain(server.port());
    plain.send(get("/small"));
    const auto answer = plain.read_answer();
    REQUIRE(answer.has_value());
    CHECK(answer->status == 400);
    CHECK(answer->body.find("https://") != std::string::npos);
    CHECK(plain.closed_by_peer());

    TestClient garbage(server.port());
    garbage.send(test::varied_bytes(100'000, 9));
    static_cast<void>(garbage.read_to_end());

    TlsClient broken(server.port());
    REQUIRE(broken.shake_hands());
    broken.socket().send(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'));
    CHECK_FALSE(broken.read_to_end().has_value());

    TlsClient good(server.port());
    CHECK(fetch(good, "/small") == fixture.small);
    CHECK(server.counters().tls_failed.value() == 3);
  });
}

TEST_CASE("whoever stalls in the middle of a handshake is closed in time") {
  Fixture fixture;
  config::Limits limits;
  limits.header_timeout = std::chrono::milliseconds(300);
  fixture.on_each_engine(
      [&](LiveServer& server) {
        TestClient half(server.port());
        half.send(std::string("\x16\x03\x01\x02\x00\x01\x00", 7));
        CHECK(half.closed_by_peer());
        CHECK(server.counters().deadlines_passed.value() == 1);
      },
      limits);
}

TEST_CASE("clients that leave during their handshake leave nothing behind") {
  Fixture fixture;
  fixture.on_each_engine([&](LiveServer& server) {
    for (int i = 0; i < 50; ++i) {
      TlsClient leaves(server.port());
      leaves.piece_bytes = 100;
      leaves.begin();  // whatever the server does with its hello, nobody reads the answer
      leaves.socket().close();
    }
    CHECK(LiveServer::eventually([&] { return server.server().connections() == 0; }));
    TlsClient good(server.port());
    CHECK(fetch(good, "/small") == fixture.small);
  });
}

TEST_CASE("a client that comes back resumes, on whichever loop") {
  Fixture fixture;
  fixture.on_each_engine(
      [&](LiveServer& server) {
        core::TlsClientOptions options;
        options.keep_sessions = true;
        TlsClient::Session session;
        for (int i = 0; i < 20; ++i) {
          TlsClient client(server.port(), "localhost", options, session);
          CHECK(fetch(client, "/small") == fixture.small);
          CHECK(client.filter().resumed() == (i > 0));
          session = client.filter().session();
          REQUIRE(session != nullptr);
        }
      },
      {}, 2);
}

TEST_CASE("a request for another site than the one whose certificate was shown is misdirected") {
  test::TemporaryDirectory a;
  test::TemporaryDirectory b;
  a.write("who", "a");
  b.write("who", "b");
  for (const core::Engine& engine : test::engines()) {
    LiveServer server(config_of({site_of(a.path(), {"a.test"}), site_of(b.path(), {"b.test"})}),
                      {.engine = engine});
    for (const std::string name : {"a", "b"}) {
      TlsClient client(server.port(), name + ".test");
      REQUIRE(client.shake_hands());
      client.send(get("/who", "a.test") + get("/who", "b.test", kClose));
      const auto text = client.read_to_end();
      REQUIRE(text.has_value());
      const auto answers = read_answers(*text);
      REQUIRE(answers.list.size() == 2);
      CHECK(answers.list[0].status == (name == "a" ? 200 : 421));
      CHECK(answers.list[1].status == (name == "b" ? 200 : 421));
      CHECK(answers.list[name == "a" ? 0 : 1].body == name);
    }
    TlsClient unknown(server.port(), "c.test");
    CHECK_FALSE(unknown.shake_hands());
    TlsClient nameless(server.port(), "");
    CHECK_FALSE(nameless.shake_hands());
  }
}

TEST_CASE("draining finishes what has begun and says goodbye to idle connections") {
  Fixture fixture;
  fixture.on_each_engine([&](LiveServer& server) {
    TlsClient idle(server.port());
    REQUIRE(idle.shake_hands());
    idle.send(get("/small"));
    REQUIRE(idle.read(1).ends_with(fixture.small));
    TlsClient busy(server.port(), "localhost", {}, nullptr, 4096);
    REQUIRE(busy.shake_hands());
    busy.send(get("/large"));
    std::string received = busy.read(1);
    server.server().drain();
    CHECK(idle.read_to_end() == "");
    const auto rest = busy.read_to_end();
    REQUIRE(rest.has_value());
    const auto answers = read_answers(received + *rest);
    REQUIRE(answers.list.size() == 1);
    CHECK(answers.list[0].body == fixture.large);
  });
}

TEST_CASE("when the lane is full strangers are refused, and whoever was here before comes in") {
  Fixture fixture;
  for (const core::Engine& engine : test::engines()) {
    auto config = config_of({site_of(fixture.directory.path())});
    config.lanes.tls = {1, 1};
    LiveServer server(std::move(config), {.engine = engine});
    core::TlsClientOptions options;
    options.keep_sessions = true;
    TlsClient friendly(server.port(), "localhost", options);
    REQUIRE(fetch(friendly, "/small") == fixture.small);

    // From as many addresses: one may have but one handshake pending here.
    const auto come = [&server](int number) {
      const std::string source = "127.0.0." + std::to_string(number);
      return std::make_unique<TlsClient>(server.port(), "localhost", core::TlsClientOptions{},
                                         nullptr, 0, source.c_str());
    };
    std::vector<std::unique_ptr<TlsClient>> strangers;
    for (int i = 0; i < 100; ++i) strangers.push_back(come(100 + i));
    for (const auto& stranger : strangers) stranger->begin();
    TlsClient back(server.port(), "localhost", options, friendly.filter().session());
    CHECK(fetch(back, "/small") == fixture.small);
    CHECK(back.filter().resumed());
    std::size_t let_in = 0;
    for (const auto& stranger : strangers) let_in += stranger->shake_hands() ? 1 : 0;
    CHECK(let_in + server.counters().tls_refused.value() == 100);
    CHECK(let_in > 0);
    CHECK(server.counters().tls_refused.value() > 0);
    CHECK(server.counters().tls_refused_address.value() == 0);
    // Whether refused or let in, no address has anything pending any more.
    for (int i = 0; i < 100; ++i) {  // as soon as the server has seen the end of the last step
      CHECK(
          LiveServer::eventually([&] { return fetch(*come(100 + i), "/small") == fixture.small; }));
    }
  }
}

TEST_CASE("who must show a certificate is refused without, and named in the log with one") {
  test::TemporaryDirectory directory;
  directory.write("small", "hello\n");
  const auto pem_of = [](const std::string& name) {
    const std::vector<std::string> names{name};
    return *core::TlsIdentity::self_signed(names, core::KeyKind::kEcdsaP256, std::chrono::days(1));
  };
  const auto server_identity = pem_of("localhost");
  const auto known = pem_of("known.example");
  const auto stranger = pem_of("stranger.example");
  for (const core::Engine& engine : test::engines()) {
    const test::Pipe log;
    auto config = config_of({site_of(directory.path())});
    config.listen[0].tls = config::ListenTls::kOn;
    config::KeyPair pair{{directory.write("chain", server_identity->to_pem().chain), {}},
                         {directory.write("key", server_identity->to_pem().key), {}},
                         {}};
    config.sites[0].tls = config::SiteTls{
        {pair}, config::ClientAuth{{directory.write("ca", known->to_pem().chain), {}}, {}, {}}};
    LiveServer server(std::move(config), {.engine = engine, .access_log_fd = log.writing.get()});

    for (const auto& identity : {std::shared_ptr<const core::TlsIdentity>(), stranger}) {
      core::TlsClientOptions options;
      options.identity = identity;
      TlsClient refused(server.port(), "localhost", options);
      CHECK(fetch(refused, "/small") != "hello\n");
    }
    core::TlsClientOptions options;
    options.identity = known;
    TlsClient client(server.port(), "localhost", options);
    CHECK(fetch(client, "/small") == "hello\n");
    CHECK(log.read_some().find("\"tls\":\"TLSv1.3\",\"client_subject\":\"CN=known.example\"") !=
          std::string::npos);
    CHECK(LiveServer::eventually([&] { return server.counters().tls_failed.value() == 2; }));
  }
}
