// Goal: a `health` route tells a live server from one that is ready, and no cache keeps what it
// says. Method: one exchange for each kind, method and state.

#include "server/handlers/health.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>

using server::Exchange;
using server::Method;

namespace {

struct NoListener {
  void on_response() {}
};

struct Answer {
  int status = 0;
  std::string fields;
  std::string body;
};

Answer answer(config::Health asked, bool ready, Method method = Method::kGet) {
  const std::atomic<bool> state{ready};
  server::Health handler(asked, state);
  NoListener listener;
  Exchange exchange(core::Callback<void()>::to<&NoListener::on_response>(listener));
  exchange.request.method = method;
  handler.start(exchange);
  REQUIRE(exchange.responded());
  Answer result{exchange.response.status, std::string(exchange.response.fields.text()), {}};
  if (const auto* bytes = std::get_if<server::BytesBody>(&exchange.response.body)) {
    result.body = bytes->bytes;
  }
  return result;
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
    for (const Method method : {Method::kGet, Method::kHead}) {
      const Answer seen = answer(expected.asked, expected.ready, method);
      CHECK(seen.status == expected.status);
      CHECK(seen.body == expected.body);
      CHECK(seen.fields == kFields);
    }
  }
}

TEST_CASE("a handler sees the state change") {
  std::atomic<bool> ready{true};
  server::Health handler(config::Health::kReady, ready);
  NoListener listener;
  for (const int status : {200, 503}) {
    Exchange exchange(core::Callback<void()>::to<&NoListener::on_response>(listener));
    exchange.request.method = Method::kGet;
    handler.start(exchange);
    CHECK(exchange.response.status == status);
    ready = false;
  }
}

TEST_CASE("other methods are refused with those that there are") {
  for (const auto& [method, status] :
       {std::pair(Method::kPost, 405), std::pair(Method::kDelete, 405),
        std::pair(Method::kOptions, 204)}) {
    const Answer seen = answer(config::Health::kLive, true, method);
    CHECK(seen.status == status);
    CHECK(seen.fields.find("Allow: GET, HEAD, OPTIONS\r\n") != std::string::npos);
    CHECK(seen.fields.find("Cache-Control: no-store\r\n") != std::string::npos);
  }
}
