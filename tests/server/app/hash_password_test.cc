// Goal: `ouro hash-password` makes lines that let in, and refuses what never could. Method: the
// checks by table; the command as a child process whose standard input is a file.

#include "server/app/hash_password.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "core/password/password_hasher.h"
#include "server/app/exit_code.h"
#include "server/auth/user_table.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

struct Answer {
  int code;
  std::string output;
  std::string error;
};

Answer run(const std::string& input, const std::vector<std::string>& arguments,
           const std::string& output = {}) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.write("input", input);
  std::vector<std::string> command{OURO_BINARY, "hash-password"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  test::Process ouro(command, [&] {
    const int in = ::open(path.c_str(), O_RDONLY);
    if (in < 0 || ::dup2(in, STDIN_FILENO) < 0) ::_exit(97);
    if (output.empty()) return;
    const int out = ::open(output.c_str(), O_WRONLY);
    if (out < 0 || ::dup2(out, STDOUT_FILENO) < 0) ::_exit(97);
  });
  const int code = ouro.wait();
  return {code, ouro.output(), ouro.error_output()};
}

void check_refused(const Answer& answer, const std::string& message) {
  CAPTURE(answer.error);
  CHECK(answer.code == server::kExitWrongInput);
  CHECK(answer.output.empty());
  CHECK(answer.error.find(message) != std::string::npos);
}

}  // namespace

TEST_CASE("passwords that no browser can send, or bcrypt would change, are refused") {
  CHECK(server::check_new_password("") == "the password is empty");
  CHECK(server::check_new_password(std::string("a\0b", 3))->find("NUL") != std::string::npos);
  CHECK(server::check_new_password("a\tb")->find("control") != std::string::npos);
  CHECK(server::check_new_password("a\x7F")->find("control") != std::string::npos);
  CHECK(server::check_new_password("caf\xE9")->find("UTF-8") != std::string::npos);
  CHECK(server::check_new_password(std::string(73, 'x'))->find("72 bytes") != std::string::npos);
  for (const std::string right : {"x", "café", "a:b", " ", "two words"}) {
    CHECK(server::check_new_password(right) == std::nullopt);
  }
  CHECK(server::check_new_password(std::string(72, 'x')) == std::nullopt);
}

TEST_CASE("a line of standard input becomes a line of a file of users") {
  const Answer answer = run("pässwörd €\r\nsomething else\n", {"--user", "Zoé B", "--cost", "5"});
  CHECK(answer.code == server::kExitDone);
  CHECK(answer.error.find("cost 5: a hash takes about 0.0") != std::string::npos);
  const auto parsed = server::UserTable::parse(answer.output);
  CHECK(parsed.mistakes.empty());
  const core::PasswordHash* hash = parsed.table->find("Zoé B");
  REQUIRE(hash != nullptr);
  CHECK(hash->cost == 5);
  CHECK(core::PasswordHasher().verify("pässwörd €", *hash));
}

TEST_CASE("without a name it is the hash alone, with a cost that suits the machine") {
  const Answer answer = run("secret", {});
  CHECK(answer.code == server::kExitDone);
  REQUIRE(answer.output.ends_with("\n"));
  const auto hash = core::read_password_hash(answer.output.substr(0, answer.output.size() - 1));
  REQUIRE(hash);
  CHECK(hash->cost >= core::kBcryptCostChosenMin);
  CHECK(answer.error.find("chose bcrypt's cost " + std::to_string(hash->cost)) !=
        std::string::npos);
  CHECK(core::PasswordHasher().verify("secret", *hash));
}

TEST_CASE("what is wrong is refused with a reason") {
  check_refused(run("", {}), "the password is empty");
  check_refused(run("\n", {}), "the password is empty");
  check_refused(run(std::string(73, 'x') + "\n", {}), "more than 72 bytes");
  check_refused(run(std::string("a\0b\n", 4), {}), "NUL");
  check_refused(run("secret", {"--user", "a:b"}), "the name has a colon");
  check_refused(run("secret", {"--user", ""}), "the name is empty");
  check_refused(run("secret", {"--cost", "3"}), "--cost");
  check_refused(run("secret", {"--cost", "32"}), "--cost");
  check_refused(run("secret", {"--cost", "x"}), "--cost");
  check_refused(run("secret", {"secret"}), "secret");
}

TEST_CASE("72 bytes are possible") {
  const Answer answer = run(std::string(72, 'x') + "\n", {"--cost", "4"});
  CHECK(answer.code == server::kExitDone);
  CHECK(answer.output.starts_with("$2b$04$"));
}

TEST_CASE("a full disk is a failure") {
  const Answer answer = run("secret", {"--cost", "4"}, "/dev/full");
  CHECK(answer.code == server::kExitFailed);
  CHECK(answer.error.find("cannot write to standard output") != std::string::npos);
}
