// Goal: the effective configuration says the same as the files it comes from, wherever it is read,
// tells of each value where it stands, and shows no secret. Method: it is loaded again and the
// values compared, for the configurations we show and random ones (OURO_TEST_SEED repeats a run);
// one with an included file is compared line by line.

#include "config/effective.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "config/loader.h"
#include "config/schema.h"
#include "tests/config/document_text.h"
#include "tests/config/effective_sample.h"
#include "tests/config/examples.h"
#include "tests/config/random_document.h"
#include "tests/config/sample.h"
#include "tests/config/schema_validator.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using config::loaded_text;

constexpr int kDocuments = 500;

config::Loaded loaded_file(const std::string& path) {
  auto loaded = config::load_file(path);
  const std::string errors = loaded ? "" : config::render(loaded.error());
  REQUIRE(errors == "");
  return std::move(*loaded);
}

// That it is read elsewhere, as the same, and prints the same again.
void check_same(const config::Loaded& loaded) {
  const std::string text = config::effective_text(loaded);
  CAPTURE(text);
  const config::Loaded again = loaded_text(text, "/else/where");
  REQUIRE(again.config == loaded.config);
}

// Of one site with one route, and its text.
std::string effective_route(const std::string& members, const std::string& directory) {
  const std::string text = R"({"listen": [":80"], "sites": [{"routes": [{)" + members + "}]}]}";
  const config::Loaded loaded = loaded_text(text, directory);
  check_same(loaded);
  return config::effective_text(loaded);
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string without(std::string text, const std::string& part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
  return text;
}

// Blanks behind each other are one: the folder's name moves what is aligned.
std::string with_single_blanks(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' || !result.ends_with(' ')) result += c;
  }
  return result;
}

}  // namespace

TEST_SUITE("config/effective") {
  TEST_CASE("what we show people means the same") {
    for (const config::Example& example : config::examples()) {
      CAPTURE(example.name);
      check_same(loaded_text(example.text, "/etc/ouro"));
    }
  }

  TEST_CASE("random documents mean the same, and the schema takes what is printed") {
    const config::SchemaValidator schema(config::json_schema());
    std::mt19937 random(config::random_seed());
    for (int run = 0; run < kDocuments; ++run) {
      const std::string text = config::text_of(config::random_document(random));
      CAPTURE(text);
      const config::Loaded loaded = loaded_text(text, "/etc/ouro");
      check_same(loaded);
      const auto document = config::parse_document(config::effective_text(loaded));
      REQUIRE(document);
      REQUIRE(schema.refusal(*document) == "");
    }
  }

  TEST_CASE("where each value comes from, line by line, with an included file") {
    const test::TemporaryDirectory folder;
    const std::string main = folder.write("ouro.jsonc", config::kMain);
    folder.write("sites/b.jsonc", config::kIncluded);
    const config::Loaded loaded = loaded_file(main);
    check_same(loaded);
    const std::string text = without(config::effective_text(loaded), folder.path());
    CHECK(with_single_blanks(text) == with_single_blanks(config::kExpected));
  }

  TEST_CASE("what came from a file is shown as it is written, in whatever key") {
    const test::TemporaryDirectory folder;
    for (const auto& [name, value] : {std::pair("word", "epoll"),
                                      {"number", "3"},
                                      {"size", "3KiB"},
                                      {"path", "secret_dir"},
                                      {"text", "sesame"},
                                      {"flag", "false"}}) {
      folder.write(name, std::string(value) + "\n");
    }
    const std::string text = R"({
      "engine": "${file:word}", "loops": "${file:./number}",
      "limits": {"header_size": "${file:size}"}, "listen": [":80"],
      "sites": [{"headers": {"X-Token": "Bearer ${file:text}"}, "access_log": "${file:flag}",
        "routes": [{"files": {"root": "${file:path}/x"}}]}]})";
    const config::Loaded loaded = loaded_text(text, folder.path());
    check_same(loaded);
    const std::string printed = config::effective_text(loaded);
    const auto file = [&folder](const std::string& name) {
      return "${file:" + folder.path() + "/" + name + "}";
    };
    CAPTURE(printed);
    CHECK(has(printed, "\"engine\": \"" + file("word") + "\""));
    CHECK(has(printed, "\"loops\": \"" + file("number") + "\""));
    CHECK(has(printed, "\"header_size\": \"" + file("size") + "\""));
    CHECK(has(printed, "\"X-Token\": \"Bearer " + file("text") + "\""));
    CHECK(has(printed, "\"root\": \"" + folder.path() + "/" + file("path") + "/x\""));
    for (const char* secret : {"epoll", "3KiB", "secret_dir", "sesame"}) {
      CHECK(!has(printed, secret));
    }
  }

  TEST_CASE("what variables stand for is shown, but not of what may be secret") {
    setenv("OURO_TEST_TOKEN", "open sesame", 1);  // NOLINT(concurrency-mt-unsafe)
    const std::string shown = effective_route(
        R"("cache_control": "${env:OURO_TEST_TOKEN}", "health": "live")", "/etc/ouro");
    CHECK(has(shown, R"("cache_control": "open sesame",)"));
    CHECK(has(shown, R"(// ouro.jsonc:1:44, ${env:OURO_TEST_TOKEN})"));
    const std::string hidden = effective_route(
        R"("headers": {"A": "x ${env:OURO_TEST_TOKEN}"},
           "respond": {"body": "${env:OURO_TEST_TOKEN}\n"})",
        "/etc/ouro");
    CHECK(has(hidden, R"("A": "x ${env:OURO_TEST_TOKEN}")"));
    CHECK(has(hidden, R"("body": "${env:OURO_TEST_TOKEN}\n")"));
    CHECK(!has(hidden, "open sesame"));
  }

  TEST_CASE("what would not be read back as it is, is written so that it is") {
    setenv("OURO_TEST_BRACE", "$${a}", 1);     // NOLINT(concurrency-mt-unsafe)
    setenv("OURO_TEST_BYTES", "\xFF\xFE", 1);  // NOLINT(concurrency-mt-unsafe)
    const std::string text = effective_route(
        R"("cache_control": "${env:OURO_TEST_BRACE}", "respond": {"body": "$${\"\\\t\u202e$"})",
        "/${x}/\"");
    CHECK(has(text, R"("$$${a}")"));
    CHECK(has(text, R"("$${\"\\\u0009\u202e$")"));
    CHECK(has(effective_route(R"("files": {"root": "a"})", "/${x}/\""), R"("/$${x}/\"/a")"));
    CHECK(has(effective_route(R"("files": {"root": "/${env:OURO_TEST_BYTES}"})", "/etc"),
              R"("root": "/${env:OURO_TEST_BYTES}",  // ouro.jsonc)"));
  }

  TEST_CASE("a long list has a line for each item") {
    const std::string name(40, 'x');
    const std::string text =
        effective_route(R"("files": {"root": "/a", "index": ["b", "${env:OURO_TEST_UNSET:-)" +
                            name + R"(}"], "extensions": ["c"]})",
                        "/etc/ouro");
    CHECK(has(text, R"("extensions": ["c"],)"));
    CHECK(has(text, R"("index": ["b", ")" + name + R"("],)"));
    const std::string longer =
        effective_route(R"("files": {"root": "/a", "index": ["b", "${env:OURO_TEST_UNSET:-)" +
                            name + name + R"(}"]})",
                        "/etc/ouro");
    CHECK(has(longer, "\"index\": [  // ouro.jsonc:1:68\n"));
    CHECK(has(longer, "  \"b\",  "));
    CHECK(has(longer, "  \"" + name + name + "\",  // ouro.jsonc:1:83, ${env:OURO_TEST_UNSET:-xx"));
  }

  TEST_CASE("an address that nobody asked for may still be another's") {
    const std::string text = effective_route(R"("health": "live")", "/etc/ouro");
    CHECK(has(text,
              "    // \"address\": \"127.0.0.1:9180\" is the default, unless somebody else "
              "listens there\n"));
    CHECK(loaded_text(text, "/etc/ouro").config.admin.is_default);
  }

  TEST_CASE("the name of a file cannot end its comment") {
    auto loaded =
        config::load_text(R"({"listen": [":80"], "sites": [{"routes": [{"health": "live"}]}]})",
                          "a\n\"b\x1b", "/etc/ouro");
    REQUIRE(loaded);
    check_same(*loaded);
    CHECK(has(config::effective_text(*loaded), R"(// a\n\"b\u001b:1:2)"));
  }
}
