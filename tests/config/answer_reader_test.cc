// Goal: "redirect" and "respond" are read as written, and refused with what to write instead.
// Method: tables of one route's action in a right file; the first and last allowed numbers.
#include "config/answer_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/config/sample.h"

using config::Wrong;

namespace {

void check(const std::string& key, const Wrong& test) {
  const std::string members = "\"" + key + "\": {" + std::string(test.text) + "}";
  config::check_errors(members, config::errors_of_route(members), test.error);
}

}  // namespace

TEST_SUITE("config/answer_reader") {
  TEST_CASE("redirect") {
    constexpr Wrong kCases[] = {
        {R"("to": "/new")", ""},
        {R"("to": "http://a/")", ""},
        {R"("to": "https://{host}{uri}")", ""},
        {R"("to": "{scheme}://a{path}?{query}{rest}")", ""},
        {"", "\"to\" is missing in redirect"},
        {R"("to": "")", "to must not be empty"},
        {R"("to": 1)", "to must be a string, not a number"},
        {R"("to": "/a\r\nX: y")", "to must not have control characters"},
        {R"("to": "www.a")", "\"www.a\" is not where a redirect can go"},
        {R"("to": "ftp://a")", "it begins with \"/\", \"http://\", \"https://\" or a placeholder"},
        {R"("to": "/{hots}")", "\"{hots}\" is not a placeholder"},
        {R"("to": "/{}")", "placeholders: {scheme} {host} {path} {query} {uri} {rest}"},
        {R"("to": "/{host")", "\"/{host\" has a '{' without its '}'"},
        {R"("to": "/{host}{")", "placeholders: {scheme} {host} {path} {query} {uri} {rest}"},
        {R"("to": "/", "status": 301)", ""},
        {R"("to": "/", "status": 302)", ""},
        {R"("to": "/", "status": 303)", ""},
        {R"("to": "/", "status": 307)", ""},
        {R"("to": "/", "status": 308)", ""},
        {R"("to": "/", "status": 304)", "304 is not a status of a redirect"},
        {R"("to": "/", "status": -1)", "^~ allowed: 301, 302, 303, 307, 308"},
        {R"("to": "/", "status": "301")", "status must be a whole number, not a string"},
        {R"("to": "/", "code": 301)", "unknown key \"code\""},
    };
    for (const Wrong& test : kCases) check("redirect", test);
  }

  TEST_CASE("respond") {
    constexpr Wrong kCases[] = {
        {"", ""},
        {R"("status": 200)", ""},
        {R"("status": 599)", ""},
        {R"("status": 199)", "status must be from 200 to 599"},
        {R"("status": 600)", "status must be from 200 to 599"},
        {R"("status": 304)", "a status from 200 to 599 but 304"},
        {R"("status": null)", "status must be a whole number, not null"},
        {R"("status": 204)", ""},
        {R"("status": 204, "body": "")", ""},
        {R"("status": 204, "body": "x")", "status 204 has no body"},
        {R"("body": "x", "status": 205)", "^~~ leave body out, or write another status"},
        {R"("body": "two\nlines\t")", ""},
        {R"("body": null)", "body must be a string, not null"},
        {R"("type": "application/json")", ""},
        {R"("type": "json")", "\"json\" is not a media type"},
        {R"("type": 1)", "type must be a string, not a number"},
        {R"("text": "")", "unknown key \"text\""},
    };
    for (const Wrong& test : kCases) check("respond", test);
  }
}
