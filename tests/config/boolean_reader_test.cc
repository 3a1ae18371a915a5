// Goal: a switch is true, false or one of its words, variables included; what was probably meant is
// said. Method: a table of values, read as a boolean and as a switch with words.
#include "config/boolean_reader.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "config/variables.h"

namespace {

constexpr std::array<std::string_view, 2> kWords = {"self-signed", "other"};

struct Read {
  std::string value;  // of the switch: "0", "1", "2" ...
  std::string error;  // and its help
  bool boolean = false;
  std::string boolean_error;
};

std::string first_of(config::Report& report) {
  const auto diagnostics = report.take();
  if (diagnostics.empty()) return "";
  return diagnostics.front().message + "; " + diagnostics.front().help;
}

Read read(std::string_view value) {
  const std::string text = "{\"tls\": " + std::string(value) + "}";
  const config::SourceText source(text, "f");
  config::Report report(source);
  auto document = config::parse_document(text);
  REQUIRE(document);
  config::replace_variables(report, *document, "/etc/ouro");
  REQUIRE(report.empty());
  Read result;
  const config::Member& member = document->members.front();
  const auto index = config::find_switch(report, member, kWords, "HELP");
  CHECK(index.has_value() == report.empty());
  result.value = index ? std::to_string(*index) : "";
  result.error = first_of(report);
  config::read_boolean(report, &member, result.boolean);
  result.boolean_error = first_of(report);
  return result;
}

}  // namespace

TEST_SUITE("config/boolean_reader") {
  TEST_CASE("a switch") {
    struct Case {
      std::string_view value;
      std::string_view index;
      std::string_view error;
    };
    constexpr Case kCases[] = {
        {"false", "0", ""},
        {"true", "1", ""},
        {R"("self-signed")", "2", ""},
        {R"("other")", "3", ""},
        {R"("${env:OURO_TEST_UNSET:-true}")", "1", ""},
        {R"("${env:OURO_TEST_UNSET:-other}")", "3", ""},
        {R"("${env:OURO_TEST_UNSET:-on}")", "", "\"on\" is not a valid value for tls; write true"},
        {R"("true")", "", "\"true\" is not a valid value for tls; write true"},
        {R"("Off")", "", "\"Off\" is not a valid value for tls; write false"},
        {R"("selfsigned")", "", "; did you mean \"self-signed\"?"},
        {R"("")", "", "; allowed: true, false, \"self-signed\" or \"other\""},
        {"1", "", "tls must be true, false, \"self-signed\" or \"other\", not a number; HELP"},
        {"null", "", "not null; HELP"},
        {"{}", "", "not an object; HELP"},
    };
    for (const Case& test : kCases) {
      CAPTURE(test.value);
      const Read result = read(test.value);
      CAPTURE(result.error);
      CHECK(result.value == test.index);
      CHECK(result.error.empty() == test.error.empty());
      CHECK(result.error.find(test.error) != std::string::npos);
    }
  }

  TEST_CASE("a boolean") {
    CHECK(read("true").boolean);
    CHECK(read("true").boolean_error == "");
    CHECK(read(R"("${env:OURO_TEST_UNSET:-true}")").boolean);
    CHECK(read(R"("yes")").boolean_error == "tls must be true or false, not a string; write true");
    CHECK(read(R"("self-signed")").boolean_error == "tls must be true or false, not a string; ");
    CHECK(read(R"("${env:OURO_TEST_UNSET:-on}")").boolean_error ==
          "tls must be true or false, not \"on\"; ");
  }

  TEST_CASE("a boolean that is absent") {
    const config::SourceText source("", "f");
    config::Report report(source);
    bool target = true;
    config::read_boolean(report, nullptr, target);
    CHECK(target);
    CHECK(report.empty());
  }
}
