// Goal: `ouro check` says what is wrong in a users' file with its line, at the place that names it,
// all at once, and how many users there are when it is right; `ouro run` does not start with it.
// Method: configurations with files made by the test; the binary.

#include "server/app/users_report.h"

#include <doctest/doctest.h>

#include "server/app/exit_code.h"
#include "tests/server/app/basic_credentials.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

const std::string kOuro = OURO_BINARY;
const std::string kText = R"({"listen": ["127.0.0.1:0"], "sites": [{
"auth": {"basic": {"users_file": "users"}},
"routes": [{"respond": {}}]}]})";

server::UsersReport report_on(const test::TemporaryDirectory& directory) {
  const auto loaded = config::load_text(kText, "ouro.jsonc", directory.path());
  REQUIRE(loaded);
  return server::check_users(*loaded);
}

}  // namespace

TEST_CASE("files that are right are counted") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.write("users", test::user_line("anna", "x"));
  const auto one = report_on(directory);
  CHECK(one.is_right);
  CHECK(one.diagnostics.empty());
  CHECK(one.summary == path + ": 1 user\n");
  directory.write("users", "");
  CHECK(report_on(directory).summary == path + ": 0 users\n");
}

TEST_CASE("a file that is missing is a warning of the loader") {
  const test::TemporaryDirectory directory;
  const auto report = report_on(directory);
  CHECK(report.is_right);
  CHECK(report.diagnostics.empty());
  CHECK(report.summary.empty());
}

TEST_CASE("every mistake is shown where the file is named, and nothing starts") {
  const test::TemporaryDirectory directory;
  const std::string users = directory.write("users", "anna\nbob:$apr1$x$yyyyyyyyyyyyyyyyyyyyyy\n");
  const std::string config = directory.write("ouro.jsonc", kText);
  test::Process check({kOuro, "check", "-c", config});
  CHECK(check.wait() == server::kExitWrongInput);
  CHECK(check.output().empty());
  const std::string said = check.error_output();
  CAPTURE(said);
  const std::string first = config + ":2:34: error: " + users + ":1:1: there is no colon";
  const std::string second =
      config + ":2:34: error: " + users + ":2:5: the hash of \"bob\" is an MD5 hash ($apr1$)";
  CHECK(said.find(first) != std::string::npos);
  CHECK(said.find(second) != std::string::npos);
  test::Process run({kOuro, "run", "-c", config});
  CHECK(run.wait() == server::kExitFailed);
  CHECK(run.error_output().find(config + ":2:34: " + users + ":1:1: ") != std::string::npos);
}
