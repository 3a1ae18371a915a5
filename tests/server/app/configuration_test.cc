// Goal: what the program prints of its configuration can be used: the schema by an editor,
// the effective configuration by the program itself.
// Method: the real binary as a child process.

#include <doctest/doctest.h>

#include <string>

#include "config/document.h"
#include "config/loader.h"
#include "config/schema.h"
#include "server/app/exit_code.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using test::Process;

const std::string kOuro = OURO_BINARY;

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

  TEST_CASE("schema prints the schema and nothing else") {
    Process ouro({kOuro, "schema"});
    CHECK(ouro.wait() == server::kExitDone);
    CHECK(ouro.output() == config::json_schema());
    CHECK(config::parse_document(ouro.output()));
    CHECK(ouro.error_output() == "");
  }
}
