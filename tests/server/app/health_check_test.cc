// Goal: `ouro health` says yes to a server that answers and no, with the reason, to anything else,
// in limited time. Method: URLs by table; then the check itself against a live server, a free port
// and a listener of ours that answers as it is told; the command once as a child process.

#include "server/app/health_check.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <future>
#include <string>

#include "core/base/clock.h"
#include "server/app/exit_code.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using server::ask_for_status;
using server::Healthy;
using server::parse_health_url;

core::UniqueFd listener() {
  auto sockets = core::listen_on(*core::SocketAddress::parse("127.0.0.1", 0), 1);
  REQUIRE(sockets);
  return std::move(sockets->front());
}

std::string url_of(const core::UniqueFd& socket) {
  return "http://" + core::SocketAddress::of_socket(socket.get()).to_string() + "/";
}

// Takes one connection, reads something of the request, answers and closes.
void answer_once(int listening, const std::string& answer) {
  core::UniqueFd fd;
  while (!fd.valid()) fd.reset(::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
  std::string request(1000, '\0');
  CHECK(::recv(fd.get(), request.data(), request.size(), 0) > 0);
  CHECK(::send(fd.get(), answer.data(), answer.size(), MSG_NOSIGNAL) >= 0);
}

// What the check makes of a server that answers so.
core::Result<int> status_of(const std::string& answer) {
  const core::UniqueFd listening = listener();
  const auto target = parse_health_url(url_of(listening));
  REQUIRE(target);
  auto status = std::async(std::launch::async, [&] { return ask_for_status(*target); });
  answer_once(listening.get(), answer);
  return status.get();
}

}  // namespace

TEST_CASE("a URL says whom to ask and for what") {
  struct Case {
    const char* url;
    const char* address;
    const char* host;
    const char* target;
  };
  for (const Case& expected :
       {Case{"http://127.0.0.1:8080/", "127.0.0.1:8080", "127.0.0.1:8080", "/"},
        Case{"http://localhost", "127.0.0.1:80", "localhost", "/"},
        Case{"http://localhost:65535/a%20b?c=d", "127.0.0.1:65535", "localhost:65535",
             "/a%20b?c=d"},
        Case{"http://[::1]:81?x", "[::1]:81", "[::1]:81", "/?x"},
        Case{"http://10.0.0.1:/", "10.0.0.1:80", "10.0.0.1:", "/"}}) {
    CAPTURE(expected.url);
    const auto target = parse_health_url(expected.url);
    REQUIRE(target);
    CHECK(target->address.to_string() == expected.address);
    CHECK(target->host == expected.host);
    CHECK(target->target == expected.target);
  }
}

TEST_CASE("what is not such a URL is refused") {
  for (const char* url : {"",
                          "127.0.0.1",
                          "https://127.0.0.1/",
                          "http://",
                          "http:///",
                          "http://example.org/",
                          "http://:80/",
                          "http://127.0.0.1:0/",
                          "http://127.0.0.1:65536/",
                          "http://127.0.0.1:8x/",
                          "http://127.0.0.1:80:80/",
                          "http://[::1/",
                          "http://[::1]x/",
                          "http://[127.0.0.1]/",
                          "http://[]/",
                          "http://u@127.0.0.1/",
                          "http://127.0.0.1/a b",
                          "http://127.0.0.1/#a",
                          "http://127.0.0.1#a",
                          "http://127.0.0.1/\r\nX: y",
                          "http://127.0.0.1\r\n/"}) {
    CAPTURE(url);
    CHECK(!parse_health_url(url));
  }
}

TEST_CASE("a live server is healthy, whatever it thinks of the path") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  test::LiveServer live(site.path(), {});
  const std::string url = "http://127.0.0.1:" + std::to_string(live.port());
  CHECK(ask_for_status(*parse_health_url(url)) == 200);
  CHECK(ask_for_status(*parse_health_url(url + "/missing")) == 404);
  CHECK(server::check_health(url + "/missing", Healthy::kBelow500) == server::kExitDone);
  CHECK(server::check_health(url + "/missing", Healthy::kOk) == server::kExitFailed);
}

TEST_CASE("the admin's answer is healthy as long as it lives") {
  const test::TemporaryDirectory site;
  test::LiveOptions options;
  options.admin = true;
  test::LiveServer live(site.path(), options);
  const std::string url = "http://127.0.0.1:" + std::to_string(live.admin_port());
  CHECK(server::check_health(url + "/healthz", Healthy::kOk) == server::kExitDone);
  CHECK(server::check_health(url + "/readyz", Healthy::kOk) == server::kExitDone);
  live.server().stop_being_ready();
  CHECK(server::check_health(url + "/healthz", Healthy::kOk) == server::kExitDone);
  CHECK(server::check_health(url + "/readyz", Healthy::kOk) == server::kExitFailed);
}

TEST_CASE("nobody there, a wrong answer and no answer are failures with a reason") {
  const std::string url = url_of(listener());
  const auto nobody = ask_for_status(*parse_health_url(url));
  REQUIRE(!nobody);
  CHECK(nobody.error().message.find("cannot connect: Connection refused") == 0);
  CHECK(server::check_health(url, Healthy::kBelow500) == server::kExitFailed);

  CHECK(status_of("HTTP/1.1 503 Service Unavailable\r\n\r\n") == 503);
  CHECK(status_of("HTTP/1.0 204 No Content\r\n\r\n") == 204);
  for (const char* answer : {"", "HTTP/1.1 2", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1  20 OK\r\n",
                             "HTTP/1.1 -20 OK\r\n", "SSH-2.0-server of another kind\r\n"}) {
    CAPTURE(answer);
    CHECK(!status_of(answer));
  }
}

TEST_CASE("a server that accepts and says nothing is given up in time") {
  const core::UniqueFd silent = listener();
  const auto target = parse_health_url(url_of(silent));
  const auto begun = core::Clock::now();
  const auto status = ask_for_status(*target, std::chrono::milliseconds(50));
  REQUIRE(!status);
  CHECK(status.error().message == "no answer in time");
  CHECK(core::Clock::now() - begun >= std::chrono::milliseconds(50));
}

TEST_CASE("the command says why in one line and ends with the code") {
  const std::string url = url_of(listener());
  test::Process nobody({OURO_BINARY, "health", url});
  CHECK(nobody.wait() == server::kExitFailed);
  CHECK(nobody.error_output() == "ouro: " + url + ": cannot connect: Connection refused\n");
  test::Process wrong({OURO_BINARY, "health", "ftp://127.0.0.1/"});
  CHECK(wrong.wait() == server::kExitWrongInput);
  CHECK(wrong.error_output() == "ouro: ftp://127.0.0.1/: it must begin with http://\n");
}
