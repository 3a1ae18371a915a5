// Goal: the command line means what its help says; whatever it does not know is refused.
// Method: parsed in this process, table-driven; what is printed is daemon_test's concern.

#include "server/app/command_line.h"

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "server/app/exit_code.h"

namespace {

server::Command parse(std::initializer_list<const char*> words) {
  std::vector<const char*> arguments{"ouro"};
  arguments.insert(arguments.end(), words);
  return server::parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

int exit_code_of(const server::Command& command) {
  const auto* exit = std::get_if<server::ExitCommand>(&command);
  return exit == nullptr ? -1 : exit->code;
}

}  // namespace

TEST_CASE("serve takes a folder and addresses, and does without") {
  const auto bare = std::get<server::ServeCommand>(parse({"serve"}));
  CHECK(bare.directory == ".");
  CHECK(bare.listen.empty());
  CHECK(bare.fallback.empty());
  CHECK(!bare.listing);
  CHECK(!bare.tls);
  CHECK(!bare.print_config);
  CHECK(!bare.proof);
  CHECK(std::get<server::ServeCommand>(parse({"serve", "--print-config"})).print_config);
  const auto application = std::get<server::ServeCommand>(
      parse({"serve", "dist", "--fallback", "index.html", "--listing", "--tls", "--proof"}));
  CHECK(application.proof);
  CHECK(application.directory == "dist");
  CHECK(application.fallback == "index.html");
  CHECK(application.listing);
  CHECK(application.tls);
  const auto full = std::get<server::ServeCommand>(
      parse({"serve", "dist", "--listen", ":80", "--listen", "[::1]:8080"}));
  CHECK(full.directory == "dist");
  CHECK(full.listen == std::vector<std::string>{":80", "[::1]:8080"});
  const auto folder_last =
      std::get<server::ServeCommand>(parse({"serve", "--listen", ":80", "dist"}));
  CHECK(folder_last.directory == "dist");
  CHECK(folder_last.listen == std::vector<std::string>{":80"});
}

TEST_CASE("run and check read the usual file unless they are given another") {
  CHECK(std::get<server::RunCommand>(parse({"run"})).config_path == server::kDefaultConfigPath);
  CHECK(std::get<server::RunCommand>(parse({"run", "-c", "a"})).config_path == "a");
  const auto plain = std::get<server::RunCommand>(parse({"run"}));
  CHECK_FALSE(plain.proof);
  CHECK_FALSE(plain.stacks);
  const auto proof = std::get<server::RunCommand>(parse({"run", "--proof"}));
  CHECK(proof.proof);
  CHECK_FALSE(proof.stacks);
  const auto stacks = std::get<server::RunCommand>(parse({"run", "--stacks"}));
  CHECK(stacks.stacks);
  CHECK_FALSE(stacks.proof);
  CHECK(std::get<server::CheckCommand>(parse({"check"})).config_path == server::kDefaultConfigPath);
  CHECK(std::get<server::CheckCommand>(parse({"check", "--config", "b"})).config_path == "b");
  CHECK(!std::get<server::CheckCommand>(parse({"check"})).print);
  CHECK(std::get<server::CheckCommand>(parse({"check", "--print", "-c", "b"})).print);
}

TEST_CASE("top asks this machine's admin unless it is told whom to ask") {
  const auto top = std::get<server::TopCommand>(parse({"top"}));
  CHECK(top.url == "http://127.0.0.1:9180/status");
  CHECK_FALSE(top.once);
  const auto once = std::get<server::TopCommand>(parse({"top", "--once", "http://[::1]:81/s"}));
  CHECK(once.url == "http://[::1]:81/s");
  CHECK(once.once);
}

TEST_CASE("health asks this machine unless it is told whom to ask") {
  CHECK(std::get<server::HealthCommand>(parse({"health"})).url == std::nullopt);
  CHECK(std::get<server::HealthCommand>(parse({"health", "http://[::1]/x"})).url ==
        "http://[::1]/x");
}

TEST_CASE("hash-password needs neither a name nor a cost") {
  const auto bare = std::get<server::HashPasswordCommand>(parse({"hash-password"}));
  CHECK(bare.user == std::nullopt);
  CHECK(bare.cost == std::nullopt);
  const auto full = std::get<server::HashPasswordCommand>(
      parse({"hash-password", "--user", "ada", "--cost", "31"}));
  CHECK(full.user == "ada");
  CHECK(full.cost == 31);
  CHECK(std::get<server::HashPasswordCommand>(parse({"hash-password", "--cost", "4"})).cost == 4);
}

TEST_CASE("prove has a default for everything, and knows its storms") {
  const auto bare = std::get<server::ProveCommand>(parse({"prove"})).options;
  CHECK(bare.engine == "auto");
  CHECK(bare.seconds == 5);
  CHECK(bare.rate == 1000);
  CHECK(bare.budget == std::chrono::milliseconds(5));
  CHECK(bare.storms.empty());
  CHECK(!bare.json);
  CHECK(bare.program == "/proc/self/exe");
  const auto full = std::get<server::ProveCommand>(
                        parse({"prove", "--engine", "epoll", "--seconds", "2", "--rate", "10",
                               "--budget", "20", "--storm", "all", "--storm", "cold", "--json"}))
                        .options;
  CHECK(full.engine == "epoll");
  CHECK(full.seconds == 2);
  CHECK(full.rate == 10);
  CHECK(full.budget == std::chrono::milliseconds(20));
  CHECK(full.storms == std::vector<std::string>{"all", "cold"});
  CHECK(full.json);
  for (const auto& wrong :
       {std::pair{"--engine", "kqueue"}, std::pair{"--seconds", "0"}, std::pair{"--rate", "0"},
        std::pair{"--storm", "rain"}, std::pair{"--budget", "soon"}}) {
    CAPTURE(wrong.first);
    CHECK(exit_code_of(parse({"prove", wrong.first, wrong.second})) == server::kExitWrongInput);
  }
}

TEST_CASE("help and version are no errors") {
  CHECK(exit_code_of(parse({"--help"})) == server::kExitDone);
  CHECK(exit_code_of(parse({"serve", "--help"})) == server::kExitDone);
  CHECK(exit_code_of(parse({"hash-password", "--help"})) == server::kExitDone);
  CHECK(std::holds_alternative<server::VersionCommand>(parse({"version"})));
  CHECK(std::holds_alternative<server::SchemaCommand>(parse({"schema"})));
}

TEST_CASE("what is not understood is a wrong command line") {
  CHECK(exit_code_of(parse({})) == server::kExitWrongInput);
  CHECK(exit_code_of(parse({"fly"})) == server::kExitWrongInput);
  CHECK(exit_code_of(parse({"serve", "a", "b"})) == server::kExitWrongInput);
  CHECK(exit_code_of(parse({"serve", "--lisen", ":80"})) == server::kExitWrongInput);
  CHECK(exit_code_of(parse({"health", "http://[::1]/", "b"})) == server::kExitWrongInput);
  CHECK(exit_code_of(parse({"hash-password", "--cost", "3"})) == server::kExitWrongInput);
  CHECK(exit_code_of(parse({"hash-password", "--cost", "32"})) == server::kExitWrongInput);
  CHECK(exit_code_of(parse({"hash-password", "--user"})) == server::kExitWrongInput);
  CHECK(exit_code_of(parse({"run", "-c"})) == server::kExitWrongInput);
}
