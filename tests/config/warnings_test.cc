// Goal: what is right but cannot be meant is said, once and with its place; what merely overlaps is
// not. Method: whole files in a directory with a real root; the warnings as they are shown, or a
// part of the only one.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "config/loader.h"
#include "tests/server/app/temporary_directory.h"

using test::TemporaryDirectory;

namespace {

// With the directory's name as "@".
std::string shown(std::string text, const std::string& directory) {
  if (directory == "/") return text;
  for (auto at = text.find(directory); at != std::string::npos; at = text.find(directory)) {
    text.replace(at, directory.size(), "@");
  }
  return text;
}

// Of a right file.
std::string warnings_of(std::string_view text, const std::string& directory) {
  CAPTURE(text);
  const auto result = config::load_text(text, "ouro.jsonc", directory);
  const std::string errors = result ? "" : config::render(result.error());
  CHECK(errors == "");
  return result ? shown(config::render(result->warnings), directory) : errors;
}

// Whether `warnings` is one with `part` in it; none when `part` is empty.
bool warns_only(std::string_view warnings, std::string_view part) {
  constexpr std::string_view kHeading = ": warning: ";
  if (part.empty() || warnings.empty()) return part.empty() && warnings.empty();
  return warnings.find(part) != std::string_view::npos &&
         warnings.find(kHeading) == warnings.rfind(kHeading);
}

std::string in_site(std::string_view members) {
  return "{ \"listen\": [\":80\"], \"sites\": [{\n" + std::string(members) + " }] }";
}

// Of a site with these routes, one a line.
std::string warnings_of_routes(std::string_view routes) {
  return warnings_of(in_site("\"routes\": [\n" + std::string(routes) + "]"), "/");
}

}  // namespace

TEST_SUITE("config/warnings") {
  TEST_CASE("a root that is missing, or a file") {
    const TemporaryDirectory directory;
    static_cast<void>(directory.write("file", ""));
    const auto of_root = [&directory](std::string_view root) {
      return warnings_of(
          in_site(R"("routes": [{ "files": { "root": ")" + std::string(root) + R"(" } }])"),
          directory.path());
    };
    CHECK(of_root(".") == "");
    CHECK(of_root("none") ==
          "ouro.jsonc:2:33: warning: \"@/none\" does not exist\n"
          "   2 | \"routes\": [{ \"files\": { \"root\": \"none\" } }] }] }\n"
          "     |                                 ^~~~~~ ouro does not start without it\n");
    CHECK(of_root("file").find("2:33: warning: \"@/file\" is no directory\n") != std::string::npos);
    CHECK(of_root("file/x").find("\"@/file/x\" does not exist") != std::string::npos);
    std::filesystem::create_symlink("none", directory.path() + "/broken");
    CHECK(of_root("broken").find("\"@/broken\" does not exist") != std::string::npos);
    std::filesystem::create_symlink(".", directory.path() + "/link");
    CHECK(of_root("link") == "");
  }

  TEST_CASE("links that may leave the root") {
    constexpr std::string_view kFiles = R"("routes": [{ "files": { "root": "/", "symlinks": )";
    CHECK(warnings_of(in_site(std::string(kFiles) + "\"inside\" } }]"), "/") == "");
    const std::string shown_one =
        warnings_of(in_site(std::string(kFiles) + "\"follow\" } }]"), "/");
    CHECK(warns_only(shown_one, "ouro.jsonc:2:50: warning: links may leave the root"));
    CHECK(shown_one.find("\"inside\" is the fence") != std::string::npos);
  }

  TEST_CASE("an error page that is missing, or a directory") {
    const TemporaryDirectory directory;
    static_cast<void>(directory.write("404.html", "x"));
    const auto of_page = [&directory](std::string_view page) {
      return warnings_of(in_site("\"error_pages\": { \"404\": \"" + std::string(page) +
                                 R"(" }, "routes": [{ "files": { "root": "/" } }])"),
                         directory.path());
    };
    CHECK(of_page("404.html") == "");
    CHECK(of_page("none.html")
              .starts_with("ouro.jsonc:2:25: warning: \"@/none.html\" does not exist\n"));
    CHECK(of_page("none.html").find("answers have the built-in page as long as it is missing") !=
          std::string::npos);
    CHECK(of_page(".").find("is a directory") != std::string::npos);
  }

  TEST_CASE("a route that never answers, as it is shown") {
    CHECK(warnings_of_routes("{ \"files\": { \"root\": \"/\" } },\n"
                             "{ \"path\": \"/api/**\", \"respond\": { \"status\": 404 } }") ==
          "ouro.jsonc:4:1: warning: this route never answers\n"
          "   4 | { \"path\": \"/api/**\", \"respond\": { \"status\": 404 } }] }] }\n"
          "     | ^ the one at 3:1 takes all of its requests; routes are tried from top to "
          "bottom\n");
  }

  TEST_CASE("routes that are shadowed, and routes that merely overlap") {
    struct Case {
      std::string_view first;
      std::string_view second;
      bool warns;
    };
    constexpr Case kCases[] = {
        {R"("path": "/a")", R"("path": "/a")", true},
        {R"("path": "/a")", R"("path": "/b")", false},
        {R"("path": "/**")", R"("path": "/a")", true},
        {R"("path": "/a")", R"("path": "/**")", false},
        {R"("path": "/a/**")", R"("path": "/a")", true},
        {R"("path": "/a/**")", R"("path": "/a/*/b")", true},
        {R"("path": "/a/*")", R"("path": "/a/**")", false},
        {R"("path": "/*")", R"("path": "/*.html")", true},
        {R"("path": "/*.html")", R"("path": "/*")", false},
        {R"("path": "/*.html")", R"("path": "/a/**")", false},
        // Several patterns: all of them, each by whichever of the first.
        {R"("path": ["/a/**", "/b/**"])", R"("path": ["/b/x", "/a/x"])", true},
        {R"("path": ["/a/**", "/b/**"])", R"("path": ["/b/x", "/c"])", false},
        // Methods.
        {R"("path": "/a")", R"("path": "/a", "methods": ["GET"])", true},
        {R"("path": "/a", "methods": ["GET"])", R"("path": "/a")", false},
        {R"("path": "/a", "methods": ["GET"])", R"("path": "/a", "methods": ["POST"])", false},
        {R"("path": "/**", "methods": ["GET", "POST"])", R"("path": "/a", "methods": ["POST"])",
         true},
        {R"("path": "/**", "methods": ["POST"])", R"("path": "/a", "methods": ["GET", "POST"])",
         false},
        // Whoever serves GET serves HEAD, but not the other way round.
        {R"("path": "/**", "methods": ["GET"])", R"("path": "/a", "methods": ["HEAD"])", true},
        {R"("path": "/**", "methods": ["HEAD"])", R"("path": "/a", "methods": ["GET"])", false},
    };
    for (const Case& test : kCases) {
      CAPTURE(test.first);
      CAPTURE(test.second);
      const std::string shown_ones =
          warnings_of_routes("{ " + std::string(test.first) + ", \"respond\": {} },\n{ " +
                             std::string(test.second) + ", \"respond\": {} }");
      CAPTURE(shown_ones);
      const std::string part = test.warns ? "ouro.jsonc:4:1: warning: this route" : "";
      CHECK(warns_only(shown_ones, part));
    }
  }

  TEST_CASE("two routes that only together take all of a third one's requests say nothing") {
    CHECK(warnings_of_routes(R"({ "path": "/a", "methods": ["GET"], "respond": {} },
        { "path": "/a", "methods": ["POST"], "respond": {} },
        { "path": "/a", "methods": ["GET", "POST"], "respond": {} })") == "");
  }

  TEST_CASE("routes of different sites do not shadow each other") {
    CHECK(warnings_of(R"({ "listen": [":80"], "sites": [
        { "hosts": ["a"], "routes": [{ "files": { "root": "/" } }] },
        { "routes": [{ "path": "/a", "files": { "root": "/" } }] }] })",
                      "/") == "");
  }

  TEST_CASE("warnings are in the order of the file, and the included file's name its file") {
    const TemporaryDirectory directory;
    static_cast<void>(directory.write(
        "a.jsonc", R"({ "hosts": ["a"], "routes": [{ "files": { "root": "none" } }] })"));
    CHECK(warnings_of(R"({ "listen": [":80"], "include": ["a.jsonc"], "sites": [{
"routes": [{ "files": { "symlinks": "follow",
"root": "gone" } }] }] })",
                      directory.path()) ==
          "ouro.jsonc:2:37: warning: links may leave the root\n"
          "   2 | \"routes\": [{ \"files\": { \"symlinks\": \"follow\",\n"
          "     |                                     ^~~~~~~~ whoever may write below it decides "
          "what is served; \"inside\" is the fence\n"
          "ouro.jsonc:3:9: warning: \"@/gone\" does not exist\n"
          "   3 | \"root\": \"gone\" } }] }] }\n"
          "     |         ^~~~~~ ouro does not start without it\n"
          "@/a.jsonc:1:51: warning: \"@/none\" does not exist\n"
          "   1 | { \"hosts\": [\"a\"], \"routes\": [{ \"files\": { \"root\": \"none\" } }] }\n"
          "     |                                                   ^~~~~~ ouro does not start "
          "without it\n");
  }
}
