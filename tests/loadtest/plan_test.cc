// Goal: a plan is only made of what can be carried out, for this machine unless more is allowed,
// and its requests are right to the byte. Method: tables.

#include "loadtest/plan.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

using loadtest::make_plan;
using loadtest::Options;

namespace {

Options to(const std::string& url) {
  Options options;
  options.urls = {url};
  return options;
}

struct Wrong {
  std::function<void(Options&)> change;
  std::string_view message;
};

const std::vector<Wrong> kWrong{
    {[](Options& o) { o.urls.clear(); }, "a URL is needed"},
    {[](Options& o) { o.urls = {"ftp://localhost/"}; }, "http:// or https://"},
    {[](Options& o) { o.urls.emplace_back("http://127.0.0.1:2/"); }, "the same scheme, host and"},
    {[](Options& o) { o.urls.emplace_back("https://127.0.0.1:1/"); }, "the same scheme, host and"},
    {[](Options& o) { o.resume = true; }, "are for https"},
    {[](Options& o) { o.tls = core::TlsVersion::k13; }, "are for https"},
    {[](Options& o) { o.urls = {"https://127.0.0.1:1/"}, o.discard = true; },
     "--discard does not go with https"},
    {[](Options& o) { o.urls = {"http://192.0.2.1/"}; }, "--allow-remote"},
    {[](Options& o) { o.urls = {"http://[2001:db8::1]/"}; }, "--allow-remote"},
    {[](Options& o) { o.connections = 0; }, "--connections"},
    {[](Options& o) { o.loops = 0; }, "--loops"},
    {[](Options& o) { o.loops = 65; }, "--loops"},
    {[](Options& o) { o.pipeline = 0; }, "--pipeline"},
    {[](Options& o) { o.pipeline = 2, o.rate = 5; }, "--pipeline"},
    {[](Options& o) { o.pipeline = 2, o.close = true; }, "--pipeline"},
    {[](Options& o) { o.rate = 0; }, "--rate"},
    {[](Options& o) { o.rate = -1; }, "--rate"},
    {[](Options& o) { o.requests = 0; }, "--requests"},
    {[](Options& o) { o.duration = {}; }, "--duration"},
    {[](Options& o) { o.idle = 5, o.rate = 5; }, "--idle"},
    {[](Options& o) { o.idle = 0; }, "--connections"},
    {[](Options& o) { o.slow = 0; }, "--slow"},
    {[](Options& o) { o.slow_send = true; }, "--slow-send"},
    {[](Options& o) { o.discard = true, o.expect_digest = 5; }, "--discard"},
    {[](Options& o) { o.guess = ""; }, "--guess needs"},
    {[](Options& o) { o.guess = "a:b"; }, "--guess needs"},
    {[](Options& o) { o.guess = "a\r\nb"; }, "--guess needs"},
    {[](Options& o) { o.guess = "a", o.slow = 5, o.slow_send = true; }, "--slow-send"},
    {[](Options& o) { o.guess = "a", o.header = {"AUTHORIZATION: b"}; }, "--guess goes"},
    {[](Options& o) { o.from = "127.0.0.1/33"; }, "--from"},
    {[](Options& o) { o.from = "127.0.0.2", o.urls = {"http://[::1]/"}; }, "--from is for"},
    {[](Options& o) { o.method = "G ET"; }, "--method"},
    {[](Options& o) { o.header = {"nonsense"}; }, "--header"},
    {[](Options& o) { o.header = {"A: b\r\nC: d"}; }, "--header"},
};

}  // namespace

TEST_CASE("what cannot be carried out is refused, with the option's name") {
  for (const Wrong& wrong : kWrong) {
    CAPTURE(wrong.message);
    Options options = to("http://127.0.0.1:1/");
    wrong.change(options);
    const auto plan = make_plan(options);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().message.find(wrong.message) != std::string::npos);
  }
}

TEST_CASE("other machines are allowed when asked for") {
  Options options = to("http://192.0.2.1:81/");
  options.allow_remote = true;
  const auto plan = make_plan(options);
  REQUIRE(plan);
  CHECK(plan->address.to_string() == "192.0.2.1:81");
}

TEST_CASE("https: TLS for the name that the URL has") {
  const auto plan = make_plan(to("https://localhost:8443/"));
  REQUIRE(plan);
  CHECK(plan->tls != nullptr);
  CHECK(plan->server_name == "localhost");
  CHECK(plan->requests[0] == "GET / HTTP/1.1\r\nHost: localhost:8443\r\n\r\n");
  CHECK(make_plan(to("http://localhost:8443/"))->tls == nullptr);
}

TEST_CASE("requests are written out, one for each URL") {
  Options options = to("http://127.0.0.1:8080/a?b=c");
  options.urls.emplace_back("http://127.0.0.1:8080");
  options.header = {"Accept: x"};
  const auto plan = make_plan(options);
  REQUIRE(plan);
  REQUIRE(plan->requests.size() == 2);
  CHECK(plan->requests[0] == "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: x\r\n\r\n");
  CHECK(plan->requests[1] == "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: x\r\n\r\n");
}

TEST_CASE("fields of the user's take the place of ours; methods with a body have its length") {
  Options options = to("http://127.0.0.1:8080/");
  options.header = {"HOST: www.example.org"};
  options.close = true;
  options.method = "POST";
  const auto plan = make_plan(options);
  REQUIRE(plan);
  CHECK(plan->requests[0] ==
        "POST / HTTP/1.1\r\nHOST: www.example.org\r\nConnection: close\r\nContent-Length: "
        "0\r\n\r\n");
}

TEST_CASE("guesses: no run has the passwords of another") {
  Options options = to("http://127.0.0.1:8080/");
  options.guess = "anna";
  options.from = "127.0.0.2/31";
  const auto plan = make_plan(options);
  const auto other = make_plan(options);
  REQUIRE(plan);
  REQUIRE(other);
  CHECK(plan->nonce != other->nonce);
  REQUIRE(plan->from);
  CHECK(plan->from->mask == 1);
}

TEST_CASE("idle connections are as many as --idle says") {
  Options options = to("http://127.0.0.1:8080/");
  options.idle = 5000;
  const auto plan = make_plan(options);
  REQUIRE(plan);
  CHECK(plan->options.connections == 5000);
}
