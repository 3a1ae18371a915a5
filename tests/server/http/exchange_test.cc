// Goal: an exchange answers once, tells its listener, and is as good as new after reset(). Method:
// one exchange used twice; pages for statuses read as text.
#include "server/http/exchange.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "server/http/status.h"

using server::Exchange;

namespace {

struct Listener {
  int calls = 0;
  void on_response() { ++calls; }
};

struct Flag final : server::HandlerContext {
  explicit Flag(bool& flag) : gone(flag) {}
  ~Flag() override { gone = true; }
  bool& gone;
};

}  // namespace

TEST_CASE("the size of each kind of body") {
  CHECK(server::body_size(server::NoBody{}) == 0);
  CHECK(server::body_size(server::BytesBody{"abc", nullptr}) == 3);
  CHECK(server::body_size(server::TextBody{"abcd"}) == 4);
  CHECK(server::body_size(server::FileBody{nullptr, 7, 5'000'000'000}) == 5'000'000'000);
  CHECK(server::body_size(server::CompoundBody{}) == 0);
  server::CompoundBody several;
  several.pieces.emplace_back(server::TextBody{"abcd"});
  several.pieces.emplace_back(server::FileBody{nullptr, 7, 5'000'000'000});
  several.pieces.emplace_back(server::BytesBody{"abc", nullptr});
  CHECK(server::body_size(several) == 5'000'000'007);
}

TEST_CASE("responding tells the listener, once") {
  Listener listener;
  Exchange exchange(core::Callback<void()>::to<&Listener::on_response>(listener));
  CHECK_FALSE(exchange.responded());
  exchange.response.status = 200;
  exchange.respond();
  CHECK(exchange.responded());
  CHECK(listener.calls == 1);
}

TEST_CASE("after reset nothing of the last request or answer is left") {
  Listener listener;
  Exchange exchange(core::Callback<void()>::to<&Listener::on_response>(listener));
  bool gone = false;
  const auto owner = std::make_shared<const std::string>("X: y\r\n");
  exchange.request.method = server::Method::kPost;
  exchange.request.method_text = "POST";
  exchange.request.target_text = "/a?b";
  exchange.request.target.query = "b";
  exchange.request.target.has_query = true;
  exchange.request.path = "/a";
  exchange.request.host = "x";
  exchange.request.has_encoded_slash = true;
  exchange.request.minor_version = 0;
  exchange.request.fields.add({"Host", "x"});
  exchange.response.status = 200;
  exchange.response.fields.add("A", "b");
  exchange.response.prepared_fields = *owner;
  exchange.response.prepared_owner = owner;
  exchange.response.body = server::BytesBody{*owner, owner};
  exchange.context = std::make_unique<Flag>(gone);
  exchange.user = "ann";
  exchange.close_requested = true;
  exchange.began = core::Clock::now();
  exchange.body_bytes_sent = 5;
  exchange.respond();

  exchange.reset();

  CHECK(gone);
  CHECK(owner.use_count() == 1);
  CHECK((exchange.request.method == server::Method::kUnknown));
  CHECK(exchange.request.method_text == "");
  CHECK(exchange.request.target_text == "");
  CHECK(exchange.request.target.query == "");
  CHECK_FALSE(exchange.request.target.has_query);
  CHECK(exchange.request.path == "");
  CHECK(exchange.request.host == "");
  CHECK_FALSE(exchange.request.has_encoded_slash);
  CHECK(exchange.request.minor_version == 1);
  CHECK(exchange.request.fields.count() == 0);
  CHECK(exchange.response.status == 0);
  CHECK(exchange.response.fields.text() == "");
  CHECK(exchange.response.prepared_fields == "");
  CHECK(server::body_size(exchange.response.body) == 0);
  CHECK(exchange.user == "");
  CHECK_FALSE(exchange.close_requested);
  CHECK((exchange.began == core::TimePoint{}));
  CHECK(exchange.body_bytes_sent == 0);
  CHECK_FALSE(exchange.responded());
  // And it can be answered again.
  exchange.response.status = 204;
  exchange.respond();
  CHECK(listener.calls == 2);
}

TEST_CASE("a plain answer says what happened") {
  for (const int status : {400, 404, 500, 503}) {
    CAPTURE(status);
    Listener listener;
    Exchange exchange(core::Callback<void()>::to<&Listener::on_response>(listener));
    server::respond_with_status(exchange, status);
    CHECK(exchange.responded());
    CHECK(exchange.response.status == status);
    CHECK(exchange.response.fields.text() == "Content-Type: text/html; charset=utf-8\r\n");
    const auto* page = std::get_if<server::TextBody>(&exchange.response.body);
    REQUIRE(page != nullptr);
    CHECK(page->text.starts_with("<!doctype html>"));
    CHECK(page->text.find(std::to_string(status)) != std::string::npos);
    CHECK(page->text.find(server::reason_phrase(status)) != std::string::npos);
  }
}

TEST_CASE("a plain answer without content has no page and no type") {
  for (const int status : {204, 304}) {
    CAPTURE(status);
    Listener listener;
    Exchange exchange(core::Callback<void()>::to<&Listener::on_response>(listener));
    server::respond_with_status(exchange, status);
    CHECK(server::body_size(exchange.response.body) == 0);
    CHECK(exchange.response.fields.text() == "");
  }
}

TEST_CASE("an answer that comes later is decided at once, and is forgotten with its handler") {
  Listener listener;
  Exchange exchange(core::Callback<void()>::to<&Listener::on_response>(listener));
  CHECK_FALSE(exchange.decided());
  exchange.respond_later(std::make_unique<server::HandlerContext>());
  CHECK(exchange.decided());
  CHECK_FALSE(exchange.responded());
  CHECK(exchange.context != nullptr);
  CHECK(listener.calls == 0);
  server::respond_with_built_in_page(exchange, 404);
  CHECK(exchange.responded());
  CHECK(listener.calls == 1);
  exchange.abandon_handler();
  CHECK_FALSE(exchange.decided());
  CHECK(exchange.context == nullptr);
}

TEST_CASE("the site's pages are asked first, and have nothing to do with the built-in ones") {
  struct NoPages final : server::StatusPages {
    int asked = 0;
    [[nodiscard]] bool try_respond(Exchange&, int status) override {
      asked = status;
      return false;
    }
  };
  NoPages pages;
  for (const bool site_first : {true, false}) {
    pages.asked = 0;
    Listener listener;
    Exchange exchange(core::Callback<void()>::to<&Listener::on_response>(listener));
    exchange.status_pages = &pages;
    site_first ? server::respond_with_status(exchange, 404)
               : server::respond_with_built_in_page(exchange, 404);
    CHECK(pages.asked == (site_first ? 404 : 0));
    CHECK(exchange.response.status == 404);
    CHECK(server::body_size(exchange.response.body) > 0);
  }
}
