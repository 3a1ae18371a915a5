// Goal: a list of methods is read in its order; a name that no request could have is refused.
// Method: a parsed member goes through the reader alone.
#include "config/methods_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/source_text.h"

using Strings = std::vector<std::string>;

namespace {

struct Read {
  Strings methods;
  std::string errors;
};

Read read(std::string_view list) {
  const std::string text = "{\"methods\": " + std::string(list) + "}";
  const config::SourceText source(text, "f");
  const auto root = config::parse_document(text);
  REQUIRE(root);
  config::Report report(source);
  Read result;
  result.methods = config::read_methods(report, root->members.front());
  result.errors = config::render(report.take());
  return result;
}

}  // namespace

TEST_SUITE("config/methods_reader") {
  TEST_CASE("in the order of the file") {
    const Read all = read(R"(["POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])");
    CHECK(all.errors == "");
    CHECK(all.methods == Strings{"POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"});
  }

  TEST_CASE("what is wrong is left out, the rest stays") {
    struct Case {
      std::string_view list;
      std::string_view error;
      Strings methods;
    };
    const Case cases[] = {
        {R"([])", "f:1:13: error: methods must not be empty", {}},
        {R"("GET")", "^~~~~ write [\"GET\"]", {}},
        {R"(null)", "methods must be a list, not null", {}},
        {R"(["get", "PUT"])", "^~~~~ write \"GET\"", {"PUT"}},
        {R"(["Post"])", "write \"POST\"", {}},
        {R"(["DELTE"])", "did you mean \"DELETE\"?", {}},
        {R"(["CONNECT"])", "allowed: \"GET\", \"HEAD\"", {}},
        {R"(["GET", "PUT", "GET"])", "f:1:28: error: duplicate method \"GET\"", {"GET", "PUT"}},
        {R"([7, "GET"])", "a method must be a string, not a number", {"GET"}},
    };
    for (const Case& test : cases) {
      CAPTURE(test.list);
      const Read got = read(test.list);
      CAPTURE(got.errors);
      CHECK(got.errors.find(test.error) != std::string::npos);
      CHECK(got.methods == test.methods);
    }
  }
}
