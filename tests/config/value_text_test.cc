// Goal: a value is shown as what it is, absolute, and a secret as it is written. Method: a table of
// shapes and strings, with variables of the environment and of a file.

#include "config/value_text.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "config/report.h"
#include "config/variables.h"

namespace {

using config::Shape;
using Kind = config::Shape::Kind;

constexpr std::array<std::string_view, 1> kWords = {"stdout"};

config::ValueText shown(Kind kind, const std::string& json) {
  config::SourceFile file("[" + json + "]", "ouro.jsonc", "/dev");
  auto document = config::parse_document(file.text);
  REQUIRE(document);
  file.root = std::move(*document);
  config::Report report(file.source);
  config::replace_variables(report, file.root, file.base_directory);
  REQUIRE(report.empty());
  Shape shape{.kind = kind};
  if (kind == Kind::kPath) shape.words = kWords;
  return config::value_text(shape, file.root.items[0], file);
}

}  // namespace

TEST_SUITE("config/value_text") {
  TEST_CASE("values by their shape") {
    setenv("OURO_TEST_7", "7", 1);  // NOLINT(concurrency-mt-unsafe)
    struct Row {
      Kind kind;
      const char* json;
      const char* shown;
    };
    const std::vector<Row> rows = {
        {Kind::kText, "null", "null"},
        {Kind::kBoolean, "true", "true"},
        {Kind::kBoolean, R"("${env:OURO_TEST_NO:-false}")", "false"},
        {Kind::kBoolean, R"("${env:OURO_TEST_NO:-self-signed}")", R"("self-signed")"},
        {Kind::kInteger, "12", "12"},
        {Kind::kInteger, R"("${env:OURO_TEST_7}0")", "70"},
        {Kind::kInteger, R"("auto")", R"("auto")"},
        {Kind::kInteger, R"("${env:OURO_TEST_NO:-auto}")", R"("auto")"},
        {Kind::kSize, R"("${env:OURO_TEST_7}")", R"("7")"},
        {Kind::kText, R"("${env:OURO_TEST_7}")", R"("7")"},
        {Kind::kText, R"("a$${b}")", R"("a$${b}")"},
        {Kind::kPath, R"("a")", R"("/dev/a")"},
        {Kind::kPath, R"("./${env:OURO_TEST_7}")", R"("/dev/7")"},
        {Kind::kPath, R"("/a")", R"("/a")"},
        {Kind::kPath, R"("stdout")", R"("stdout")"},
        {Kind::kAddress, R"(":80")", R"(":80")"},
        {Kind::kAddress, R"("unix:a")", R"("unix:/dev/a")"},
        {Kind::kAddress, R"("unix:/a")", R"("unix:/a")"},
        {Kind::kAddress, R"("unix:${file:null}a")", R"("unix:/dev/${file:/dev/null}a")"},
        {Kind::kAddress, R"("unix:/${file:null}a")", R"("unix:/${file:/dev/null}a")"},
        {Kind::kSecret, R"("a")", R"("a")"},
        {Kind::kSecret, R"("${env:OURO_TEST_7}")", R"("${env:OURO_TEST_7}")"},
        {Kind::kSecret, R"("$${${env:OURO_TEST_7}\n")", R"("$${${env:OURO_TEST_7}\n")"},
        {Kind::kText, R"("${file:null}b")", R"("${file:/dev/null}b")"},
        {Kind::kPath, R"("${file:/dev/null}b")", R"("/dev/${file:/dev/null}b")"},
        {Kind::kPath, R"("/a${file:./null}")", R"("/a${file:/dev/null}")"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.json);
      CHECK(shown(row.kind, row.json).text == row.shown);
    }
  }

  TEST_CASE("the variables that were replaced are named, but those of a secret") {
    setenv("OURO_TEST_7", "7", 1);  // NOLINT(concurrency-mt-unsafe)
    using Texts = std::vector<std::string>;
    CHECK(shown(Kind::kText, R"("a")").variables == Texts{});
    CHECK(shown(Kind::kText, R"("$${env:A}${env:OURO_TEST_7}b${env:OURO_TEST_NO:-}")").variables ==
          Texts{"${env:OURO_TEST_7}", "${env:OURO_TEST_NO:-}"});
    CHECK(shown(Kind::kSecret, R"("${env:OURO_TEST_7}")").variables == Texts{});
    CHECK(shown(Kind::kText, R"("${file:/dev/null}${env:OURO_TEST_7}")").variables == Texts{});
  }
}
