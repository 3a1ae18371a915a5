// Goal: a route has the right methods and exactly one action; what is wrong is shown once, with
// what to write instead. Method: tables of members of one route in a right file.
#include "config/route_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/config/sample.h"

using config::errors_of_route;
using config::Wrong;

TEST_SUITE("config/route_reader") {
  TEST_CASE("paths and methods") {
    constexpr Wrong kCases[] = {
        {R"("path": "/a/**")", ""},
        {R"("path": ["/a", "/b"])", ""},
        {R"("path": [])", "path must not be empty"},
        {R"("path": 1)", "path must be a string or a list, not a number"},
        {R"("path": [1])", "a path pattern must be a string, not a number"},
        {R"("path": "a")", "^~~ write \"/a\""},
        {R"("path": ["/a", "/a%20b"])", "^~~~~~~~ patterns match the decoded path"},
        {R"("methods": ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])", ""},
        {R"("methods": [])", "methods must not be empty"},
        {R"("methods": "GET")", "write [\"GET\"]"},
        {R"("methods": ["get"])", "\"get\" is not a method"},
        {R"("methods": ["get"])", "^~~~~ write \"GET\""},
        {R"("methods": ["PSOT"])", "did you mean \"POST\"?"},
        {R"("methods": ["TRACE"])",
         R"(allowed: "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")"},
        {R"("methods": ["GET", "GET"])", "duplicate method \"GET\""},
        {R"("methods": [1])", "a method must be a string, not a number"},
        {R"("method": ["GET"])", "did you mean \"methods\"?"},
    };
    for (const Wrong& test : kCases) {
      const std::string members = std::string(test.text) + R"(, "files": {"root": "/srv"})";
      config::check_errors(members, errors_of_route(members), test.error);
    }
  }

  TEST_CASE("exactly one action") {
    constexpr Wrong kCases[] = {
        {R"("files": {"root": "."})", ""},
        {R"("redirect": {"to": "/"})", ""},
        {R"("respond": {})", ""},
        {R"("health": "live")", ""},
        {R"("health": "ready")", ""},
        {R"("health": "redy")", "did you mean \"ready\"?"},
        {R"("health": "up")", R"(allowed: "live", "ready")"},
        {R"("health": true)", R"(allowed: "live", "ready")"},
        {R"("health": "live", "respond": {})", "\"respond\" beside \"health\" in a route"},
        {"", "3:14: error: a route without an action"},
        {R"("path": "/")", R"(^ exactly one of "files", "redirect", "respond", "health")"},
        {R"("file": {})", "did you mean \"files\"?"},
        {R"("files": {"root": "."}, "respond": {})",
         "3:39: error: \"respond\" beside \"files\" in a route"},
        {R"("respond": {}, "files": {"root": "."})",
         R"(the first is at 3:15; exactly one of "files", "redirect", "respond", "health")"},
        {R"("respond": {}, "files": {"root": "."}, "redirect": {"to": "/"})",
         "\"files\" beside \"respond\" in a route"},
    };
    for (const Wrong& test : kCases) {
      config::check_errors(test.text, errors_of_route(test.text), test.error);
    }
  }
}
