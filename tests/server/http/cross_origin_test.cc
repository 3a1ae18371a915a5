// Goal: browsers are told what the Fetch standard asks for: the origin that may read an answer,
// nothing to others, and caches what it depends on.
// Method: rules and requests in tables, with the exact fields of answers and of preflights.
#include "server/http/cross_origin.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/server/http/lone_exchange.h"

using server::CrossOrigin;
using server::Method;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

// The fields of the answer to a request with these fields.
class Asked {
 public:
  Asked(Method method, const Fields& fields) {
    exchange_.request.method = method;
    for (const auto& [name, value] : fields) exchange_.request.fields.add({name, value});
  }
  [[nodiscard]] const server::Request& request() const { return exchange_.request; }

 private:
  http_test::LoneExchange exchange_;
};

std::string fields_of(const CrossOrigin& cross_origin, const Fields& fields) {
  return cross_origin.fields(Asked(Method::kGet, fields).request());
}

std::string preflight_of(const CrossOrigin& cross_origin, const Fields& fields) {
  return cross_origin.preflight_fields(Asked(Method::kOptions, fields).request());
}

CrossOrigin::Rules rules_for(std::vector<std::string> origins, bool credentials = false) {
  CrossOrigin::Rules rules;
  rules.origins = std::move(origins);
  rules.methods = {"GET", "PUT", "PROPFIND"};
  rules.credentials = credentials;
  return rules;
}

const std::string kVary = "Vary: Origin\r\n";
const std::string kVaryOfPreflight =
    "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n";
const std::string kCredentials = "Access-Control-Allow-Credentials: true\r\n";
const std::string kMethods = "Access-Control-Allow-Methods: GET, PUT, PROPFIND\r\n";

std::string allow(const std::string& origin) {
  return "Access-Control-Allow-Origin: " + origin + "\r\n";
}

}  // namespace

TEST_CASE("an origin that is listed is told so, any other nothing; both depend on Origin") {
  const CrossOrigin listed(rules_for({"https://app.example", "http://localhost:3000"}));
  const CrossOrigin with_null(rules_for({"null", "https://app.example"}));
  const CrossOrigin credentials(rules_for({"https://app.example"}, true));
  struct Case {
    const CrossOrigin& cross_origin;
    Fields request;
    std::string fields;
  };
  const Case cases[] = {
      {listed, {{"Origin", "https://app.example"}}, allow("https://app.example") + kVary},
      {listed, {{"oRIGIN", "http://localhost:3000"}}, allow("http://localhost:3000") + kVary},
      {credentials,
       {{"Origin", "https://app.example"}},
       allow("https://app.example") + kCredentials + kVary},
      {with_null, {{"Origin", "null"}}, allow("null") + kVary},
      {listed, {}, kVary},
      {credentials, {}, kVary},
      {listed, {{"Origin", ""}}, kVary},
      {listed, {{"Origin", "null"}}, kVary},
      {listed, {{"Origin", "*"}}, kVary},
      {listed, {{"Origin", "https://APP.example"}}, kVary},  // browsers write it in lower case
      {listed, {{"Origin", "http://app.example"}}, kVary},
      {listed, {{"Origin", "https://app.example:443"}}, kVary},
      {listed, {{"Origin", "https://app.example/"}}, kVary},
      {listed, {{"Origin", "https://app.example.evil.test"}}, kVary},
      {listed, {{"Origin", "https://evil-app.example"}}, kVary},
      {listed, {{"Origin", "https://app.example https://evil.test"}}, kVary},
      {credentials, {{"Origin", "https://evil.test"}}, kVary},
      {listed, {{"Origin", "https://app.example"}, {"Origin", "https://app.example"}}, kVary},
  };
  for (const Case& c : cases) {
    CAPTURE(c.request.size());
    if (!c.request.empty()) CAPTURE(c.request[0].second);
    CHECK(fields_of(c.cross_origin, c.request) == c.fields);
  }
}

TEST_CASE("any origin is a star that depends on nothing") {
  const CrossOrigin any(rules_for({"*"}));
  for (const Fields& request :
       {Fields{}, Fields{{"Origin", "https://a.test"}}, Fields{{"Origin", "null"}}}) {
    CHECK(fields_of(any, request) == allow("*"));
  }
}

TEST_CASE("Fetch: a star does not go with credentials, so it allows nobody then") {
  const CrossOrigin any(rules_for({"*"}, true));
  CHECK(fields_of(any, {{"Origin", "https://a.test"}}) == kVary);
  CHECK(fields_of(any, {{"Origin", "*"}}) == kVary);
  CHECK(preflight_of(any, {{"Origin", "*"}, {"Access-Control-Request-Method", "GET"}}) ==
        kVaryOfPreflight);
}

TEST_CASE("a preflight is a question for a method, by a script of some origin") {
  struct Case {
    Method method;
    Fields fields;
    bool is_one;
  };
  const Case cases[] = {
      {Method::kOptions, {{"Origin", "x"}, {"Access-Control-Request-Method", "PUT"}}, true},
      {Method::kOptions, {{"origin", "x"}, {"access-control-request-method", "PUT"}}, true},
      {Method::kOptions, {{"Origin", "x"}}, false},
      {Method::kOptions, {{"Access-Control-Request-Method", "PUT"}}, false},
      {Method::kGet, {{"Origin", "x"}, {"Access-Control-Request-Method", "PUT"}}, false},
  };
  for (const Case& c : cases) {
    const Asked asked(c.method, c.fields);
    const auto method = server::preflight_method(asked.request());
    CHECK(method.has_value() == c.is_one);
    if (method) CHECK(*method == "PUT");
  }
}

TEST_CASE("an allowed preflight hears of methods, headers and time; another one of nothing") {
  CrossOrigin::Rules full = rules_for({"https://a.test"}, true);
  full.headers = {"Content-Type", "X-Token"};
  full.max_age = std::chrono::seconds(600);
  const CrossOrigin cross_origin(full);
  const CrossOrigin plain(rules_for({"*"}));
  const auto asks = [](const std::string& origin, const std::string& method) {
    return Fields{{"Origin", origin}, {"Access-Control-Request-Method", method}};
  };
  CHECK(preflight_of(cross_origin, asks("https://a.test", "PUT")) ==
        allow("https://a.test") + kCredentials + kMethods +
            "Access-Control-Allow-Headers: Content-Type, X-Token\r\n"
            "Access-Control-Max-Age: 600\r\n" +
            kVaryOfPreflight);
  CHECK(preflight_of(plain, asks("https://a.test", "PROPFIND")) ==
        allow("*") + kMethods + kVaryOfPreflight);
  for (const std::string method : {"DELETE", "put", "", "GET, PUT", "*"}) {
    CAPTURE(method);
    CHECK(preflight_of(cross_origin, asks("https://a.test", method)) == kVaryOfPreflight);
    CHECK(preflight_of(plain, asks("https://a.test", method)) == kVaryOfPreflight);
  }
  CHECK(preflight_of(cross_origin, asks("https://b.test", "PUT")) == kVaryOfPreflight);
}

TEST_CASE("any header: those asked for are said back, for a star would leave some out") {
  CrossOrigin::Rules rules = rules_for({"*"});
  rules.headers = {"*"};
  const CrossOrigin cross_origin(rules);
  struct Case {
    Fields requested;
    std::string headers;  // empty: no field
  };
  const std::string name = "Access-Control-Request-Headers";
  const Case cases[] = {
      {{}, ""},
      {{{name, ""}}, ""},
      {{{name, "authorization,x-token"}}, "authorization, x-token"},
      {{{name, " a ,, b , "}}, "a, b"},
      {{{name, "a"}, {name, "b"}}, "a, b"},
      {{{name, "a b"}}, ""},  // no name
      {{{name, "a, b:c"}}, ""},
      {{{name, "a\x01"}}, ""},
  };
  for (const Case& c : cases) {
    Fields request = c.requested;
    request.emplace_back("Origin", "https://a.test");
    request.emplace_back("Access-Control-Request-Method", "GET");
    const std::string headers =
        c.headers.empty() ? "" : "Access-Control-Allow-Headers: " + c.headers + "\r\n";
    CHECK(preflight_of(cross_origin, request) ==
          allow("*") + kMethods + headers + kVaryOfPreflight);
  }
}
