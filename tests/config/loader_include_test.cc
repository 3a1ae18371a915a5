// Goal: sites that stand in files of their own are part of one configuration: in the order of the
// names, with paths and variables of their own file, and with errors that name it. Method: a
// directory of files for each case, loaded as from the command line; whole rendered texts.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/loader.h"
#include "tests/server/app/temporary_directory.h"

using test::TemporaryDirectory;
using Strings = std::vector<std::string>;

namespace {

// A directory with a main file that includes sites/*.jsonc.
class Configuration {
 public:
  explicit Configuration(
      std::string_view main = R"({"listen": [":80", ":81"], "include": ["sites/*.jsonc"]})")
      : main_(directory_.write("ouro.jsonc", main)) {}

  Configuration& with(const std::string& name, std::string_view text) {
    static_cast<void>(directory_.write(name, text));
    return *this;
  }
  [[nodiscard]] config::LoadResult load() const { return config::load_file(main_); }
  [[nodiscard]] config::Config loaded() const {
    auto result = load();
    const std::string errors = result ? "" : config::render(result.error());
    CAPTURE(errors);
    REQUIRE(result);
    return std::move(result->config);
  }
  // With the directory's name as "@".
  [[nodiscard]] std::string errors() const {
    const auto result = load();
    std::string text = result ? std::string() : config::render(result.error());
    const std::string& name = directory_.path();
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name)) {
      text.replace(at, name.size(), "@");
    }
    return text;
  }
  [[nodiscard]] const std::string& path() const { return directory_.path(); }

 private:
  const TemporaryDirectory directory_;
  const std::string main_;
};

std::string site(std::string_view host, std::string_view root = "/") {
  return R"({ "hosts": [")" + std::string(host) + R"("], "routes": [{ "files": { "root": ")" +
         std::string(root) + R"(" } }] })";
}

Strings hosts_of(const config::Config& config) {
  Strings hosts;
  for (const config::Site& one : config.sites) {
    hosts.push_back(one.hosts.empty() ? "" : one.hosts.front());
  }
  return hosts;
}

}  // namespace

TEST_SUITE("config/loader_include") {
  TEST_CASE("the file's own sites, then the included ones in the order of their names") {
    Configuration files(R"({"listen": [":80"], "include": ["z.jsonc", "sites/*.jsonc"],
        "sites": [{"hosts": ["own"], "routes": [{"files": {"root": "/"}}]}]})");
    files.with("sites/b.jsonc", site("b")).with("sites/a.jsonc", site("a"));
    files.with("sites/10.jsonc", "[" + site("ten") + ", " + site("eleven") + ",]  // a list");
    files.with("z.jsonc", site("z")).with("sites/no.txt", "not one of them");
    CHECK(hosts_of(files.loaded()) == Strings{"own", "z", "ten", "eleven", "a", "b"});
    const auto result = files.load();
    REQUIRE(result);
    REQUIRE(result->files.size() == 5);
    CHECK(result->files.front()->source.file_name() == files.path() + "/ouro.jsonc");
    CHECK(result->files.back()->source.file_name() == files.path() + "/sites/b.jsonc");
  }

  TEST_CASE("relative paths, places and variables are those of the included file") {
    Configuration files;
    files.with("sites/a.jsonc",
               "{ \"error_pages\": { \"404\": \"../404.html\" },\n"
               "  \"routes\": [{ \"path\": \"/s\", \"respond\": { \"body\": \"${file:body}\" } },\n"
               "    { \"files\": { \"root\": \"www\" } }] }");
    files.with("sites/body", "text\n").with("body", "wrong").with("404.html", "gone");
    const config::Config config = files.loaded();
    const config::Site& one = config.sites.at(0);
    CHECK(std::get<config::Respond>(one.routes.at(0).action).body == "text");
    const auto& root = std::get<config::Files>(one.routes.at(1).action);
    CHECK(root.root == files.path() + "/sites/www");
    CHECK(root.place.file == files.path() + "/sites/a.jsonc");
    CHECK(root.place.line == 3);
    CHECK(one.error_pages.at(404).path == files.path() + "/sites/../404.html");
    CHECK(one.place.file == files.path() + "/sites/a.jsonc");
  }

  TEST_CASE("an included file's sites may have listeners of the file that includes") {
    Configuration files;
    files.with("sites/a.jsonc", R"({"listen": [":81"], "routes": [{"files": {"root": "/"}}]})");
    CHECK(files.loaded().sites.at(0).listen == std::vector<std::size_t>{1});
  }

  TEST_CASE("a file that several patterns match is read once") {
    Configuration files(
        R"({"listen": [":80"], "include": ["s/a.jsonc", "s/*.jsonc", "./s/a.jsonc"]})");
    files.with("s/a.jsonc", site("a")).with("s/b.jsonc", site("b"));
    CHECK(hosts_of(files.loaded()) == Strings{"a", "b"});
  }

  TEST_CASE("a pattern that matches nothing is right beside other sites, alone it serves nothing") {
    constexpr std::string_view kOwn = R"(, "sites": [{"routes": [{"files": {"root": "/"}}]}])";
    const std::string start = R"({"listen": [":80"], "include": ["none/*.jsonc"])";
    CHECK(Configuration(start + std::string(kOwn) + "}").errors() == "");
    CHECK(Configuration(start + "}").errors() ==
          "@/ouro.jsonc:1:21: error: no site, neither here nor in an included file\n"
          "   1 | {\"listen\": [\":80\"], \"include\": [\"none/*.jsonc\"]}\n"
          "     |                     ^~~~~~~~~ such as { \"routes\": [{ \"files\": { \"root\": "
          "\"/srv/www\" } }] }\n");
    CHECK(Configuration(start + ", \"sites\": []}").errors().find("no site, neither") !=
          std::string::npos);
    Configuration empty_list;
    CHECK(empty_list.with("sites/a.jsonc", "[]").errors().find("no site, neither") !=
          std::string::npos);
  }

  TEST_CASE("a name that does not exist is an error at the name") {
    CHECK(Configuration(R"({"listen": [":80"], "include": ["none.jsonc"]})").errors() ==
          "@/ouro.jsonc:1:33: error: \"@/none.jsonc\" does not exist\n"
          "   1 | {\"listen\": [\":80\"], \"include\": [\"none.jsonc\"]}\n"
          "     |                                 ^~~~~~~~~~~~ a name without \"*\" must exist; "
          "relative ones start at this file\n");
  }

  TEST_CASE("the errors of all files come at once, each with its own file, line and caret") {
    Configuration files(R"({"listen": [":80"], "lops": 1, "include": ["sites/*.jsonc"]})");
    files.with("sites/b.jsonc", "{\n  \"hosts\": [\"b\"],\n  \"rotes\": []\n}\n");
    files.with("sites/a.jsonc", "{ \"hosts\": [\"a\"\n");
    files.with("sites/c.jsonc", site("${env:OURO_TEST_UNSET}"));
    CHECK(files.errors() ==
          "@/ouro.jsonc:1:21: error: unknown key \"lops\"\n"
          "   1 | {\"listen\": [\":80\"], \"lops\": 1, \"include\": [\"sites/*.jsonc\"]}\n"
          "     |                     ^~~~~~ did you mean \"loops\"?\n"
          "@/sites/a.jsonc:1:12: error: this '[' is not closed\n"
          "   1 | { \"hosts\": [\"a\"\n"
          "     |            ^ it needs a ']'\n"
          "@/sites/b.jsonc:3:3: error: unknown key \"rotes\"\n"
          "   3 |   \"rotes\": []\n"
          "     |   ^~~~~~~ did you mean \"routes\"?\n"
          "@/sites/c.jsonc:1:13: error: environment variable OURO_TEST_UNSET is not set\n"
          "   1 | { \"hosts\": [\"${env:OURO_TEST_UNSET}\"], \"routes\": [{ \"files\": { \"root\": "
          "\"/\" } }] }\n"
          "     |             ^~~~~~~~~~~~~~~~~~~~~~~~ set it, or write a default: "
          "\"${env:OURO_TEST_UNSET:-default}\"\n");
  }

  TEST_CASE("what two files claim is refused in the second, with the first one's file") {
    Configuration files;
    files.with("sites/a.jsonc", site("a")).with("sites/b.jsonc", site("A"));
    CHECK(files.errors() ==
          "@/sites/b.jsonc:1:13: error: duplicate host \"a\"\n"
          "   1 | { \"hosts\": [\"A\"], \"routes\": [{ \"files\": { \"root\": \"/\" } }] }\n"
          "     |             ^~~ the first is at @/sites/a.jsonc:1:13\n");
    Configuration defaults(R"({"listen": [":80"], "include": ["sites/*.jsonc"],
        "sites": [{"routes": [{"files": {"root": "/"}}]}]})");
    defaults.with("sites/b.jsonc", R"({"routes": [{"files": {"root": "/"}}]})");
    CHECK(defaults.errors() ==
          "@/sites/b.jsonc:1:1: error: a second site without hosts\n"
          "   1 | {\"routes\": [{\"files\": {\"root\": \"/\"}}]}\n"
          "     | ^ the first is at @/ouro.jsonc:2:19\n");
  }

  TEST_CASE("what an included file may be") {
    struct Case {
      std::string_view text;
      std::string_view error;
    };
    constexpr Case kCases[] = {
        {R"({"sites": [{"routes": [{"files": {"root": "/"}}]}]})",
         "1:2: error: an included file is a site, or a list of sites"},
        {R"({"listen": [":80"], "limits": {}, "sites": []})", "write its list alone"},
        {R"("a")", "a site must be an object, not a string"},
        {R"([[]])", "a site must be an object, not a list"},
        {R"({"include": ["*.jsonc"], "routes": [{"files": {"root": "/"}}]})",
         "1:2: error: unknown key \"include\""},
        {"", "the file is empty"},
    };
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const std::string errors = Configuration().with("sites/a.jsonc", test.text).errors();
      CAPTURE(errors);
      CHECK(errors.starts_with("@/sites/a.jsonc:1:"));
      CHECK(errors.find(test.error) != std::string::npos);
      CHECK(errors.find(": error: ") == errors.rfind(": error: "));
    }
  }

  TEST_CASE("a file that may not be read is refused where it is included") {
    if (geteuid() == 0) return;  // root may read everything
    Configuration files;
    files.with("sites/a.jsonc", site("a"));
    std::filesystem::permissions(files.path() + "/sites/a.jsonc", std::filesystem::perms::none);
    CHECK(files.errors().starts_with("@/ouro.jsonc:1:44: error: \"@/sites/a.jsonc\": cannot open"));
  }

  TEST_CASE("a flood of errors ends, however many files there are") {
    std::string wrong = "{";
    for (int i = 0; i < 200; ++i) wrong += "\"x\": 1,\n";
    Configuration files;
    for (int i = 0; i < 20; ++i) files.with("sites/" + std::to_string(i) + ".jsonc", wrong + "}");
    const auto result = files.load();
    REQUIRE_FALSE(result);
    CHECK(result.error().size() == 101);
  }

  TEST_CASE("a file that is too large") {
    Configuration files;
    files.with("sites/a.jsonc", std::string(config::kDocumentBytesMax + 1, ' '));
    CHECK(files.errors().starts_with("@/sites/a.jsonc:1:1: error: the file has more than"));
  }

  TEST_CASE("the file itself is not one of its own sites") {
    CHECK(Configuration(R"({"listen": [":80"], "include": ["*.jsonc"]})").errors() ==
          "@/ouro.jsonc:1:33: error: this file includes itself\n"
          "   1 | {\"listen\": [\":80\"], \"include\": [\"*.jsonc\"]}\n"
          "     |                                 ^~~~~~~~~ keep the sites in a directory of their "
          "own: \"sites/*.jsonc\"\n");
  }
}
