// Goal: what the program prints of its configuration can be used: the schema by an editor,
// the effective configuration and that of `ouro serve` by the program itself.
// Method: the real binary as a child process.

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

#include "config/document.h"
#include "config/loader.h"
#include "config/schema.h"
#include "server/app/exit_code.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using test::Process;

const std::string kOuro = OURO_BINARY;
const std::string kListening = "listen    http://";

}  // namespace

TEST_SUITE("server/app/configuration") {
  TEST_CASE("check --print prints a configuration that says the same, and no secret") {
    const test::TemporaryDirectory site;
    site.write("token", "sesame\n");
    site.write("more/site.jsonc",
               R"({ "hosts": ["b.example"], "routes": [{ "health": "live" }] })");
    const std::string config = site.write("ouro.jsonc", R"({
      "listen": ["unix:socket"], "include": ["more/*.jsonc"],
      "sites": [{ "routes": [{ "headers": { "X-Token": "${file:token}" },
                               "files": { "root": "missing" } }] }] })");
    Process ouro({kOuro, "check", "--print", "-c", config});
    CHECK(ouro.wait() == server::kExitDone);
    const std::string printed = ouro.output();
    CHECK(printed.find("sesame") == std::string::npos);
    CHECK(printed.find("\"address\": \"unix:" + site.path() + "/socket\",") != std::string::npos);
    CHECK(printed.find("// " + site.path() + "/more/site.jsonc:1:3\n") != std::string::npos);
    CHECK(ouro.error_output().find("warning: ") != std::string::npos);
    CHECK(printed.find("warning: ") == std::string::npos);

    const test::TemporaryDirectory elsewhere;
    Process again({kOuro, "check", "-c", elsewhere.write("printed.jsonc", printed)});
    CHECK(again.wait() == server::kExitDone);
    CHECK(again.output().find("(sites: 2, routes: 2)") != std::string::npos);
    CHECK(config::load_file(elsewhere.path() + "/printed.jsonc").value().config ==
          config::load_file(config).value().config);
  }

  TEST_CASE("check --print prints nothing of a wrong configuration") {
    const test::TemporaryDirectory site;
    const std::string config = site.write("ouro.jsonc", R"({ "lisen": [":80"] })");
    Process ouro({kOuro, "check", "--print", "-c", config});
    CHECK(ouro.wait() == server::kExitWrongInput);
    CHECK(ouro.output() == "");
    CHECK(ouro.error_output().find("unknown key \"lisen\"") != std::string::npos);
  }

  TEST_CASE("serve --print-config prints what serve does, for run") {
    const test::TemporaryDirectory site;
    site.write("app/index.html", "<h1>app</h1>");
    site.write("app/docs/a.txt", "a");
    const std::vector<std::string> serve = {kOuro,        "serve",       site.path() + "/app",
                                            "--listen",   "127.0.0.1:0", "--fallback",
                                            "index.html", "--listing"};
    std::vector<std::string> print = serve;
    print.emplace_back("--print-config");
    Process printing(print);
    CHECK(printing.wait() == server::kExitDone);
    CHECK(printing.error_output() == "");
    const test::TemporaryDirectory elsewhere;
    const std::string config = elsewhere.write("ouro.jsonc", printing.output());
    Process check({kOuro, "check", "-c", config});
    CHECK(check.wait() == server::kExitDone);
    CHECK(check.error_output() == "");

    for (const auto& command : {serve, {kOuro, "run", "-c", config}}) {
      CAPTURE(command[1]);
      Process ouro(command);
      REQUIRE(ouro.says(kListening));
      CHECK(test::get(ouro.port(), "/").value().body == "<h1>app</h1>");
      CHECK(test::get(ouro.port(), "/missing").value().body == "<h1>app</h1>");
      CHECK(test::get(ouro.port(), "/docs/").value().body.find("a.txt") != std::string::npos);
      ouro.signal(SIGTERM);
      CHECK(ouro.wait() == server::kExitDone);
    }
  }

  TEST_CASE("serve --tls prints what it does, and makes a certificate") {
    const test::TemporaryDirectory site;
    const std::vector<std::string> serve = {kOuro,   "serve",    site.path(),
                                            "--tls", "--listen", "127.0.0.1:0"};
    std::vector<std::string> print = serve;
    print.emplace_back("--print-config");
    Process printing(print);
    CHECK(printing.wait() == server::kExitDone);
    CHECK(printing.error_output() == "");
    CHECK(printing.output().find(
              R"("listen": [{ "address": "127.0.0.1:0", "tls": "self-signed" }],)") !=
          std::string::npos);
    Process ouro(serve);
    REQUIRE(ouro.says("listen    https://127.0.0.1:"));
    CHECK(ouro.says("tls       localhost, 127.0.0.1, ::1  ECDSA P-256  self-signed"));
    ouro.signal(SIGTERM);
    CHECK(ouro.wait() == server::kExitDone);
  }

  TEST_CASE("what is wrong with serve is said in the words of the command line") {
    const test::TemporaryDirectory site;
    const std::string missing = site.path() + "/none";
    const auto error_of = [](const std::vector<std::string>& words) {
      std::vector<std::string> command = {kOuro, "serve"};
      command.insert(command.end(), words.begin(), words.end());
      Process ouro(command);
      CHECK(ouro.wait() == server::kExitWrongInput);
      CHECK(ouro.output() == "");
      return ouro.error_output();
    };
    CHECK(error_of({missing}) == "ouro: cannot serve " + missing + ": No such file or directory\n");
    CHECK(error_of({site.path(), "--print-config", "--listen", "localhost:80"}) ==
          "ouro: --listen localhost:80: \"localhost\" is a name, not an address; use "
          "\"127.0.0.1:80\" or \"[::1]:80\"\n");
    CHECK(error_of({site.path(), "--fallback", "../x"}).find("command line:6:") == 0);
    CHECK(error_of({site.path(), "--listen", ":80", "--listen", ":80"})
              .find("command line:2:21: error: duplicate address \":80\"") == 0);
  }

  TEST_CASE("schema prints the schema and nothing else") {
    Process ouro({kOuro, "schema"});
    CHECK(ouro.wait() == server::kExitDone);
    CHECK(ouro.output() == config::json_schema());
    CHECK(config::parse_document(ouro.output()));
    CHECK(ouro.error_output() == "");
  }
}
