// Goal: a `respond` route says what it was told to, with the length and type of its body.
// Method: one exchange for each kind of answer.

#include "server/handlers/fixed_response.h"

#include <doctest/doctest.h>

#include <string>

using server::Exchange;
using server::FixedResponse;

namespace {

struct NoListener {
  void on_response() {}
};

struct Answer {
  int status = 0;
  std::string fields;
  std::string body;
};

Answer answer(FixedResponse& handler) {
  NoListener listener;
  Exchange exchange(core::Callback<void()>::to<&NoListener::on_response>(listener));
  handler.start(exchange);
  REQUIRE(exchange.responded());
  Answer result{exchange.response.status, std::string(exchange.response.fields.text()), {}};
  if (const auto* bytes = std::get_if<server::BytesBody>(&exchange.response.body)) {
    result.body = bytes->bytes;
  } else if (const auto* text = std::get_if<server::TextBody>(&exchange.response.body)) {
    result.body = text->text;
  }
  return result;
}

}  // namespace

TEST_CASE("status, body and type as configured, each time") {
  FixedResponse handler(200, "pong\n", "text/plain; charset=utf-8");
  for (int i = 0; i < 2; ++i) {
    const Answer seen = answer(handler);
    CHECK(seen.status == 200);
    CHECK(seen.body == "pong\n");
    CHECK(seen.fields == "Content-Type: text/plain; charset=utf-8\r\n");
  }
}

TEST_CASE("without a body: nothing, or the page of an error") {
  FixedResponse empty(200, "", "text/plain");
  CHECK(answer(empty).body.empty());
  CHECK(answer(empty).fields.empty());
  FixedResponse none(204, "", "text/plain");
  CHECK(answer(none).status == 204);
  CHECK(answer(none).fields.empty());
  FixedResponse missing(404, "", "text/plain");
  CHECK(answer(missing).status == 404);
  CHECK(answer(missing).body.find("404 Not Found") != std::string::npos);
  CHECK(answer(missing).fields == "Content-Type: text/html; charset=utf-8\r\n");
}
