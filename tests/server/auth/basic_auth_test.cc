// Goal: the action answers those who are known as if it were alone, and nobody else: 401 with the
// challenge, 400 for what cannot be read, 503 with Retry-After, 500 when a check fails; and whoever
// leaves undoes itself. Method: exchanges made by hand, in an office whose hashes run when the test
// says so (auth_office.h).
#include "server/auth/basic_auth.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "tests/server/auth/auth_office.h"

using namespace auth_test;

namespace {

// "ann:secret" and others, in base64.
const std::string kAnn = "Basic YW5uOnNlY3JldA==";
const std::string kAnnWrong = "Basic YW5uOndyb25n";
const std::string kEve = "Basic ZXZlOnNlY3JldA==";

// Answers 200 and remembers what it was asked.
class Action final : public server::Handler {
 public:
  explicit Action(std::vector<std::string>& calls) : calls_(calls) {}
  void open_body(server::Exchange& exchange) override { calls_.push_back("open " + exchange.user); }
  void start(server::Exchange& exchange) override {
    calls_.push_back("start " + exchange.user);
    had_context_ = exchange.context != nullptr;
    exchange.response.status = 200;
    exchange.response.fields.add("ETag", "\"x\"");
    exchange.respond();
  }
  [[nodiscard]] bool had_context() const { return had_context_; }

 private:
  std::vector<std::string>& calls_;
  bool had_context_ = false;
};

// Answers with whom its loop works for at that moment.
class TellsDoing final : public server::Handler {
 public:
  explicit TellsDoing(const core::Doing& doing) : doing_(doing) {}
  void start(server::Exchange& exchange) override {
    exchange.response.status = 200;
    exchange.response.fields.add("Doing", doing_.now() == nullptr ? "nobody says" : *doing_.now());
    exchange.respond();
  }

 private:
  const core::Doing& doing_;
};

// Pages of the site's own, which are not there yet when they are asked for.
class LatePages final : public server::StatusPages {
 public:
  bool try_respond(server::Exchange& exchange, int status) override {
    exchange.respond_later(std::make_unique<server::HandlerContext>());
    exchange_ = &exchange;
    status_ = status;
    return true;
  }
  void arrive() {
    exchange_->response.status = status_;
    exchange_->respond();
  }

 private:
  server::Exchange* exchange_ = nullptr;
  int status_ = 0;
};

class Request {
 public:
  explicit Request(std::vector<std::string> authorization,
                   server::Method method = server::Method::kGet)
      : authorization_(std::move(authorization)),
        exchange_(core::Callback<void()>::to<&Request::on_progress>(*this)) {
    exchange_.request.method = method;
    for (const std::string& value : authorization_) {
      exchange_.request.fields.add({"Authorization", value});
    }
  }
  server::Exchange& exchange() { return exchange_; }
  [[nodiscard]] int status() const { return exchange_.responded() ? exchange_.response.status : 0; }
  [[nodiscard]] std::string fields() const { return std::string(exchange_.response.fields.text()); }
  [[nodiscard]] bool says(const std::string& field) const {
    return ("\r\n" + fields()).find("\r\n" + field + "\r\n") != std::string::npos;
  }

 private:
  void on_progress() {}
  const std::vector<std::string> authorization_;
  server::Exchange exchange_;
};

struct Site {
  explicit Site(std::size_t queue_max = 1024)
      : office(
            {{1, queue_max}, 1, users({user_line("ann", "secret"), user_line("bob", "other")})}) {}
  AuthOffice office;
  std::vector<std::string> calls;
  server::BasicAuth auth{"staff", 0, office.gate(), std::make_unique<Action>(calls)};

  std::unique_ptr<Request> start(std::vector<std::string> authorization) {
    auto request = std::make_unique<Request>(std::move(authorization));
    auth.start(request->exchange());
    return request;
  }
};

const std::string kChallenge = "WWW-Authenticate: Basic realm=\"staff\", charset=\"UTF-8\"";

}  // namespace

TEST_CASE("a challenge quotes the realm") {
  struct Case {
    std::string realm;
    std::string challenge;
  };
  const std::array cases{
      Case{"", R"(Basic realm="", charset="UTF-8")"},
      Case{"Team area", R"(Basic realm="Team area", charset="UTF-8")"},
      Case{R"(the "best" \ )", R"(Basic realm="the \"best\" \\ ", charset="UTF-8")"},
      Case{"B\xC3\xBCro", "Basic realm=\"B\xC3\xBCro\", charset=\"UTF-8\""},
  };
  for (const Case& c : cases) CHECK(server::basic_challenge(c.realm) == c.challenge);
}

TEST_CASE("without credentials that can be read there is no hash") {
  struct Case {
    std::vector<std::string> authorization;
    int status;
  };
  const std::array cases{
      Case{{}, 401},
      Case{{"Bearer abc"}, 401},
      Case{{"Digest username=\"ann\""}, 401},
      Case{{"Basic"}, 400},
      Case{{"Basic !!!"}, 400},
      Case{{"Basic YW5u"}, 400},  // no colon
      Case{{kAnn, kAnn}, 400},
      Case{{kAnn, "Bearer abc"}, 400},
  };
  Site site;
  for (const Case& c : cases) {
    CAPTURE(c.status);
    const auto request = site.start(c.authorization);
    CHECK(request->status() == c.status);
    CHECK(request->says(kChallenge) == (c.status == 401));
    CHECK(request->exchange().user.empty());
  }
  CHECK(site.office.gate().idle());
  CHECK(site.office.gate().counters().checks == 0);
  CHECK(site.calls.empty());
}

TEST_CASE("who is right gets the action's answer, at once the second time") {
  Site site;
  const auto first = site.start({kAnn});
  CHECK(first->status() == 0);
  CHECK(site.calls.empty());
  CHECK(site.office.run_hashes() == 1);
  CHECK(first->status() == 200);
  CHECK(first->fields() == "ETag: \"x\"\r\n");
  CHECK(first->exchange().user == "ann");
  const auto second = site.start({"bAsIc  YW5uOnNlY3JldA=="});
  CHECK(second->status() == 200);
  CHECK(second->fields() == first->fields());
  CHECK(site.calls == std::vector<std::string>{"start ann", "start ann"});
}

TEST_CASE("who is wrong gets the challenge and nothing of the action") {
  Site site;
  for (const std::string& authorization : {kAnnWrong, kEve}) {
    const auto request = site.start({authorization});
    CHECK(site.office.run_hashes() == 1);
    CHECK(request->status() == 401);
    CHECK(request->says(kChallenge));
    CHECK_FALSE(request->says("ETag: \"x\""));
    CHECK(request->exchange().user.empty());
  }
  CHECK(site.calls.empty());
}

TEST_CASE("when too many wait the answer is 503 and when to come back") {
  Site site(4);
  std::vector<std::unique_ptr<Request>> requests;
  for (const std::string& authorization : {kAnn, kAnnWrong, kEve}) {
    requests.push_back(site.start({authorization}));
    site.office.settle();
  }
  // One is hashed, one waits: as many as one client may.
  CHECK(requests[2]->status() == 503);
  CHECK(requests[2]->says("Retry-After: 1"));
  CHECK_FALSE(requests[2]->says(kChallenge));
  CHECK(site.office.run_hashes() == 2);
  CHECK(requests[0]->status() == 200);
  CHECK(requests[1]->status() == 401);
}

TEST_CASE("when the check fails the answer is 500, and the next one is a new check") {
  Site site;
  const auto request = site.start({kAnn});
  site.office.settle();
  site.office.workers().fails_next = true;
  site.office.run_hash();
  CHECK(request->status() == 500);
  CHECK(request->fields().find("Retry-After") == std::string::npos);
  CHECK(request->fields().find("WWW-Authenticate") == std::string::npos);
  CHECK(site.calls.empty());
  const auto again = site.start({kAnn});
  CHECK(site.office.run_hashes() == 1);
  CHECK(again->status() == 200);
}

TEST_CASE("a client that leaves while its password is checked is not answered") {
  Site site;
  auto request = site.start({kAnn});
  site.office.settle();
  request.reset();
  CHECK(site.office.run_hashes() == 1);
  CHECK(site.calls.empty());
  CHECK(site.office.gate().idle());
}

TEST_CASE("sixty exchanges of a page wait for one hash, and those that leave make no difference") {
  Site site;
  std::vector<std::unique_ptr<Request>> requests;
  for (int i = 0; i < 60; ++i) requests.push_back(site.start({kAnn}));
  site.office.settle();
  for (std::size_t i = 0; i < 60; i += 2) requests[i].reset();
  CHECK(site.office.run_hashes() == 1);
  for (std::size_t i = 1; i < 60; i += 2) CHECK(requests[i]->status() == 200);
  CHECK(site.calls.size() == 30);
}

TEST_CASE("the action starts with an exchange that nobody waits in") {
  AuthOffice office({{1, 8}, 1, users({user_line("ann", "secret")})});
  std::vector<std::string> calls;
  auto owned = std::make_unique<Action>(calls);
  const Action& action = *owned;
  server::BasicAuth auth("staff", 0, office.gate(), std::move(owned));
  Request request({kAnn});
  auth.start(request.exchange());
  REQUIRE(request.exchange().context != nullptr);
  office.run_hashes();
  CHECK(request.status() == 200);
  CHECK_FALSE(action.had_context());
}

TEST_CASE("content is offered to the action only for who is known when it comes") {
  Site site;
  Request stranger({});
  Request unknown({kAnn}, server::Method::kPost);
  for (Request* request : {&stranger, &unknown}) {
    site.auth.open_body(request->exchange());
    CHECK(request->status() == 0);
    CHECK(request->exchange().body_sink == nullptr);
    site.auth.start(request->exchange());
  }
  CHECK(stranger.status() == 401);
  CHECK(site.office.run_hashes() == 1);
  CHECK(unknown.status() == 200);
  CHECK(site.calls == std::vector<std::string>{"start ann"});
  Request known({kAnn}, server::Method::kPost);
  site.auth.open_body(known.exchange());
  CHECK(site.calls.back() == "open ann");
  // Once begun it is not asked again, even if it was revoked meanwhile.
  site.office.change_users(users({}));
  site.auth.start(known.exchange());
  CHECK(known.status() == 200);
  CHECK(site.calls.back() == "start ann");
  CHECK(site.office.gate().counters().checks == 2);
}

TEST_CASE("a site's own page takes the place of what waited, with the challenge") {
  Site site;
  LatePages pages;
  Request request({kAnnWrong});
  request.exchange().status_pages = &pages;
  site.auth.start(request.exchange());
  CHECK(site.office.run_hashes() == 1);
  CHECK(request.status() == 0);
  CHECK(request.exchange().decided());
  pages.arrive();
  CHECK(request.status() == 401);
  CHECK(request.says(kChallenge));
}

TEST_CASE("two realms with one users file share its hashes, and each has its own prompt") {
  Site site;
  server::BasicAuth other("guests", 0, site.office.gate(), std::make_unique<Action>(site.calls));
  server::BasicAuth other_file("staff", 1, site.office.gate(),
                               std::make_unique<Action>(site.calls));
  const auto first = site.start({kAnn});
  Request second({kAnn});
  other.start(second.exchange());
  Request third({kAnn});
  other_file.start(third.exchange());
  CHECK(site.office.run_hashes() == 2);
  CHECK(first->status() == 200);
  CHECK(second.status() == 200);
  CHECK(third.status() == 401);
  Request stranger({});
  other.start(stranger.exchange());
  CHECK(stranger.says("WWW-Authenticate: Basic realm=\"guests\", charset=\"UTF-8\""));
}

TEST_CASE("clients are told apart by where the connection says they are") {
  class Clients final : public server::ClientSource {
   public:
    explicit Clients(unsigned number) : number_(number) {}
    core::IpAddress network_of(const server::FieldList&) const override { return client(number_); }

   private:
    const unsigned number_;
  };
  Site site(8);
  const Clients one(1);
  const Clients other(2);
  const server::ConnectionFacts first{0, nullptr, &one};
  const server::ConnectionFacts second{0, nullptr, &other};
  std::vector<std::unique_ptr<Request>> flood;
  for (const auto& guess :
       {kAnnWrong, kEve, std::string("Basic YW5uOjE="), std::string("Basic YW5uOjI=")}) {
    flood.push_back(std::make_unique<Request>(std::vector<std::string>{guess}));
    flood.back()->exchange().connection = &first;
    site.auth.start(flood.back()->exchange());
    site.office.settle();
  }
  CHECK(flood[3]->status() == 503);
  Request login({kAnn});
  login.exchange().connection = &second;
  site.auth.start(login.exchange());
  site.office.run_hash();  // was out already
  CHECK(login.status() == 0);
  site.office.run_hash();
  CHECK(login.status() == 200);
}

TEST_CASE("behind a password, too, the loop works for the route that was asked for") {
  AuthOffice office({{1, 1024}, 1, users({user_line("ann", "secret")})});
  server::BasicAuth auth("staff", 0, office.gate(),
                         std::make_unique<TellsDoing>(office.loop().doing()));
  const server::RouteRecord route{.name = "site x /private/**"};
  Request request({kAnn});
  request.exchange().route = &route;
  auth.start(request.exchange());
  CHECK(office.run_hashes() == 1);
  CHECK(request.says("Doing: site x /private/**"));

  Request of_none({kAnnWrong});  // a preflight, an asterisk: no route
  auth.start(of_none.exchange());
  CHECK(office.run_hashes() == 1);
  CHECK(of_none.status() == 401);
}
