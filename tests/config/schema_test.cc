// Goal: the schema and the loader agree on the form of a configuration: nothing that the loader
// takes is refused by the schema, and nothing of a wrong form that the loader refuses is taken.
// Method: a small validator of our own that knows the keywords we use; the configurations we show,
// random right ones along the declaration of the keys, and one random change to each of them
// (OURO_TEST_SEED repeats a run).

#include "config/schema.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <regex>
#include <string>
#include <string_view>

#include "config/loader.h"
#include "tests/config/document_text.h"
#include "tests/config/examples.h"
#include "tests/config/random_document.h"
#include "tests/config/sample.h"
#include "tests/config/schema_validator.h"

namespace {

using config::Node;

constexpr int kDocuments = 500;
constexpr int kChanges = 8;  // of each, one at a time

const config::SchemaValidator& schema() {
  static const config::SchemaValidator kValidator(config::json_schema());
  return kValidator;
}

std::string refusal(std::string_view text) {
  const auto document = config::parse_document(text);
  REQUIRE(document);
  return schema().refusal(*document);
}

// What a schema can say too; the rest is about the meaning of a value, or what stands elsewhere.
bool is_of_form(const std::string& message) {
  static const std::regex kForm(
      "must be (an? |true or false)|^unknown key|is missing in|is not a valid value|"
      "without an action|\" beside \".*in a route|is not a (duration|size|rate)$|"
      "is not (a header name|the status of an error)$|must not be empty|must be from [0-9]+ to "
      "[0-9]+$");
  return std::regex_search(message, kForm);
}

void check_agreement(const std::string& text) {
  CAPTURE(text);
  const auto loaded = config::load_text(text, "ouro.jsonc", "/etc/ouro");
  const std::string by_schema = refusal(text);
  CAPTURE(by_schema);
  if (loaded) {
    REQUIRE(by_schema.empty());
    return;
  }
  const auto& errors = loaded.error();
  CAPTURE(config::render(errors));
  const bool of_form =
      std::any_of(errors.begin(), errors.end(),
                  [](const config::Diagnostic& error) { return is_of_form(error.message); });
  if (of_form) REQUIRE(!by_schema.empty());
}

std::string with_route(const std::string& members) {
  return R"({"listen": [":80"], "sites": [{"routes": [{)" + members + "}]}]}";
}

}  // namespace

TEST_SUITE("config/schema") {
  TEST_CASE("every keyword is one that the validator knows") {
    CHECK(schema().unknown_keywords().empty());
    const config::SchemaValidator other(
        R"({"type": "object", "properties": {"a": {"anyOf": [{"minLength": 1}]}}})");
    CHECK(other.unknown_keywords() == std::vector<std::string>{"minLength"});
  }

  TEST_CASE("what we show people is right") {
    for (const config::Example& example : config::examples()) {
      CAPTURE(example.name);
      CHECK(refusal(example.text) == "");
    }
  }

  TEST_CASE("single rules") {
    struct Row {
      const char* text;
      bool right;
    };
    const std::vector<Row> rows = {
        {R"("health": "live")", true},
        {R"("health": "life")", false},
        {R"("health": "${env:HEALTH:-live}")", true},
        {R"("health": "$${env:HEALTH:-live}")", false},
        {R"("health": "live", "respond": {})", false},
        {R"("path": "/a")", false},
        {R"("path": [], "health": "live")", false},
        {R"("path": ["/a", "b"], "health": "live")", false},
        {R"("methods": ["GET"], "health": "live")", true},
        {R"("methods": ["get"], "health": "live")", false},
        {R"("body_size": "1MB", "health": "live")", false},
        {R"("body_size": "1MiB", "health": "live")", true},
        {R"("body_size": -1, "health": "live")", false},
        {R"("headers": {"X-A": null}, "health": "live")", true},
        {R"("headers": {"X A": null}, "health": "live")", false},
        {R"("cors": {"methods": ["GET"]}, "health": "live")", false},
        {R"("cors": null, "health": "live")", true},
        {R"("auth": {"basic": {"users_file": "users"}}, "health": "live")", true},
        {R"("auth": {"basic": {"realm": "A"}}, "health": "live")", false},
        {R"("auth": {"basic": {"users_file": "a", "realm": ""}}, "health": "live")", false},
        {R"("auth": {"basic": null}, "health": "live")", true},
        {R"("auth": {}, "health": "live")", false},
        {R"("auth": null, "health": "live")", true},
        {R"("respond": {"status": 600})", false},
        {R"("files": {})", false},
        {R"("files": {"root": "/srv", "lisitng": true})", false},
    };
    for (const Row& row : rows) {
      CAPTURE(row.text);
      CHECK(refusal(with_route(row.text)).empty() == row.right);
      check_agreement(with_route(row.text));
    }
    CHECK(refusal(R"({"listen": [":80"], "sites": []})") != "");
    CHECK(refusal(R"({"listen": [":80"]})") != "");
    CHECK(refusal(R"({"listen": [":80"], "include": ["sites/*.jsonc"]})") == "");
  }

  TEST_CASE("every unit") {
    const auto route = [](const std::string& size, const std::string& age) {
      return with_route("\"health\": \"live\", \"body_size\": \"" + size +
                        R"(", "cors": {"origins": ["*"], "max_age": ")" + age + "\"}");
    };
    for (const char* size : {"1", "1B", "1KiB", "1MiB", "1GiB", "1TiB", "1PiB", "1kB", "KiB"}) {
      CAPTURE(size);
      check_agreement(route(size, "1s"));
    }
    for (const char* age : {"1000ms", "1s", "1m", "1h", "1d", "1", "s"}) {
      CAPTURE(age);
      check_agreement(route("1B", age));
    }
  }

  TEST_CASE("an included file is a site or a list of sites") {
    const auto refused = [](std::string_view text) {
      return !schema().refusal_by("included_file", *config::parse_document(text)).empty();
    };
    const std::string site = R"({"$schema": "x", "routes": [{"health": "live"}]})";
    CHECK(!refused(site));
    CHECK(!refused("[" + site + "]"));
    CHECK(refused(R"({"listen": [":80"], "sites": []})"));
  }

  TEST_CASE("the sample with any byte left out or another one") {
    for (std::size_t offset = config::first_offset(); offset < config::kSample.size();
         offset += config::kOffsetStride) {
      for (const std::string_view byte : {"", "x", "0", "/", "-"}) {
        std::string text(config::kSample);
        text.replace(offset, 1, byte);
        if (config::load_text(text, "ouro.jsonc", "/etc/ouro")) check_agreement(text);
      }
    }
  }

  TEST_CASE("random right documents are right to both") {
    std::mt19937 random(config::random_seed());
    for (int run = 0; run < kDocuments; ++run) {
      const std::string text = config::text_of(config::random_document(random));
      CAPTURE(text);
      REQUIRE(config::errors_of(text) == "");
      REQUIRE(refusal(text) == "");
    }
  }

  TEST_CASE("random changes are wrong to both, or to none, as far as form goes") {
    std::mt19937 random(config::random_seed());
    for (int run = 0; run < kDocuments; ++run) {
      const Node document = config::random_document(random);
      for (int change = 0; change < kChanges; ++change) {
        Node changed = document;
        config::change_something(changed, random);
        check_agreement(config::text_of(changed));
      }
    }
  }
}
