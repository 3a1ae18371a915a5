// Goal: every key of "files" is read as written, and refused with what to write instead.
// Method: tables of "files" in a right file.
#include "config/files_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/config/sample.h"

using config::Wrong;

namespace {

std::string errors_of_files(const std::string& files) {
  return config::errors_of_route("\"files\": " + files);
}

void check(const Wrong& test) {
  CAPTURE(test.text);
  const std::string errors = errors_of_files(std::string(test.text));
  CAPTURE(errors);
  CHECK(config::shows_only(errors, test.error));
}

}  // namespace

TEST_SUITE("config/files_reader") {
  TEST_CASE("root and index") {
    constexpr Wrong kCases[] = {
        {R"([])", "files must be an object, not a list"},
        {R"("/srv")", "files must be an object, not a string"},
        {R"({})", "3:15: error: \"root\" is missing in files"},  // at the key "files"
        {R"({"root": ""})", "root must not be empty"},
        {R"({"root": null})", "root must be a string, not null"},
        {R"({"root": "a\u0000b"})", "root must not have control characters"},
        {R"({"root": ".", "index": []})", ""},
        {R"({"root": ".", "index": ["a.html", "b"]})", ""},
        {R"({"root": ".", "index": "a.html"})", "write [\"a.html\"]"},
        {R"({"root": ".", "index": ["a/b"]})", "\"a/b\" has a '/'"},
        {R"({"root": ".", "index": [""]})", "\"\" is empty"},
        {R"({"root": ".", "index": [".."]})", "\"..\" is a directory"},
        {R"({"root": ".", "listing": true})", "unknown key \"listing\""},
    };
    for (const Wrong& test : kCases) check(test);
  }

  TEST_CASE("index names: the longest file name and one more") {
    const auto with_index = [](std::size_t size) {
      return errors_of_files(R"({"root": ".", "index": [")" + std::string(size, 'a') + "\"]}");
    };
    CHECK(with_index(255).empty());
    CHECK(config::shows_only(with_index(256), "is longer than a file name can be"));
  }
}
