// Goal: all errors in the order of the file, and a limit on how many.
// Method: errors reported out of order; the limit and one more.
#include "config/report.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE("config/report") {
  TEST_CASE("errors come in the order of the file") {
    const config::SourceText source("abc\ndef", "f");
    config::Report report(source);
    CHECK(report.empty());
    report.error({5, 1}, "third");
    report.error({2, 1}, "second");
    report.error({1, 1}, "first");
    CHECK_FALSE(report.empty());
    const auto diagnostics = report.take();
    REQUIRE(diagnostics.size() == 3);
    CHECK(diagnostics[0].message == "first");
    CHECK(diagnostics[1].message == "second");
    CHECK(diagnostics[2].message == "third");
    CHECK(report.empty());
  }

  TEST_CASE("at the limit all are there, past it the rest is counted") {
    const config::SourceText source("abc", "f");
    config::Report report(source);
    for (std::size_t i = 0; i < config::kDiagnosticsMax; ++i) report.error({0, 1}, "x");
    CHECK(report.take().size() == config::kDiagnosticsMax);
    for (std::size_t i = 0; i < config::kDiagnosticsMax + 2; ++i) report.error({0, 1}, "x");
    const auto diagnostics = report.take();
    REQUIRE(diagnostics.size() == config::kDiagnosticsMax + 1);
    CHECK(config::render(diagnostics.back()) == "f: error: and 2 more like these\n");
  }
}
