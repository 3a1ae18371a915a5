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
  config::check_errors(test.text, errors_of_files(std::string(test.text)), test.error);
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
        {R"({"root": ".", "gzip": true})", "unknown key \"gzip\""},
    };
    for (const Wrong& test : kCases) check(test);
  }

  TEST_CASE("where paths lead, and what is served") {
    constexpr Wrong kCases[] = {
        {R"("fallback": "/index.html")", ""},
        {R"("fallback": "/a/b.html")", ""},
        {R"("fallback": null)", ""},
        {R"("fallback": "")", "fallback must begin with '/'"},
        {R"("fallback": "index.html")", "^~~~~~~~~~~~ write \"/index.html\""},
        {R"("fallback": "/a/")", "write \"/a\""},
        {R"("fallback": "/")", "fallback must not end with '/'"},
        {R"("fallback": "/../a")", "fallback must be a normalised path"},
        {R"("fallback": "/a//b")", R"(no "//", no "/./" and no "/../" in it)"},
        {R"("fallback": 404)", "fallback must be a string, not a number"},
        {R"("extensions": [])", ""},
        {R"("extensions": ["html", "tar.gz", "HTM"])", ""},
        {R"("extensions": "html")", "write [\"html\"]"},
        {R"("extensions": [".html"])", "\".html\" begins with a dot"},
        {R"("extensions": [".html"])", "^~~~~~~ write \"html\""},
        {R"("extensions": [""])", "an extension is the end of a file name, such as \"html\""},
        {R"("extensions": ["."])", "\".\" is a directory"},
        {R"("extensions": ["a/b"])", "\"a/b\" has a '/'"},
        {R"("extensions": [1])", "an extension must be a string, not a number"},
        {R"("types": {})", ""},
        {R"("types": {"x": "text/x; a=b", "Y": "a/b"})", ""},
        {R"("types": [])", "^ such as {\"geojson\": \"application/geo+json\"}"},
        {R"("types": {".x": "a/b"})", "^~~~ write \"x\""},
        {R"("types": {"": "a/b"})", "\"\" is empty"},
        {R"("types": {"x": "html"})", "\"html\" is not a media type"},
        {R"("types": {"x": null})", "a type must be a string, not null"},
        {R"("types": {"x": "a/b", "X": "a/c"})", "duplicate extension \"X\""},
        {R"("dotfiles": true)", ""},
        {R"("dotfiles": 1)", "dotfiles must be true or false, not a number"},
        {R"("dotfiles": "true")", "^~~~~~ write true"},
        {R"("listing": true)", ""},
        {R"("listing": "yes")", "listing must be"},
        {R"("listings": true)", "did you mean \"listing\"?"},
        {R"("precompressed": ["br", "zstd", "gzip"])", ""},
        {R"("precompressed": [])", ""},
        {R"("precompressed": "br")", "write [\"br\"]"},
        {R"("precompressed": ["gz"])", R"(allowed: "br", "zstd", "gzip")"},
        {R"("precompressed": ["gzp"])", "did you mean \"gzip\"?"},
        {R"("precompressed": ["br", "br"])", "duplicate coding \"br\""},
        {R"("precompressed": [1])", "a coding must be a string, not a number"},
        {R"("symlinks": "inside")", ""},
        {R"("symlinks": "follow")", ""},
        {R"("symlinks": "folow")", "did you mean \"follow\"?"},
        {R"("symlinks": "none")", R"(allowed: "inside", "follow")"},
        {R"("symlinks": true)", R"(allowed: "inside", "follow")"},
    };
    for (const Wrong& test : kCases) {
      const std::string files = "{\"root\": \".\", " + std::string(test.text) + "}";
      config::check_errors(files, errors_of_files(files), test.error);
    }
  }

  TEST_CASE("strip_prefix and the paths of its route") {
    struct Case {
      std::string path;
      std::string prefix;
      std::string_view error;
    };
    const Case cases[] = {
        {R"("path": "/a/**")", R"("/a")", ""},
        {R"("path": "/a")", R"("/a")", ""},
        {R"("path": ["/a/b", "/a/*/c"])", R"("/a")", ""},
        {R"("path": "/a/**")", R"("")", ""},
        {R"("methods": ["GET"])", R"("")", ""},
        {R"("methods": ["GET"])", R"("/a")", "path \"/**\" does not begin with strip_prefix"},
        {R"("path": "/ab/**")", R"("/a")", "^~~~ such as \"path\": \"/a/**\""},
        {R"("path": "/a*")", R"("/a")", "path \"/a*\" does not begin with strip_prefix"},
        {R"("path": ["/a/b", "/c", "/d"])", R"("/a")", "path \"/c\" does not begin with"},
        {R"("path": "a/**")", R"("/a")", "\"a/**\" does not begin with '/'"},
        {R"("paths": "/a/**")", R"("/a")", "did you mean \"path\"?"},
        {R"("path": "/a/**")", R"("a")", "^~~ write \"/a\""},
        {R"("path": "/a/**")", R"("/a/")", "^~~~~ write \"/a\""},
        {R"("path": "/a/**")", R"("/")", "strip_prefix must not end with '/'"},
        {R"("path": "/a/**")", R"("/a/../b")", "strip_prefix must be a normalised path"},
        {R"("path": "/a/**")", "null", "strip_prefix must be a string, not null"},
    };
    for (const Case& test : cases) {
      const std::string members =
          test.path + R"(, "files": {"root": ".", "strip_prefix": )" + test.prefix + "}";
      config::check_errors(members, config::errors_of_route(members), test.error);
    }
  }

  TEST_CASE("index names: the longest file name and one more") {
    const auto with_index = [](std::size_t size) {
      return errors_of_files(R"({"root": ".", "index": [")" + std::string(size, 'a') + "\"]}");
    };
    CHECK(with_index(255).empty());
    CHECK(config::shows_only(with_index(256), "is longer than a file name can be"));
  }
}
