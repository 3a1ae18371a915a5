// Goal: the path of a file is resolved and placed, what can be no file is refused in the words of
// its role, and a missing one is a warning. Method: single strings of a document.
#include "config/file_path_reader.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/server/app/temporary_directory.h"

namespace {

constexpr config::FileRole kRole = {"thing", "a.thing", "nothing works"};

struct Read {
  std::optional<config::PlacedPath> path;
  std::vector<config::Diagnostic> errors;
  std::vector<config::Diagnostic> warnings;
};

// `json` is the whole document.
Read read(const std::string& json, const std::string& directory) {
  const config::SourceText source(json, "f.jsonc");
  config::Report report(source);
  const auto node = config::parse_document(json);
  REQUIRE(node);
  Read result;
  result.path = config::read_file_path(report, *node, kRole, directory);
  result.errors = report.take();
  result.warnings = report.take_warnings();
  return result;
}

}  // namespace

TEST_SUITE("config/file_path_reader") {
  TEST_CASE("a file that is there") {
    const test::TemporaryDirectory directory;
    static_cast<void>(directory.write("a", ""));
    for (const std::string& json : {std::string(R"("a")"), "\"" + directory.path() + "/a\""}) {
      CAPTURE(json);
      const Read result = read(json, directory.path());
      REQUIRE(result.path);
      CHECK(result.path->path == directory.path() + "/a");
      CHECK(result.path->place.file == "f.jsonc");
      CHECK(result.path->place.column == 1);
      CHECK(result.errors.empty());
      CHECK(result.warnings.empty());
    }
  }

  TEST_CASE("a file that is missing, and a directory") {
    const test::TemporaryDirectory directory;
    const Read missing = read(R"("b")", directory.path());
    CHECK(missing.path);
    REQUIRE(missing.warnings.size() == 1);
    CHECK(missing.warnings[0].message == "\"" + directory.path() + "/b\" does not exist");
    CHECK(missing.warnings[0].help == "nothing works");
    REQUIRE(read(R"(".")", directory.path()).warnings.size() == 1);
  }

  TEST_CASE("what names no file") {
    for (const char* json : {R"("")", R"("a/")", "7", "null", "[]"}) {
      CAPTURE(json);
      const Read result = read(json, "/");
      CHECK_FALSE(result.path);
      REQUIRE(result.errors.size() == 1);
      CHECK(result.errors[0].message.starts_with("thing must be a "));
      CHECK(result.errors[0].help.find("\"a.thing\"") != std::string::npos);
    }
  }
}
