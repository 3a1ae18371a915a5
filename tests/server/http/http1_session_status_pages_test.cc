// Goal: an answer may wait for its site's page wherever a request can be refused: its handler is
// asked for nothing more, the connection ends as it would have, and what was refused before its
// site was known has the built-in page. Method: pages that answer when told, at every cutting.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/wire.h"

using namespace http_test;

namespace {

class LatePages final : public server::StatusPages {
 public:
  server::Exchange* waiting = nullptr;
  std::vector<int> asked;

  [[nodiscard]] bool try_respond(server::Exchange& exchange, int status) override {
    CHECK(waiting == nullptr);
    asked.push_back(status);
    waiting = &exchange;
    exchange.respond_later(std::make_unique<Waiting>(*this));
    return true;
  }
  void answer() {
    REQUIRE(waiting != nullptr);
    waiting->response.status = asked.back();
    waiting->response.body = server::TextBody{"page"};
    waiting->respond();
  }

 private:
  struct Waiting final : server::HandlerContext {
    explicit Waiting(LatePages& of) : pages(of) {}
    ~Waiting() override { pages.waiting = nullptr; }
    LatePages& pages;
  };
};

struct PagesWire {
  explicit PagesWire(std::size_t cut) {
    wire.next_cut = [cut](std::size_t) { return cut; };
    wire.dispatcher.decide = [this](server::Exchange& exchange) { exchange.status_pages = &pages; };
  }
  LatePages pages;
  Wire wire;  // goes first
};

constexpr std::size_t kCuts[] = {1, 7, 10'000};

void check_last_with_page(PagesWire& test, const std::string& status) {
  CHECK(test.wire.output().empty());
  test.pages.answer();
  test.wire.pump();
  const Answers answers = read_answers(test.wire.output());
  CHECK(answers.problem == "");
  CHECK(statuses_of(answers) == status);
  CHECK(answers.list.at(0).closes());
  CHECK(answers.list.at(0).body == "page");
  CHECK(test.wire.session().finished());
  CHECK(test.wire.session().must_linger());
  CHECK(test.wire.dispatcher.seen.empty());
  REQUIRE(test.wire.ended.size() == 1);
  CHECK_FALSE(test.wire.ended[0].aborted);
}

}  // namespace

TEST_CASE("refused by its head or its content: the page is waited for, and is the last answer") {
  struct Case {
    std::string request;
    std::string status;
  };
  const Case cases[] = {
      {post("Content-Length: 65\r\n", ""), "413"},
      {post("Expect: something\r\nContent-Length: 1\r\n", "x"), "417"},
      {post("Transfer-Encoding: chunked\r\n", "zz\r\n"), "400"},
      {post("Transfer-Encoding: chunked\r\n", "41\r\n" + std::string(65, 'x')), "413"},
  };
  for (const Case& c : cases) {
    for (const std::size_t cut : kCuts) {
      CAPTURE(c.request);
      CAPTURE(cut);
      PagesWire test(cut);
      test.wire.send(c.request + get("/smuggled"));
      check_last_with_page(test, c.status);
    }
  }
}

TEST_CASE("a body that does not come on: 408 with the page") {
  PagesWire test(1000);
  test.wire.send(post("Content-Length: 5\r\n", "abc"));
  test.wire.wait_for(small_limits().body_timeout + std::chrono::seconds(1));
  CHECK((test.wire.session().deadline() == core::kNever));
  check_last_with_page(test, "408");
}

TEST_CASE("decided in open_body: start() is not asked for, whatever of the content comes") {
  for (const std::string& content : {std::string(), std::string("abc"), std::string("abcde")}) {
    for (const std::string& expect : {std::string(), std::string("Expect: 100-continue\r\n")}) {
      for (const std::size_t cut : kCuts) {
        CAPTURE(content);
        CAPTURE(expect);
        CAPTURE(cut);
        PagesWire test(cut);
        test.wire.dispatcher.open = [](server::Exchange& exchange) {
          server::respond_with_status(exchange, 403);
        };
        test.wire.send(post(expect + "Content-Length: 5\r\n", content));
        check_last_with_page(test, "403");
      }
    }
  }
}

TEST_CASE("its time passes while the page of an early answer is awaited: 408 takes its place") {
  PagesWire test(1000);
  test.wire.dispatcher.open = [](server::Exchange& exchange) {
    server::respond_with_status(exchange, 403);
  };
  test.wire.send(post("Content-Length: 5\r\n", ""));
  test.wire.wait_for(small_limits().body_timeout + std::chrono::seconds(1));
  check_last_with_page(test, "408");
  CHECK(test.pages.asked == std::vector<int>{403, 408});
}

TEST_CASE("a handler that answers with a page later keeps the connection and its order") {
  for (const std::size_t cut : kCuts) {
    CAPTURE(cut);
    PagesWire test(cut);
    test.wire.dispatcher.respond = [](server::Exchange& exchange) {
      server::respond_with_status(exchange, 404);
    };
    test.wire.send(get("/a") + get("/b"));
    CHECK(test.wire.output().empty());
    test.pages.answer();
    test.wire.pump();
    CHECK(statuses_of(read_answers(test.wire.output())) == "404");
    test.pages.answer();
    test.wire.pump();
    CHECK(statuses_of(read_answers(test.wire.output())) == "404 404");
    CHECK(targets_of(test.wire.dispatcher.seen) == "/a /b");
    CHECK_FALSE(test.wire.session().finished());
  }
}

TEST_CASE("the client leaves while its page is awaited") {
  PagesWire test(1000);
  test.wire.send(post("Content-Length: 65\r\n", ""));
  REQUIRE(test.pages.waiting != nullptr);
  test.wire.destroy_session();
  CHECK(test.pages.waiting == nullptr);
}

TEST_CASE("before the site is known the built-in page answers, also behind another request") {
  struct Case {
    std::string request;
    std::string status;
  };
  const Case cases[] = {
      {"nonsense\r\n\r\n", "400"},
      {"GET /" + std::string(2000, 'x'), "414"},
      {"GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(2000, 'x'), "431"},
  };
  for (const bool behind_another : {false, true}) {
    for (const Case& c : cases) {
      CAPTURE(behind_another);
      CAPTURE(c.status);
      PagesWire test(1000);
      test.wire.send((behind_another ? get("/a") : std::string()) + c.request);
      CHECK(statuses_of(read_answers(test.wire.output())) ==
            (behind_another ? "200 " + c.status : c.status));
      CHECK(test.pages.asked.empty());
    }
  }
  PagesWire test(1000);
  test.wire.send("GET / HT");
  test.wire.wait_for(small_limits().header_timeout + std::chrono::seconds(1));
  CHECK(statuses_of(read_answers(test.wire.output())) == "408");
  CHECK(test.pages.asked.empty());
}
