// Goal: an answer is taken apart rightly, and one that does not come is an error and not a wait
// without end. Method: texts; servers of the test's own on loopback.

#include "prove/admin_client.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "core/io/socket.h"
#include "tests/loadtest/scripted_server.h"

namespace {

using std::chrono::milliseconds;
using test::Reply;
using test::ScriptedServer;

constexpr milliseconds kLong{20'000};
constexpr milliseconds kShort{50};

std::uint16_t port_of(const ScriptedServer& server) {
  const std::string url = server.url("");
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

}  // namespace

TEST_CASE("status and body of an answer") {
  const auto answer = prove::read_admin_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "hello");
  const auto missing = prove::read_admin_answer("HTTP/1.1 404 Not Found\r\n\r\n");
  REQUIRE(missing);
  CHECK(missing->status == 404);
  CHECK(missing->body.empty());
  for (const char* text : {"", "HTTP/1.1 200 OK\r\n", "SSH-2.0\r\n\r\n", "HTTP/1.1 \r\n\r\n"}) {
    CAPTURE(text);
    CHECK(!prove::read_admin_answer(text));
  }
}

TEST_CASE("a large answer comes whole") {
  const std::string body(300'000, 'b');
  ScriptedServer server([&body](std::size_t, std::string_view request) {
    return Reply{request.starts_with("GET /metrics HTTP/1.1\r\n") ? test::ok(body) : "", {}, true};
  });
  const auto answer = prove::ask_admin(port_of(server), "/metrics", kLong);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == body);
}

TEST_CASE("who says nothing, or is not there, is an error") {
  ScriptedServer mute([](std::size_t, std::string_view) { return Reply{""}; });
  const auto answer = prove::ask_admin(port_of(mute), "/", kShort);
  REQUIRE(!answer);
  CHECK(answer.error().message == "the admin gives no answer in time");
  std::uint16_t free_port = 0;
  {
    const auto sockets = core::listen_on(*core::SocketAddress::parse("127.0.0.1", 0), 1);
    REQUIRE(sockets);
    free_port = core::SocketAddress::of_socket(sockets->front().get()).port();
  }
  const auto nobody = prove::ask_admin(free_port, "/", kLong);
  REQUIRE(!nobody);
  CHECK(nobody.error().message == "the admin: cannot connect: Connection refused");
}
