// Goal: the effective configuration says the same as the files it comes from, wherever it is read,
// tells of each value where it stands, and shows no secret. Method: it is loaded again and the
// values compared, for the configurations we show and random ones (OURO_TEST_SEED repeats a run);
// one with an included file is compared line by line.

#include "config/effective.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

#include "config/loader.h"
#include "config/schema.h"
#include "tests/config/document_text.h"
#include "tests/config/examples.h"
#include "tests/config/random_document.h"
#include "tests/config/schema_validator.h"

namespace {

constexpr int kDocuments = 1000;

// A folder with files, gone at the end.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / "ouro_effective_XXXXXX") {
    REQUIRE(mkdtemp(path_.data()) != nullptr);
    path_ = std::filesystem::canonical(path_).string();
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::string& path() const { return path_; }
  std::string write(const std::string& name, std::string_view text) const {
    std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }

 private:
  std::string path_;
};

config::Loaded loaded_text(std::string_view text, std::string_view directory) {
  auto loaded = config::load_text(text, "ouro.jsonc", directory);
  const std::string errors = loaded ? "" : config::render(loaded.error());
  REQUIRE(errors == "");
  return std::move(*loaded);
}

config::Loaded loaded_file(const std::string& path) {
  auto loaded = config::load_file(path);
  const std::string errors = loaded ? "" : config::render(loaded.error());
  REQUIRE(errors == "");
  return std::move(*loaded);
}

// That it is read elsewhere, as the same, and prints the same again.
void check_same(const config::Loaded& loaded) {
  const std::string text = config::effective_text(loaded);
  CAPTURE(text);
  const config::Loaded again = loaded_text(text, "/else/where");
  REQUIRE(again.config == loaded.config);
}

// Of one site with one route, and its text.
std::string effective_route(const std::string& members, const std::string& directory) {
  const std::string text = R"({"listen": [":80"], "sites": [{"routes": [{)" + members + "}]}]}";
  const config::Loaded loaded = loaded_text(text, directory);
  check_same(loaded);
  return config::effective_text(loaded);
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string without(std::string text, const std::string& part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
  return text;
}

constexpr std::string_view kMain = R"({
  "listen": [":8080", { "address": "unix:s", "trusted_proxies": ["unix:", "::1"] }],
  "include": ["sites/*.jsonc"],
  "admin": { "address": "${env:OURO_TEST_UNSET:-[::1]:9}" },
  "loops": "${env:OURO_TEST_UNSET:-007}",
  "limits": { "body_size": 0, "connections": 5 },
  "log": { "access": "./access.log" },
  "sites": [
    { "hosts": ["a.example"],
      "headers": { "X-A": "1" },
      "cache_control": "no-cache",
      "cors": { "origins": ["https://b.example"] },
      "routes": [
        { "path": "/a/**", "headers": { "x-a": null }, "cache_control": null,
          "files": { "root": "www", "types": { "x": "a/b" } } },
        { "cors": null, "health": "live" } ] } ]
}
)";

constexpr std::string_view kIncluded = R"(
{ "$schema": "site.json", "listen": [":8080"], "body_size": "1KiB",
  "error_pages": { "404": "404.html" },
  "routes": [ { "methods": ["GET"], "redirect": { "to": "/" } } ] }
)";

constexpr std::string_view kExpected =
    R"(// /ouro.jsonc with every default. Behind each value is where it stands.
{
  "version": 1,   // default
  "include": [],  // /ouro.jsonc:3:3, its sites stand below
  "listen": [  // /ouro.jsonc:2:3
    {  // /ouro.jsonc:2:14
      "address": ":8080",                     // /ouro.jsonc:2:14
      "proxy_protocol": [],                   // default
      "trusted_proxies": [],                  // default
      "client_ip_header": "X-Forwarded-For",  // default
    },
    {  // /ouro.jsonc:2:23
      "address": "unix:/s",                   // /ouro.jsonc:2:25
      "proxy_protocol": [],                   // default
      "trusted_proxies": ["unix:", "::1"],    // /ouro.jsonc:2:46
      "client_ip_header": "X-Forwarded-For",  // default
    },
  ],
  "admin": {
    "address": "[::1]:9",  // /ouro.jsonc:4:14, ${env:OURO_TEST_UNSET:-[::1]:9}
  },
  "engine": "auto",  // default
  "loops": 7,        // /ouro.jsonc:5:3, ${env:OURO_TEST_UNSET:-007}
  "lanes": {
    "files": {
      "threads": "auto",  // default
      "queue": "auto",    // default
    },
  },
  "limits": {  // /ouro.jsonc:6:3
    "header_timeout": "10s",          // default
    "body_timeout": "20s",            // default
    "body_rate": "240B/s",            // default
    "send_timeout": "60s",            // default
    "keepalive_timeout": "75s",       // default
    "header_size": "16KiB",           // default
    "header_fields": 100,             // default
    "body_size": 0,                   // /ouro.jsonc:6:15
    "connections": 5,                 // /ouro.jsonc:6:31
    "connections_per_address": null,  // default
  },
  "drain": {
    "timeout": "25s",  // default
    "delay": "0s",     // default
  },
  "log": {  // /ouro.jsonc:7:3
    "access": "/access.log",  // /ouro.jsonc:7:12
    "format": "json",         // default
  },
  "sites": [  // /ouro.jsonc:8:3
    {  // /ouro.jsonc:9:5
      "hosts": ["a.example"],  // /ouro.jsonc:9:7
      // "listen" is not set
      "error_pages": {},  // default
      "headers": {
        "X-Content-Type-Options": "nosniff",  // default
        "X-A": "1",                           // /ouro.jsonc:10:20
      },
      "cache_control": "no-cache",  // /ouro.jsonc:11:7
      "cors": {  // /ouro.jsonc:12:7
        "origins": ["https://b.example"],    // /ouro.jsonc:12:17
        "methods": ["GET", "HEAD", "POST"],  // default
        "headers": [],                       // default
        "credentials": false,                // default
        "max_age": "0s",                     // default
      },
      "body_size": null,   // default
      "access_log": true,  // default
      "routes": [  // /ouro.jsonc:13:7
        {  // /ouro.jsonc:14:9
          "path": "/a/**",  // /ouro.jsonc:14:11
          // "methods" is not set
          "headers": {
            "X-Content-Type-Options": "nosniff",  // default
            "x-a": null,                          // /ouro.jsonc:14:41
          },
          "cache_control": null,  // /ouro.jsonc:14:56
          "cors": {  // site, /ouro.jsonc:12:7
            "origins": ["https://b.example"],    // site, /ouro.jsonc:12:17
            "methods": ["GET", "HEAD", "POST"],  // default
            "headers": [],                       // default
            "credentials": false,                // default
            "max_age": "0s",                     // default
          },
          "body_size": null,   // default
          "access_log": true,  // default
          "files": {  // /ouro.jsonc:15:11
            "root": "/www",           // /ouro.jsonc:15:22
            "strip_prefix": "",       // default
            "index": ["index.html"],  // default
            "listing": false,         // default
            "fallback": null,         // default
            "extensions": [],         // default
            "precompressed": [],      // default
            "types": {  // /ouro.jsonc:15:37
              "x": "a/b",  // /ouro.jsonc:15:48
            },
            "dotfiles": false,     // default
            "symlinks": "inside",  // default
          },
        },
        {  // /ouro.jsonc:16:9
          "path": ["/**"],  // default
          // "methods" is not set
          "headers": {
            "X-Content-Type-Options": "nosniff",  // default
            "X-A": "1",                           // site, /ouro.jsonc:10:20
          },
          "cache_control": "no-cache",  // site, /ouro.jsonc:11:7
          "cors": null,                 // /ouro.jsonc:16:11
          "body_size": null,            // default
          "access_log": true,           // default
          "health": "live",             // /ouro.jsonc:16:25
        },
      ],
    },
    {  // /sites/b.jsonc:2:1
      "hosts": [],          // default
      "listen": [":8080"],  // /sites/b.jsonc:2:27
      "error_pages": {  // /sites/b.jsonc:3:3
        "404": "/sites/404.html",  // /sites/b.jsonc:3:20
      },
      "headers": {
        "X-Content-Type-Options": "nosniff",  // default
      },
      "cache_control": null,  // default
      "cors": null,           // default
      "body_size": "1KiB",    // /sites/b.jsonc:2:48
      "access_log": true,     // default
      "routes": [  // /sites/b.jsonc:4:3
        {  // /sites/b.jsonc:4:15
          "path": ["/**"],     // default
          "methods": ["GET"],  // /sites/b.jsonc:4:17
          "headers": {
            "X-Content-Type-Options": "nosniff",  // default
          },
          "cache_control": null,  // default
          "cors": null,           // default
          "body_size": "1KiB",    // site, /sites/b.jsonc:2:48
          "access_log": true,     // default
          "redirect": {  // /sites/b.jsonc:4:37
            "to": "/",      // /sites/b.jsonc:4:51
            "status": 308,  // default
          },
        },
      ],
    },
  ],
}
)";

// Blanks behind each other are one: the folder's name moves what is aligned.
std::string with_single_blanks(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' || !result.ends_with(' ')) result += c;
  }
  return result;
}

}  // namespace

TEST_SUITE("config/effective") {
  TEST_CASE("what we show people means the same") {
    for (const auto& [name, text] : config::examples()) {
      CAPTURE(name);
      check_same(loaded_text(text, "/etc/ouro"));
    }
  }

  TEST_CASE("random documents mean the same, and the schema takes what is printed") {
    const config::SchemaValidator schema(config::json_schema());
    std::mt19937 random(config::random_seed());
    for (int run = 0; run < kDocuments; ++run) {
      const std::string text = config::text_of(config::random_document(random));
      CAPTURE(text);
      const config::Loaded loaded = loaded_text(text, "/etc/ouro");
      check_same(loaded);
      const auto document = config::parse_document(config::effective_text(loaded));
      REQUIRE(document);
      REQUIRE(schema.refusal(*document) == "");
    }
  }

  TEST_CASE("where each value comes from, line by line, with an included file") {
    const Folder folder;
    const std::string main = folder.write("ouro.jsonc", kMain);
    folder.write("sites/b.jsonc", kIncluded);
    const config::Loaded loaded = loaded_file(main);
    check_same(loaded);
    const std::string text = without(config::effective_text(loaded), folder.path());
    CHECK(with_single_blanks(text) == with_single_blanks(kExpected));
  }

  TEST_CASE("what came from a file is shown as it is written, in whatever key") {
    const Folder folder;
    for (const auto& [name, value] : {std::pair("word", "epoll"),
                                      {"number", "3"},
                                      {"size", "3KiB"},
                                      {"path", "secret_dir"},
                                      {"text", "sesame"},
                                      {"flag", "false"}}) {
      folder.write(name, std::string(value) + "\n");
    }
    const std::string text = R"({
      "engine": "${file:word}", "loops": "${file:./number}",
      "limits": {"header_size": "${file:size}"}, "listen": [":80"],
      "sites": [{"headers": {"X-Token": "Bearer ${file:text}"}, "access_log": "${file:flag}",
        "routes": [{"files": {"root": "${file:path}/x"}}]}]})";
    const config::Loaded loaded = loaded_text(text, folder.path());
    check_same(loaded);
    const std::string printed = config::effective_text(loaded);
    const auto file = [&folder](const std::string& name) {
      return "${file:" + folder.path() + "/" + name + "}";
    };
    CAPTURE(printed);
    CHECK(has(printed, "\"engine\": \"" + file("word") + "\""));
    CHECK(has(printed, "\"loops\": \"" + file("number") + "\""));
    CHECK(has(printed, "\"header_size\": \"" + file("size") + "\""));
    CHECK(has(printed, "\"X-Token\": \"Bearer " + file("text") + "\""));
    CHECK(has(printed, "\"root\": \"" + folder.path() + "/" + file("path") + "/x\""));
    for (const char* secret : {"epoll", "3KiB", "secret_dir", "sesame"}) {
      CHECK(!has(printed, secret));
    }
  }

  TEST_CASE("what variables stand for is shown, but not of what may be secret") {
    setenv("OURO_TEST_TOKEN", "open sesame", 1);  // NOLINT(concurrency-mt-unsafe)
    const std::string shown = effective_route(
        R"("cache_control": "${env:OURO_TEST_TOKEN}", "health": "live")", "/etc/ouro");
    CHECK(has(shown, R"("cache_control": "open sesame",)"));
    CHECK(has(shown, R"(// ouro.jsonc:1:44, ${env:OURO_TEST_TOKEN})"));
    const std::string hidden = effective_route(
        R"("headers": {"A": "x ${env:OURO_TEST_TOKEN}"},
           "respond": {"body": "${env:OURO_TEST_TOKEN}\n"})",
        "/etc/ouro");
    CHECK(has(hidden, R"("A": "x ${env:OURO_TEST_TOKEN}")"));
    CHECK(has(hidden, R"("body": "${env:OURO_TEST_TOKEN}\n")"));
    CHECK(!has(hidden, "open sesame"));
  }

  TEST_CASE("what would not be read back as it is, is written so that it is") {
    setenv("OURO_TEST_BRACE", "$${a}", 1);     // NOLINT(concurrency-mt-unsafe)
    setenv("OURO_TEST_BYTES", "\xFF\xFE", 1);  // NOLINT(concurrency-mt-unsafe)
    const std::string text = effective_route(
        R"("cache_control": "${env:OURO_TEST_BRACE}", "respond": {"body": "$${\"\\\t\u202e$"})",
        "/${x}/\"");
    CHECK(has(text, R"("$$${a}")"));
    CHECK(has(text, R"("$${\"\\\u0009\u202e$")"));
    CHECK(has(effective_route(R"("files": {"root": "a"})", "/${x}/\""), R"("/$${x}/\"/a")"));
    CHECK(has(effective_route(R"("files": {"root": "/${env:OURO_TEST_BYTES}"})", "/etc"),
              R"("root": "/${env:OURO_TEST_BYTES}",  // ouro.jsonc)"));
  }

  TEST_CASE("an address that nobody asked for may still be another's") {
    const std::string text = effective_route(R"("health": "live")", "/etc/ouro");
    CHECK(has(text,
              "    // \"address\": \"127.0.0.1:9180\" is the default, unless somebody else "
              "listens there\n"));
    CHECK(loaded_text(text, "/etc/ouro").config.admin.is_default);
  }

  TEST_CASE("the name of a file cannot end its comment") {
    auto loaded =
        config::load_text(R"({"listen": [":80"], "sites": [{"routes": [{"health": "live"}]}]})",
                          "a\n\"b\x1b", "/etc/ouro");
    REQUIRE(loaded);
    check_same(*loaded);
    CHECK(has(config::effective_text(*loaded), R"(// a\n\"b\u001b:1:2)"));
  }
}
