// Goal: what the protocol engine refuses is refused on a real connection too: its status arrives,
// the connection ends without a reset, and nothing behind it is run; what it accepts is answered.
// Method: the whole corpus of requests over real sockets, on both engines. (The simulation runs it
// as well.)

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"
#include "tests/server/http/corpus.h"

namespace {

using test::LiveServer;
using test::TestClient;

constexpr std::string_view kSecret = "only who asks behind a refused request reads this\n";

template <typename Check>
void on_each_engine(Check check) {
  test::TemporaryDirectory directory;
  directory.write("smuggled", std::string(kSecret));
  test::on_live_servers(directory.path(), {}, check);
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("a refused request gets its status, the end of the connection, and nothing behind it") {
  on_each_engine([](LiveServer& server) {
    for (const http_test::RefusedCase& one : http_test::all_refused()) {
      CAPTURE(one.name);
      TestClient client(server.port());
      REQUIRE(client.send(one.bytes + http_test::get("/smuggled")));
      const auto answers = client.read_to_end();
      REQUIRE(answers);  // no reset
      CHECK(answers->starts_with("HTTP/1.1 " + std::to_string(one.status) + " "));
      CHECK(count_of(*answers, "HTTP/1.1 ") == 1);
      CHECK(count_of(*answers, "\r\nConnection: close\r\n") == 1);
      CHECK(count_of(*answers, kSecret) == 0);
    }
  });
}

TEST_CASE("what is accepted is answered, request by request") {
  on_each_engine([](LiveServer& server) {
    for (const http_test::AcceptedCase& one : http_test::all_accepted()) {
      CAPTURE(one.name);
      TestClient client(server.port());
      REQUIRE(client.send(one.bytes));
      client.shut_down_sending();
      const auto answers = client.read_to_end();
      REQUIRE(answers);
      const std::size_t requests = one.targets.empty() ? 0 : count_of(one.targets, " ") + 1;
      CHECK(count_of(*answers, "HTTP/1.1 ") == requests);
      CHECK(count_of(*answers, "HTTP/1.1 400") == 0);
    }
  });
}
