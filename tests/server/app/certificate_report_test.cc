// Goal: an operator sees what each certificate is, and is warned before clients are.
// Method: certificates made by the test, looked at from different days; `ouro check` and the start
// of the real binary.
#include "server/app/certificate_report.h"

#include <doctest/doctest.h>

#include <csignal>
#include <string>

#include "config/loader.h"
#include "server/app/exit_code.h"
#include "tests/core/tls/ocsp_files.h"
#include "tests/server/app/process.h"
#include "tests/server/app/tls_files.h"

namespace {

using std::chrono::days;
using std::chrono::hours;
using test::make_identity;
using test::write_identity;

const std::string kOuro = OURO_BINARY;

// A site for two hosts with the certificate a.pem, named at 3:25.
std::string text(const std::string& key = "a.key") {
  return R"({"listen": [{"address": "127.0.0.1:0", "tls": true}], "admin": {"address": null},
"sites": [{"hosts": ["a.example", "b.example"],
"tls": {"certificate": "a.pem", "key": ")" +
         key + R"("},
"routes": [{"respond": {}}]}]})";
}

server::CertificateReport report_on(const test::TemporaryDirectory& directory,
                                    server::WallTime now) {
  const auto loaded = config::load_text(text(), "ouro.jsonc", directory.path());
  REQUIRE(loaded);
  return server::check_certificates(*loaded, now);
}

}  // namespace

TEST_SUITE("server/app/certificate_report") {
  TEST_CASE("a certificate in one line") {
    const auto identity = make_identity({"a.example", "*.a.example"}, days(90));
    const auto end = identity->not_after();
    const std::string known = "a.example, *.a.example  ECDSA P-256  self-signed  ";
    const auto on = [&identity](server::WallTime now) {
      return server::summarize_certificate(*identity, now);
    };
    CHECK(on(end - days(90)) == known + "90 days left");
    CHECK(on(end - hours(47)) == known + "1 day left");
    CHECK(on(end - hours(1)) == known + "0 days left");
    CHECK(on(end + days(3)) == known + "expired 3 days ago");
    CHECK(on(server::WallTime() + days(365)).starts_with(known + "not valid before 20"));
    CHECK(server::summarize_certificate(*make_identity({"a", "b", "c", "d", "e"}), end)
              .starts_with("a, b, c and 2 more  "));
  }

  TEST_CASE("warned of: what expires soon, has expired, or lacks a host") {
    const test::TemporaryDirectory directory;
    const auto identity = make_identity({"a.example", "b.example"}, days(90));
    write_identity(directory, "a", *identity);
    const auto end = identity->not_after();
    const std::string file = "\"" + directory.path() + "/a.pem\"";
    const auto warnings_on = [&directory](server::WallTime now) {
      const auto report = report_on(directory, now);
      CHECK(report.is_right);
      return config::render(report.diagnostics);
    };
    const std::string line =
        "   3 | \"tls\": {\"certificate\": \"a.pem\", \"key\": \"a.key\"},\n"
        "     |                        ^~~~~~~";
    const std::string warning = "ouro.jsonc:3:24: warning: " + file;
    CHECK(warnings_on(end - days(15)) == "");
    CHECK(warnings_on(end - days(13)) ==
          warning + ": 13 days left\n" + line + " clients refuse it from then on\n");
    CHECK(warnings_on(end + days(2)) ==
          warning + ": expired 2 days ago\n" + line + " clients refuse it\n");
    CHECK(warnings_on(end - days(100)).starts_with(warning + ": not valid before 20"));

    write_identity(directory, "a", *make_identity({"a.example", "*.b.example"}, days(90)));
    CHECK(warnings_on(end - days(30)) ==
          warning + " is not for \"b.example\"\n" + line + " it is for a.example, *.b.example\n");
  }

  TEST_CASE("check shows the certificates, start the same") {
    const test::TemporaryDirectory directory;
    write_identity(directory, "a", *make_identity({"a.example", "b.example"}, days(90)));
    const std::string config = directory.write("ouro.jsonc", text());
    const std::string line = "a.example, b.example  ECDSA P-256  self-signed  89 days left\n";
    test::Process check({kOuro, "check", "-c", config});
    CHECK(check.wait() == server::kExitDone);
    CHECK(check.error_output() == "");
    CHECK(check.output() ==
          config + ": right (sites: 1, routes: 1)\na.example, b.example: " + line);

    test::Process ouro({kOuro, "run", "-c", config});
    REQUIRE(ouro.says("listen    https://127.0.0.1:"));
    CHECK(ouro.says("  tls       " + line));
    ouro.signal(SIGTERM);
    CHECK(ouro.wait() == server::kExitDone);
  }

  TEST_CASE("check refuses what a start would, with its place") {
    const test::TemporaryDirectory directory;
    write_identity(directory, "a", *make_identity({"a.example", "b.example"}));
    write_identity(directory, "b", *make_identity({"a.example", "b.example"}));
    const std::string config = directory.write("ouro.jsonc", text("b.key"));
    test::Process check({kOuro, "check", "-c", config});
    CHECK(check.wait() == server::kExitWrongInput);
    CHECK(check.output() == "");
    const std::string message =
        config + ":3:40: error: " + directory.path() +
        "/b.key: the private key (ECDSA P-256) does not belong to the certificate of "
        "CN=a.example (ECDSA P-256)\n"
        "   3 | \"tls\": {\"certificate\": \"a.pem\", \"key\": \"b.key\"},\n"
        "     |                                        ^~~~~~~\n";
    CHECK(check.error_output() == message);
    test::Process ouro({kOuro, "run", "-c", config});
    CHECK(ouro.wait() == server::kExitFailed);
    CHECK(ouro.error_output().find(":3:40: ") != std::string::npos);
  }

  TEST_CASE("check says which response is another certificate's, expired, or none at all") {
    const test::TemporaryDirectory directory;
    const auto files = test::make_ocsp_files();
    directory.write("a.pem", files.chain);
    directory.write("a.key", files.key);
    const std::string config =
        directory.write("ouro.jsonc", text("a.key\",\n\"stapling\": \"a.der"));
    struct Row {
      std::string response;
      std::string severity;
      std::string words;  // nothing when it is right
    };
    const std::string file = directory.path() + "/a.der";
    const Row rows[] = {
        {files.fresh, "", ""},
        {files.expired, "warning", "\"" + file + "\": the stapled response expired 50 hours ago"},
        {files.of_another, "error",
         file + ": the stapled response speaks about another certificate"},
        {"no DER", "error", file + ": the stapled response is no OCSP response in DER"},
        {std::string(100'000, 'x'), "error", file + ": the stapled response is larger than 16 KiB"},
        {std::string(2'000'000, 'x'), "error", file + " is larger than 1 MiB"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.words);
      directory.write("a.der", row.response);
      test::Process check({kOuro, "check", "-c", config});
      CHECK(check.wait() ==
            (row.severity == "error" ? server::kExitWrongInput : server::kExitDone));
      const auto said = check.error_output();
      const auto first = said.substr(0, said.find('\n'));
      CHECK(first ==
            (row.words.empty() ? "" : config + ":4:13: " + row.severity + ": " + row.words));
    }
  }

  TEST_CASE("files that are missing are a warning of the loader, as roots are") {
    const test::TemporaryDirectory directory;
    const std::string config = directory.write("ouro.jsonc", text());
    test::Process check({kOuro, "check", "-c", config});
    CHECK(check.wait() == server::kExitDone);
    CHECK(check.output() == config + ": right (sites: 1, routes: 1)\n");
    CHECK(check.error_output().find(":3:24: warning: \"" + directory.path() +
                                    "/a.pem\" does not exist\n") != std::string::npos);
    CHECK(check.error_output().find("error") == std::string::npos);
  }
}
