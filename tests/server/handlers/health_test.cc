// Goal: a `health` route tells a live server from one that is ready, and no cache keeps what it
// says. Method: one exchange for each kind, method and state.

#include "server/handlers/health.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <utility>

#include "tests/server/handlers/file_service.h"

using files_test::PendingRequest;
using files_test::Reply;

namespace {

Reply answer(config::Health asked, bool ready, const std::string& method) {
  const std::atomic<bool> state{ready};
  server::Health handler(asked, state);
  PendingRequest request(method, "/", {});
  handler.start(request.exchange());
  return request.reply();
}

const std::string kFields =
    "Cache-Control: no-store\r\nContent-Type: text/plain; charset=utf-8\r\n";

}  // namespace

TEST_CASE("live is always well, ready only until the server is going to stop") {
  struct Case {
    config::Health asked;
    bool ready;
    int status;
    std::string body;
  };
  for (const Case& expected : {Case{config::Health::kLive, true, 200, "ok\n"},
                               Case{config::Health::kLive, false, 200, "ok\n"},
                               Case{config::Health::kReady, true, 200, "ready\n"},
                               Case{config::Health::kReady, false, 503, "draining\n"}}) {
    CAPTURE(expected.body);
    // HEAD too: the session leaves the body out.
    for (const char* const method : {"GET", "HEAD"}) {
      const Reply seen = answer(expected.asked, expected.ready, method);
      CHECK(seen.status == expected.status);
      CHECK(seen.body == expected.body);
      CHECK(seen.fields == kFields);
    }
  }
}

TEST_CASE("a handler sees the state change") {
  std::atomic<bool> ready{true};
  server::Health handler(config::Health::kReady, ready);
  for (const int status : {200, 503}) {
    PendingRequest request("GET", "/", {});
    handler.start(request.exchange());
    CHECK(request.reply().status == status);
    ready = false;
  }
}

TEST_CASE("other methods are refused with those that there are") {
  for (const auto& [method, status] :
       {std::pair("POST", 405), std::pair("DELETE", 405), std::pair("OPTIONS", 204)}) {
    const Reply seen = answer(config::Health::kLive, true, method);
    CHECK(seen.status == status);
    CHECK(seen.fields.find("Allow: GET, HEAD, OPTIONS\r\n") != std::string::npos);
    CHECK(seen.fields.find("Cache-Control: no-store\r\n") != std::string::npos);
  }
}
