// Goal: `ouro serve` is a short configuration that means the same anywhere. Method: its text for a
// table of command lines, each loaded.

#include "server/app/served_folder.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/loader.h"
#include "tests/server/app/temporary_directory.h"

namespace {

server::ServeCommand serving(const std::string& directory, std::vector<std::string> listen = {},
                             const std::string& fallback = {}, bool listing = false) {
  return {directory, std::move(listen), fallback, listing, false, false};
}

std::string text_of(const server::ServeCommand& command) {
  const auto text = server::configuration_of(command);
  REQUIRE(text);
  return *text;
}

config::Config config_of(const server::ServeCommand& command) {
  auto loaded = config::load_text(text_of(command), {}, "/else/where");
  const std::string errors = loaded ? "" : config::render(loaded.error());
  REQUIRE(errors == "");
  CHECK(loaded->warnings.empty());
  return loaded->config;
}

config::Files files_of(const server::ServeCommand& command) {
  return std::get<config::Files>(config_of(command).sites.at(0).routes.at(0).action);
}

}  // namespace

TEST_SUITE("server/app/served_folder") {
  TEST_CASE("a folder alone is a few lines") {
    const test::TemporaryDirectory folder;
    const std::string root = std::filesystem::canonical(folder.path()).string();
    CHECK(text_of(
              serving(folder.path() + "/../" + std::filesystem::path(root).filename().string())) ==
          R"({
  "listen": ["127.0.0.1:8080"],
  "sites": [
    {
      "routes": [
        { "files": { "root": ")" +
              root + R"(" } }
      ]
    }
  ]
}
)");
    config::Files expected;
    expected.root = root;
    CHECK(files_of(serving(folder.path())) == expected);
    CHECK(config_of(serving(folder.path())).admin.is_default);
  }

  TEST_CASE("what differs from the defaults is there") {
    const test::TemporaryDirectory folder;
    config::Files expected;
    expected.root = std::filesystem::canonical(folder.path()).string();
    expected.fallback = "/index.html";
    expected.listing = true;
    for (const char* fallback : {"index.html", "./index.html", "/index.html"}) {
      CAPTURE(fallback);
      CHECK(files_of(serving(folder.path(), {}, fallback, true)) == expected);
    }
    const auto config = config_of(serving(folder.path(), {":80", "[::1]:81", "unix:a.sock"}));
    REQUIRE(config.listen.size() == 3);
    CHECK(config.listen[0].address.port == 80);
    CHECK(config.listen[1].address.host == "::1");
    CHECK(config.listen[2].address.unix_path ==
          (std::filesystem::current_path() / "a.sock").string());
  }

  TEST_CASE("with TLS every listener has a certificate of its own making") {
    const test::TemporaryDirectory folder;
    server::ServeCommand command = serving(folder.path());
    command.tls = true;
    CHECK(text_of(command).find(
              R"("listen": [{ "address": "127.0.0.1:8080", "tls": "self-signed" }],)") !=
          std::string::npos);
    command.listen = {":80", "unix:a.sock"};
    const auto config = config_of(command);
    REQUIRE(config.listen.size() == 2);
    for (const config::Listen& listen : config.listen) {
      CHECK(listen.tls == config::ListenTls::kSelfSigned);
    }
    CHECK(config.listen[0].address.port == 80);
    CHECK_FALSE(config.sites.at(0).tls);
  }

  TEST_CASE("a name is a name, whatever is in it") {
    const test::TemporaryDirectory folder;
    folder.write("${env:A}\" \\/x", "");
    const std::string root = std::filesystem::canonical(folder.path()).string() + "/${env:A}\" \\";
    CHECK(files_of(serving(root)).root == root);
  }

  TEST_CASE("what cannot be served is said") {
    const test::TemporaryDirectory folder;
    const std::string file = folder.write("file", "");
    const std::string bytes = folder.path() + "/\xFF";
    std::filesystem::create_directory(bytes);
    const auto error_of = [](const server::ServeCommand& command) {
      const auto text = server::configuration_of(command);
      return text ? "" : text.error();
    };
    CHECK(error_of(serving(file)) == "cannot serve " + file + ": Not a directory");
    CHECK(error_of(serving(file + "s")) == "cannot serve " + file + "s: No such file or directory");
    CHECK(error_of(serving(bytes)) == "cannot serve " + bytes + ": its name is not UTF-8");
    CHECK(error_of(serving(folder.path(), {"80"})) ==
          "--listen 80: \"80\" is not an address; a port alone is written \":80\"");
  }
}
