// Goal: the program's exit codes, and that its JSON is alone on standard output. Method: the
// program itself against a scripted server.

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "tests/loadtest/scripted_server.h"

namespace {

using test::ok;
using test::Reply;
using test::ScriptedServer;

struct Result {
  int exit_code = -1;
  std::string output;
};

// `arguments` for a shell.
Result ouro_load(const std::string& arguments) {
  Result result;
  FILE* pipe = ::popen((OURO_LOAD_BINARY " " + arguments).c_str(), "re");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    result.output.append(buffer.data(), size);
  }
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

bool has(const Result& result, std::string_view part) {
  if (result.output.find(part) != std::string::npos) return true;
  MESSAGE(result.output);
  return false;
}

}  // namespace

TEST_CASE("all answers right: 0, and JSON alone") {
  ScriptedServer server([](std::size_t, std::string_view) { return Reply{ok("hello")}; });
  const Result result =
      ouro_load("--json --connections 2 --requests 10 --expect-length 5 " + server.url());
  CHECK(result.exit_code == 0);
  CHECK(result.output.starts_with("{\n"));
  CHECK(result.output.ends_with("}\n"));
  CHECK(has(result, "\"requests\": 10,"));
  CHECK(has(result, "\"pipeline\": 1,"));
}

TEST_CASE("one answer wrong: 1, and it is shown") {
  ScriptedServer server([](std::size_t number, std::string_view) {
    return Reply{number == 3 ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" : ok("hello")};
  });
  const Result result = ouro_load("--connections 1 --requests 10 " + server.url() + " 2>&1");
  CHECK(result.exit_code == 1);
  CHECK(has(result, "errors       status 1\n"));
  CHECK(has(result, "status: 503, expected 200:\nHTTP/1.1 503 Busy\r\n"));
}

TEST_CASE("another machine, or a wrong command line: 2, and nothing is sent") {
  CHECK(ouro_load("http://192.0.2.1/ 2>&1").exit_code == 2);
  CHECK(ouro_load("--pipeline 2 --rate 5 http://127.0.0.1/ 2>&1").exit_code == 2);
  CHECK(ouro_load("2>&1").exit_code == 2);
}

TEST_CASE("idle connections are reported once all are open") {
  ScriptedServer server([](std::size_t, std::string_view) { return Reply{ok("hello")}; });
  const Result result = ouro_load("--idle 50 --duration 300ms " + server.url() + " 2>&1");
  CHECK(result.exit_code == 0);
  CHECK(has(result, "all 50 connections are open\n"));
}
