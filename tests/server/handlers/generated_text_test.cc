// Goal: the text is made for each request, and no cache keeps it. Method: two exchanges, and a text
// that counts them.

#include "server/handlers/generated_text.h"

#include <doctest/doctest.h>

#include <string>
#include <variant>

namespace {

struct NoListener {
  void on_response() {}
};

}  // namespace

TEST_CASE("made anew for each request") {
  int made = 0;
  server::GeneratedText handler("text/x", [&made] { return std::to_string(++made); });
  for (const char* expected : {"1", "2"}) {
    NoListener listener;
    server::Exchange exchange(core::Callback<void()>::to<&NoListener::on_response>(listener));
    handler.start(exchange);
    REQUIRE(exchange.responded());
    CHECK(exchange.response.status == 200);
    const auto* body = std::get_if<server::TextBody>(&exchange.response.body);
    REQUIRE(body != nullptr);
    CHECK(body->text == expected);
    const std::string fields(exchange.response.fields.text());
    CHECK(fields.find("Content-Type: text/x\r\n") != std::string::npos);
    CHECK(fields.find("Cache-Control: no-store\r\n") != std::string::npos);
  }
}
