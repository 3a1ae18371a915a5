// Goal: variables become their text and then what the key wants; what cannot be replaced is shown
// once, at its string, with what to write. Method: strings in a list, with an environment and files
// of this test; whole configurations for the conversions.
#include "config/variables.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/config/sample.h"
#include "tests/server/app/temporary_directory.h"

using config::Wrong;

namespace {

void set_environment() {
  setenv("OURO_TEST_A", "alpha", 1);       // NOLINT(concurrency-mt-unsafe)
  setenv("OURO_TEST_EMPTY", "", 1);        // NOLINT(concurrency-mt-unsafe)
  setenv("OURO_TEST_VAR", "${env:X}", 1);  // NOLINT(concurrency-mt-unsafe)
  setenv("OURO_TEST_7", "7", 1);           // NOLINT(concurrency-mt-unsafe)
  setenv("OURO_TEST_TRUE", "true", 1);     // NOLINT(concurrency-mt-unsafe)
}

// What a string becomes, or the errors.
std::string replaced(const std::string& string, std::string_view directory = "/etc/ouro") {
  set_environment();
  const std::string text = "[\"" + string + "\"]";
  const config::SourceText source(text, "f");
  config::Report report(source);
  auto document = config::parse_document(text);
  REQUIRE(document);
  config::replace_variables(report, *document, directory);
  CHECK(document->items[0].refused == !report.empty());
  return report.empty() ? document->items[0].string : config::render(report.take());
}

}  // namespace

TEST_SUITE("config/variables") {
  TEST_CASE("what strings become") {
    struct Case {
      const char* string;
      std::string_view result;
    };
    constexpr Case kCases[] = {
        {"", ""},
        {"$ {a} $$", "$ {a} $$"},
        {"${env:OURO_TEST_A}", "alpha"},
        {"a${env:OURO_TEST_A}b${env:OURO_TEST_A}c", "aalphabalphac"},
        {"${env:OURO_TEST_A:-x}", "alpha"},
        {"${env:OURO_TEST_EMPTY}", ""},
        {"${env:OURO_TEST_EMPTY:-x}", "x"},
        {"${env:OURO_TEST_UNSET:-}", ""},
        {"${env:OURO_TEST_UNSET:-127.0.0.1:80}", "127.0.0.1:80"},
        {"${env:OURO_TEST_UNSET:-a:-b}", "a:-b"},
        {"${env:OURO_TEST_VAR}", "${env:X}"},
        {"$${env:OURO_TEST_A}", "${env:OURO_TEST_A}"},
        {"$$${env:OURO_TEST_A}", "$${env:OURO_TEST_A}"},
        {"$${${env:OURO_TEST_A}", "${alpha"},
        {"${env:OURO_TEST_A}$${", "alpha${"},
    };
    for (const Case& test : kCases) {
      CAPTURE(test.string);
      CHECK(replaced(test.string) == test.result);
    }
  }

  TEST_CASE("what is wrong") {
    constexpr std::string_view kForms =
        R"(known: "${env:NAME}", "${env:NAME:-default}", "${file:PATH}"; "$${" writes "${")";
    const Wrong cases[] = {
        {"${env:OURO_TEST_UNSET}", "f:1:2: error: environment variable OURO_TEST_UNSET is not set"},
        {"${env:OURO_TEST_UNSET}", "a default: \"${env:OURO_TEST_UNSET:-default}\""},
        {"${env:OURO_TEST_UNSET} ${env:OURO_TEST_UNSET}", "OURO_TEST_UNSET is not set"},
        {"a ${env:X", "\"a ${env:X\" has a \"${\" without its '}'"},
        {"${", kForms},
        {"${}", "\"${}\" is not a variable"},
        {"${HOME}", kForms},
        {"${environment:HOME}", "\"${environment:HOME}\" is not a variable"},
        {"${env:}", kForms},
        {"${env:A B}", kForms},
        {"${env:A:x}", kForms},
        {"${file:}", kForms},
        {"${file:a\\u0000b}", kForms},
        {"${file:/none/such}", "\"/none/such\": cannot open the file: No such file or directory"},
        {"${file:none}", "\"/etc/ouro/none\": cannot open the file"},
        {"${file:/}", "cannot read the file: Is a directory"},
        {"${file:/dev/zero}", "\"/dev/zero\" has more than 65536 bytes"},
    };
    for (const Wrong& test : cases) {
      config::check_errors(test.text, replaced(std::string(test.text)), test.error);
    }
  }

  TEST_CASE("files: without one line break at the end, up to their largest size") {
    const test::TemporaryDirectory directory;
    const auto of_file = [&](const std::string& text) {
      directory.write("value", text);
      return replaced("<${file:value}>", directory.path());
    };
    CHECK(of_file("") == "<>");
    CHECK(of_file("secret") == "<secret>");
    CHECK(of_file("secret\n") == "<secret>");
    CHECK(of_file("secret\r\n") == "<secret>");
    CHECK(of_file("two\nlines\n\n") == "<two\nlines\n>");
    CHECK(of_file(std::string(65'536, 'a')).size() == 65'538);
    CHECK(config::shows_only(of_file(std::string(65'537, 'a')), "more than 65536 bytes"));
    // As many of the largest as a document may have, and one more.
    CHECK(of_file(std::string(65'536, 'a')).size() == 65'538);
    std::string many;
    for (int count = 0; count < 16; ++count) many += "${file:value}";
    CHECK(replaced(many, directory.path()).size() == 1'048'576);
    CHECK(config::shows_only(replaced(many + "${env:OURO_TEST_A}", directory.path()),
                             "variables give more than 1048576 bytes"));
  }

  TEST_CASE("keys are left alone") {
    CHECK(config::errors_of_members(R"("${env:OURO_TEST_UNSET}": 1)")
              .find("unknown key \"${env:OURO_TEST_UNSET}\"") != std::string::npos);
  }

  TEST_CASE("the text becomes what the key wants") {
    set_environment();
    constexpr Wrong kCases[] = {
        {R"("loops": "${env:OURO_TEST_7}")", ""},
        {R"("loops": "${env:OURO_TEST_UNSET:-auto}")", ""},
        {R"("loops": "${env:OURO_TEST_UNSET:-0}")", "loops must be from 1 to 1024"},
        {R"("loops": "${env:OURO_TEST_UNSET:-7x}")", "loops must be a whole number, not \"7x\""},
        {R"("loops": "${env:OURO_TEST_A}")", "\"alpha\" is not a valid value for loops"},
        {R"("loops": "${env:OURO_TEST_UNSET}")", "OURO_TEST_UNSET is not set"},
        {R"("loops": "7")", "^~~ write 7"},
        {R"("version": "${env:OURO_TEST_UNSET:-1}")", ""},
        {R"("version": "${env:OURO_TEST_7}")", "version 7 is not known"},
        {R"("limits": {"connections": "1${env:OURO_TEST_7}"})", ""},
        {R"("limits": {"connections": "${env:OURO_TEST_A}"})",
         "connections must be a whole number, not \"alpha\""},
        {R"("limits": {"connections": "${env:OURO_TEST_EMPTY}"})",
         "connections must be a whole number, not \"\""},
        {R"("limits": {"connections": "${env:OURO_TEST_UNSET:--1}"})", "connections must be from"},
        {R"("limits": {"connections": "${env:OURO_TEST_UNSET}"})", "is not set"},
        {R"("limits": {"connections": "$${7}"})", "must be a whole number, not a string"},
        {R"("limits": {"body_size": "${env:OURO_TEST_7}MiB"})", ""},
        {R"("limits": {"header_timeout": "${env:OURO_TEST_7}"})", "it needs a unit"},
        {R"("limits": "${env:OURO_TEST_UNSET}")", "is not set"},
    };
    for (const Wrong& test : kCases) {
      config::check_errors(test.text, config::errors_of_members(test.text), test.error);
    }
  }

  TEST_CASE("the same in a route") {
    set_environment();
    constexpr Wrong kCases[] = {
        {R"("access_log": "${env:OURO_TEST_TRUE}")", ""},
        {R"("access_log": "${env:OURO_TEST_A}")", "must be true or false, not \"alpha\""},
        {R"("access_log": "${env:OURO_TEST_UNSET}")", "is not set"},
        {R"("path": "/${env:OURO_TEST_A}/**")", ""},
        {R"("path": "${env:OURO_TEST_UNSET}")", "is not set"},
        {R"("methods": "${env:OURO_TEST_UNSET}")", "is not set"},
        {R"("headers": {"A": "${env:OURO_TEST_UNSET}"})", "is not set"},
        {R"("headers": {"A": "${env:OURO_TEST_UNSET:-a\nb}"})", "A must not have control"},
    };
    for (const Wrong& test : kCases) {
      const std::string members =
          std::string(test.text) +
          R"(, "redirect": {"to": "/", "status": "${env:OURO_TEST_UNSET:-301}"})";
      config::check_errors(members, config::errors_of_route(members), test.error);
    }
    CHECK(config::shows_only(
        config::errors_of_route(R"("respond": {"body": "${env:OURO_TEST_UNSET}"})"), "is not set"));
  }
}
