// Goal: a `respond` route says what it was told to, with the length and type of its body.
// Method: one exchange for each kind of answer.

#include "server/handlers/fixed_response.h"

#include <doctest/doctest.h>

#include "tests/server/handlers/file_service.h"

using files_test::Reply;
using server::FixedResponse;

namespace {

Reply answer(FixedResponse& handler) {
  files_test::PendingRequest request("GET", "/", {});
  handler.start(request.exchange());
  return request.reply();
}

}  // namespace

TEST_CASE("status, body and type as configured, each time") {
  FixedResponse handler(200, "pong\n", "text/plain; charset=utf-8");
  for (int i = 0; i < 2; ++i) {
    const Reply seen = answer(handler);
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
