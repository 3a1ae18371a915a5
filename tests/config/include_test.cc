// Goal: the files that patterns name are found in the order of their names, each once, whatever the
// directory is called; what cannot be included is refused at its pattern. Method: directories of
// files, one per test; the member goes through the reader alone.
#include "config/include.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/source_text.h"
#include "tests/server/app/temporary_directory.h"

using test::TemporaryDirectory;
using Strings = std::vector<std::string>;

namespace {

struct Found {
  Strings paths;
  std::string errors;
  std::vector<std::size_t> columns;  // of the patterns
};

Found find(std::string_view patterns, const std::string& directory) {
  const std::string text = "{\"include\": " + std::string(patterns) + "}";
  const config::SourceText source(text, directory + "/ouro.jsonc");
  const auto root = config::parse_document(text);
  REQUIRE(root);
  config::Report report(source);
  Found found;
  for (const auto& one : config::find_included(report, root->members.front(), directory)) {
    found.paths.push_back(one.path);
    found.columns.push_back(report.place(one.span).column);
  }
  found.errors = config::render(report.take());
  return found;
}

// Names below the directory, or what is wrong.
Strings names(std::string_view patterns, const std::string& directory) {
  Found found = find(patterns, directory);
  if (!found.errors.empty()) return {found.errors};
  for (std::string& path : found.paths) {
    REQUIRE(path.starts_with(directory + "/"));
    path.erase(0, directory.size() + 1);
  }
  return found.paths;
}

bool refuses(const Found& found, std::string_view part) {
  CAPTURE(found.errors);
  return found.paths.empty() && found.errors.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("config/include") {
  TEST_CASE("the order of names, byte by byte, pattern by pattern, each file once") {
    const TemporaryDirectory directory;
    for (const char* name : {"s/b.jsonc", "s/a.jsonc", "s/B.jsonc", "s/10.jsonc", "s/9.jsonc",
                             "s/.hidden.jsonc", "s/a.txt", "t.jsonc"}) {
      static_cast<void>(directory.write(name, "x"));
    }
    const Strings sorted{"s/10.jsonc", "s/9.jsonc", "s/B.jsonc", "s/a.jsonc", "s/b.jsonc"};
    CHECK(names(R"(["s/*.jsonc"])", directory.path()) == sorted);
    CHECK(names(R"(["s/[ab].jsonc"])", directory.path()) == Strings{"s/a.jsonc", "s/b.jsonc"});
    CHECK(names(R"(["s/?.jsonc", "t.jsonc"])", directory.path()) ==
          Strings{"s/9.jsonc", "s/B.jsonc", "s/a.jsonc", "s/b.jsonc", "t.jsonc"});
    CHECK(names(R"(["t.jsonc", "./t.jsonc", "s/b.jsonc", "s/b*", "s/[ab].jsonc"])",
                directory.path()) == Strings{"t.jsonc", "s/b.jsonc", "s/a.jsonc"});
    const Strings absolute{directory.path() + "/s/b.jsonc"};
    CHECK(find("[\"" + absolute[0] + "\"]", "/nowhere").paths == absolute);
    CHECK(find(R"(["t.jsonc", "s/b.jsonc"])", directory.path()).columns ==
          std::vector<std::size_t>{14, 25});
  }

  TEST_CASE("a pattern that matches nothing is right, whatever is missing on the way") {
    const TemporaryDirectory directory;
    CHECK(names(R"([])", directory.path()).empty());
    CHECK(names(R"(["*.jsonc"])", directory.path()).empty());
    CHECK(names(R"(["none/*.jsonc"])", directory.path()).empty());
    CHECK(names(R"(["*/none/*.jsonc"])", directory.path()).empty());
  }

  TEST_CASE("wildcards in the name of the directory are none") {
    const TemporaryDirectory directory;
    static_cast<void>(directory.write("[ab]*/s/x.jsonc", "x"));
    static_cast<void>(directory.write("ab/s/wrong.jsonc", "x"));
    const std::string odd = directory.path() + "/[ab]*";
    CHECK(names(R"(["s/*.jsonc"])", odd) == Strings{"s/x.jsonc"});
    CHECK(names(R"(["s/x.jsonc"])", odd) == Strings{"s/x.jsonc"});
    CHECK(refuses(find(R"(["s/y.jsonc"])", odd), "does not exist"));
  }

  TEST_CASE("what is refused") {
    const TemporaryDirectory directory;
    static_cast<void>(directory.write("sites/deep/a.jsonc", "x"));
    struct Case {
      std::string_view patterns;
      std::string_view error;
    };
    constexpr Case kCases[] = {
        {R"("*.jsonc")", "^~~~~~~~~ write [\"*.jsonc\"]"},
        {R"([1])", "a file to include must be a string, not a number"},
        {R"([""])", "such as \"sites/*.jsonc\""},
        {R"(["none.jsonc"])", ":1:14: error: \""},
        {R"(["none.jsonc"])", "/none.jsonc\" does not exist"},
        {R"(["sites"])", "^~~~~~~ write \"sites/*.jsonc\""},
        {R"(["sites/"])", "^~~~~~~~ write \"sites/*.jsonc\""},
        {R"(["sites/*"])", "^~~~~~~~~ write \"sites/*.jsonc\""},
    };
    for (const Case& test : kCases) {
      CAPTURE(test.patterns);
      CHECK(refuses(find(test.patterns, directory.path()), test.error));
    }
  }

  TEST_CASE("a file does not include itself") {
    const TemporaryDirectory directory;
    static_cast<void>(directory.write("ouro.jsonc", "x"));
    CHECK(refuses(find(R"(["*.jsonc"])", directory.path()), "this file includes itself"));
    CHECK(refuses(find(R"(["./ouro.jsonc"])", directory.path()), "\"sites/*.jsonc\""));
  }

  TEST_CASE("links are followed, one that leads nowhere is refused") {
    const TemporaryDirectory directory;
    static_cast<void>(directory.write("real/a.jsonc", "x"));
    std::filesystem::create_directories(directory.path() + "/enabled");
    std::filesystem::create_symlink("../real/a.jsonc", directory.path() + "/enabled/a.jsonc");
    CHECK(names(R"(["enabled/*"])", directory.path()) == Strings{"enabled/a.jsonc"});
    std::filesystem::remove(directory.path() + "/real/a.jsonc");
    CHECK(refuses(find(R"(["enabled/*"])", directory.path()), "does not exist"));
  }
}
