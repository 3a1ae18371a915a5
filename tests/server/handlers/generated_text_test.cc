// Goal: the text is made for each request, and no cache keeps it. Method: two exchanges, and a text
// that counts them.

#include "server/handlers/generated_text.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/server/handlers/file_service.h"

TEST_CASE("made anew for each request") {
  int made = 0;
  server::GeneratedText handler("text/x", [&made] { return std::to_string(++made); });
  for (const char* expected : {"1", "2"}) {
    files_test::PendingRequest request("GET", "/", {});
    handler.start(request.exchange());
    const files_test::Reply reply = request.reply();
    CHECK(reply.status == 200);
    CHECK(reply.body == expected);
    CHECK(reply.field("Content-Type") == "text/x");
    CHECK(reply.field("Cache-Control") == "no-store");
  }
}
