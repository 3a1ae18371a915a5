// Goal: through an HTTP/1.1 session, however its input is cut: content of who is not known yet is
// discarded and the connection goes on, nobody is told 100 for nothing, HEAD gets what GET gets
// without content, and a connection that is lost takes its question with it. Method: a session
// between two strings (wire.h) in front of an office whose hashes run when the test says so.
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "server/auth/basic_auth.h"
#include "tests/server/auth/auth_office.h"
#include "tests/server/http/answer_reader.h"
#include "tests/server/http/wire.h"

using namespace auth_test;

namespace {

constexpr std::size_t kCuts[] = {1, 7, 10'000};
const std::string kAnn = "Authorization: Basic YW5uOnNlY3JldA==\r\n";
const std::string kAnnWrong = "Authorization: Basic YW5uOndyb25n\r\n";

class Echo final : public server::Handler {
  void start(server::Exchange& exchange) override { http_test::echo(exchange); }
};

struct Site {
  explicit Site(std::size_t cut) {
    wire.next_cut = [cut](std::size_t) { return cut; };
    wire.dispatcher.open = [this](server::Exchange& exchange) { auth.open_body(exchange); };
    wire.dispatcher.respond = [this](server::Exchange& exchange) { auth.start(exchange); };
  }
  AuthOffice office{{{1, 8}, 1, users({user_line("ann", "secret")})}};
  server::BasicAuth auth{"staff", 0, office.gate(), std::make_unique<Echo>()};
  http_test::Wire wire;  // goes first

  std::size_t run_hashes() {
    const std::size_t hashes = office.run_hashes();
    wire.pump();
    return hashes;
  }
};

std::string request(const std::string& line, const std::string& fields,
                    const std::string& content = "") {
  return line + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + content;
}

}  // namespace

TEST_CASE("requests of one connection: the first waits for a hash, those behind it for the first") {
  for (const std::size_t cut : kCuts) {
    CAPTURE(cut);
    Site site(cut);
    site.wire.send(request("GET /a", kAnn) + request("GET /b", kAnn) + request("GET /c", "") +
                   request("GET /d", kAnnWrong));
    CHECK(site.wire.output().empty());
    CHECK(site.run_hashes() == 1);
    CHECK(site.run_hashes() == 1);
    const auto answers = http_test::read_answers(site.wire.output());
    CHECK(answers.problem == "");
    CHECK(http_test::statuses_of(answers) == "200 200 401 401");
    CHECK(answers.list.at(0).body == "GET /a");
    CHECK(answers.list.at(1).body == "GET /b");
    CHECK_FALSE(answers.list.at(0).has("WWW-Authenticate"));
    for (const std::size_t i : {2U, 3U}) {
      CHECK(answers.list.at(i).field("WWW-Authenticate") ==
            "Basic realm=\"staff\", charset=\"UTF-8\"");
      CHECK_FALSE(answers.list.at(i).closes());
    }
  }
}

TEST_CASE("HEAD gets what GET gets, without content") {
  for (const std::string& fields : {std::string(), kAnn, kAnnWrong}) {
    CAPTURE(fields);
    Site site(10'000);
    site.wire.send(request("GET /a", fields) + request("HEAD /a", fields));
    site.run_hashes();
    site.run_hashes();
    const auto answers = http_test::read_answers(site.wire.output(), {1});
    REQUIRE(answers.problem == "");
    REQUIRE(answers.list.size() == 2);
    CHECK(answers.list[0].status == answers.list[1].status);
    CHECK_FALSE(answers.list[0].body.empty());
    CHECK(answers.list[1].body.empty());
    CHECK(answers.list[0].field("WWW-Authenticate") == answers.list[1].field("WWW-Authenticate"));
    CHECK(answers.list[0].field("Content-Type") == answers.list[1].field("Content-Type"));
  }
}

TEST_CASE("content of who is not known yet is discarded, and the connection goes on") {
  struct Case {
    std::string fields;
    std::string statuses;
  };
  const Case cases[] = {{kAnn, "200 200"}, {kAnnWrong, "401 200"}, {"", "401 200"}};
  for (const Case& c : cases) {
    for (const std::size_t cut : kCuts) {
      CAPTURE(c.fields);
      CAPTURE(cut);
      Site site(cut);
      site.wire.send(request("POST /a", c.fields + "Content-Length: 7\r\n", "content") +
                     request("GET /b", kAnn));
      site.run_hashes();
      site.run_hashes();
      const auto answers = http_test::read_answers(site.wire.output());
      CHECK(answers.problem == "");
      CHECK(http_test::statuses_of(answers) == c.statuses);
    }
  }
}

TEST_CASE("who waits for 100 is told the final status, and its content is never read") {
  for (const std::string& fields : {std::string(), kAnnWrong}) {
    for (const std::size_t cut : kCuts) {
      CAPTURE(fields);
      CAPTURE(cut);
      Site site(cut);
      site.wire.send(request("PUT /a", fields + "Expect: 100-continue\r\nContent-Length: 7\r\n"));
      site.run_hashes();
      const auto answers = http_test::read_answers(site.wire.output());
      CHECK(answers.problem == "");
      CHECK(http_test::statuses_of(answers) == "401");
      CHECK(answers.list.at(0).closes());
    }
  }
}

TEST_CASE("a connection that is lost takes its question with it, and the office is idle again") {
  for (const bool hash_runs : {true, false}) {
    CAPTURE(hash_runs);
    Site site(10'000);
    const auto other = site.office.ask("ann", "other", 2);
    if (hash_runs) site.office.run_hashes();
    site.wire.send(request("GET /a", kAnn));
    site.office.settle();
    site.wire.destroy_session();
    CHECK(site.office.run_hashes() == 1);
    CHECK(site.office.gate().idle());
    CHECK(site.office.desk().idle());
    CHECK(site.office.counted().dropped == (hash_runs ? 0 : 1));
    REQUIRE(site.wire.ended.size() == 1);
    CHECK(site.wire.ended[0].aborted);
  }
}
