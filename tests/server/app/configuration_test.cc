// Goal: what the program prints of its configuration can be used: the schema by an editor.
// Method: the real binary as a child process.

#include <doctest/doctest.h>

#include <string>

#include "config/document.h"
#include "config/schema.h"
#include "server/app/exit_code.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using test::Process;

const std::string kOuro = OURO_BINARY;

}  // namespace

TEST_SUITE("server/app/configuration") {
  TEST_CASE("schema prints the schema and nothing else") {
    Process ouro({kOuro, "schema"});
    CHECK(ouro.wait() == server::kExitDone);
    CHECK(ouro.output() == config::json_schema());
    CHECK(config::parse_document(ouro.output()));
    CHECK(ouro.error_output() == "");
  }
}
