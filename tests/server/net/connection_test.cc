// Goal: a connection does what its client would expect of HTTP/1.1 over TCP, on both engines alike.
// Method: a real server in this process, real sockets, and a client that only knows bytes.

#include "server/net/connection.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using test::LiveServer;
using test::TestClient;

constexpr std::string_view kGetSmall = "GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kGetLarge = "GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n";

struct Site {
  Site() {
    directory.write("small.txt", small);
    directory.write("large.bin", large);
  }
  const std::string small = "a small file\n";
  const std::string large = test::varied_bytes(5'000'000, 7);
  test::TemporaryDirectory directory;
};

template <typename Check>
void on_each_engine(config::Limits limits, Check check) {
  const Site site;
  test::LiveOptions options;
  options.limits = limits;
  test::on_live_servers(site.directory.path(), options,
                        [&](LiveServer& server) { check(server, site); });
}

}  // namespace

TEST_CASE("requests on one connection are answered one after the other") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    TestClient client(server.port());
    for (int i = 0; i < 5; ++i) {
      REQUIRE(client.send(kGetSmall));
      const auto answer = client.read_answer();
      REQUIRE(answer);
      CHECK(answer->status == 200);
      CHECK(answer->body == site.small);
      CHECK(answer->fields.count("connection") == 0);
    }
    CHECK(server.counters().connections_accepted.value() == 1);
  });
}

TEST_CASE("a request that arrives byte by byte is the same request") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    TestClient client(server.port());
    for (const char byte : kGetSmall) REQUIRE(client.send({&byte, 1}));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->body == site.small);
  });
}

TEST_CASE("more pipelined requests than a turn takes are answered in order") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    constexpr std::size_t kCount = server::Connection::kExchangesPerTurn * 4 + 1;
    std::string requests;
    for (std::size_t i = 0; i < kCount; ++i) {
      requests += i % 2 == 0 ? kGetSmall
                             : "GET /missing" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }
    TestClient client(server.port());
    REQUIRE(client.send(requests));
    for (std::size_t i = 0; i < kCount; ++i) {
      CAPTURE(i);
      const auto answer = client.read_answer();
      REQUIRE(answer);
      CHECK(answer->status == (i % 2 == 0 ? 200 : 404));
      if (i % 2 == 0) CHECK(answer->body == site.small);
    }
  });
}

TEST_CASE("a client that pipelines without reading is held back and loses nothing") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    constexpr int kCount = 20'000;
    TestClient client(server.port(), 4096);
    // Far more answers than socket buffers hold: the sender blocks until the reader reads.
    std::thread sender([&client] {
      for (int i = 0; i < kCount; ++i) {
        if (!client.send(kGetSmall)) return;
      }
    });
    int good = 0;
    for (int i = 0; i < kCount; ++i) {
      const auto answer = client.read_answer();
      if (answer && answer->status == 200 && answer->body == site.small) ++good;
    }
    sender.join();
    CHECK(good == kCount);
  });
}

TEST_CASE("HEAD tells the length and sends no body") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    TestClient client(server.port());
    REQUIRE(client.send("HEAD /large.bin HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(kGetSmall)));
    const auto head = client.read_answer(true);
    REQUIRE(head);
    CHECK(head->fields.at("content-length") == std::to_string(site.large.size()));
    const auto next = client.read_answer();
    REQUIRE(next);
    CHECK(next->body == site.small);
  });
}

TEST_CASE("HTTP/1.0 closes unless it asks for keep-alive") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    TestClient once(server.port());
    REQUIRE(once.send("GET /small.txt HTTP/1.0\r\n\r\n"));
    const auto all = once.read_to_end();
    REQUIRE(all);
    CHECK(all->ends_with("\r\n\r\n" + site.small));

    TestClient kept(server.port());
    for (int i = 0; i < 2; ++i) {
      REQUIRE(kept.send("GET /small.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
      const auto answer = kept.read_answer();
      REQUIRE(answer);
      CHECK(answer->fields.at("connection") == "keep-alive");
    }
  });
}

TEST_CASE("a large file arrives whole, also to a reader with a tiny window, and order is kept") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    for (const int window : {0, 2048}) {
      TestClient client(server.port(), window);
      REQUIRE(client.send(std::string(kGetLarge) + std::string(kGetSmall)));
      const auto large = client.read_answer();
      REQUIRE(large);
      CHECK(large->body == site.large);
      const auto small = client.read_answer();
      REQUIRE(small);
      CHECK(small->body == site.small);
    }
  });
}

TEST_CASE("a range of a large file is exactly that range") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    const auto answer = test::get(server.port(), "/large.bin", "Range: bytes=1000000-3999999\r\n");
    REQUIRE(answer);
    CHECK(answer->status == 206);
    CHECK(answer->fields.at("content-range") == "bytes 1000000-3999999/5000000");
    CHECK(answer->body == site.large.substr(1'000'000, 3'000'000));
  });
}

TEST_CASE("a client that has shut its sending side still gets its answer") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    TestClient client(server.port());
    REQUIRE(client.send(kGetLarge));
    client.shut_down_sending();
    const auto all = client.read_to_end();
    REQUIRE(all);
    CHECK(all->ends_with(site.large));
  });
}

TEST_CASE("an error answer arrives although the client is still sending") {
  on_each_engine({}, [](LiveServer& server, const Site&) {
    TestClient client(server.port());
    // Refused after its head; the body that follows must not turn the answer into a reset.
    REQUIRE(client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n"));
    static_cast<void>(client.send(std::string(3'000'000, 'b')));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 413);
    CHECK(answer->fields.at("connection") == "close");
  });
}

TEST_CASE("nothing behind a malformed request is executed") {
  on_each_engine({}, [](LiveServer& server, const Site&) {
    TestClient client(server.port());
    REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\nX: a\n\r\n" + std::string(kGetSmall)));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 400);
    CHECK(client.closed_by_peer());
  });
}

TEST_CASE("a client that leaves in the middle of a download disturbs nobody") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    TestClient leaver(server.port(), 4096);
    REQUIRE(leaver.send(kGetLarge));
    REQUIRE(!leaver.read_some(10).empty());
    leaver.close();
    CHECK(LiveServer::eventually([&] { return server.counters().exchanges_aborted.value() == 1; }));
    CHECK(LiveServer::eventually([&] { return server.server().connections() == 0; }));
    const auto answer = test::get(server.port(), "/large.bin");
    REQUIRE(answer);
    CHECK(answer->body == site.large);
  });
}

TEST_CASE("a file that shrinks while it is sent ends the connection, never the wrong length") {
  on_each_engine({}, [](LiveServer& server, const Site& site) {
    const std::string path = site.directory.write("shrinking.bin", std::string(8'000'000, 's'));
    TestClient client(server.port(), 4096);
    REQUIRE(client.send("GET /shrinking.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
    REQUIRE(!client.read_some(100).empty());
    REQUIRE(::truncate(path.c_str(), 1000) == 0);
    std::size_t received = 0;
    for (std::string some; !(some = client.read_some(65536)).empty();) received += some.size();
    CHECK(received < 8'000'000);
    CHECK(LiveServer::eventually([&] { return server.server().connections() == 0; }));
  });
}
