// ouro's main: from the command line to what it asks for.

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "config/effective.h"
#include "config/loader.h"
#include "config/schema.h"
#include "prove/prover.h"
#include "server/app/certificate_report.h"
#include "server/app/command_line.h"
#include "server/app/daemon.h"
#include "server/app/exit_code.h"
#include "server/app/explanation.h"
#include "server/app/hash_password.h"
#include "server/app/health_check.h"
#include "server/app/served_folder.h"
#include "server/app/top.h"
#include "server/app/users_report.h"
#include "server/app/version.h"

namespace server {
namespace {

int wrong(const std::string& message) {
  fmt::print(stderr, "ouro: {}\n", message);
  return kExitWrongInput;
}

// To standard output, which may be a full disk or a closed pipe.
int print(const std::string& text) {
  const bool written = std::fputs(text.c_str(), stdout) != EOF && std::fflush(stdout) == 0;
  if (written) return kExitDone;
  fmt::print(stderr, "ouro: cannot write to standard output: {}\n",
             std::generic_category().message(errno));
  return kExitFailed;
}

int execute(const ExitCommand& command) { return command.code; }

int execute(const SchemaCommand&) { return print(config::json_schema()); }

int execute(const VersionCommand&) {
  fmt::print("ouro {}\n", kVersion);
  return kExitDone;
}

int execute(const HashPasswordCommand& command) {
  const auto line = hash_password(command, STDIN_FILENO);
  if (line) return print(*line);
  fmt::print(stderr, "ouro: {}\n", line.error().message);
  return line.error().exit_code;
}

int execute(const HealthCommand& command) {
  return command.url ? check_health(*command.url, Healthy::kBelow500)
                     : check_health(kAdminHealthUrl, Healthy::kOk);
}

int execute(const TopCommand& command) { return show_top(command.url, command.once); }

int execute(const ProveCommand& command) { return prove::prove(command.options); }

// Says what is wrong with it, or probably is.
std::optional<config::Loaded> load(const std::string& path) {
  auto loaded = config::load_file(path);
  fmt::print(stderr, "{}", config::render(loaded ? loaded->warnings : loaded.error()));
  if (!loaded) return std::nullopt;
  return std::move(*loaded);
}

int execute(const CheckCommand& command) {
  const auto loaded = load(command.config_path);
  if (!loaded) return kExitWrongInput;
  const CertificateReport certificates =
      check_certificates(*loaded, std::chrono::system_clock::now());
  const UsersReport users = check_users(*loaded);
  fmt::print(stderr, "{}{}", config::render(certificates.diagnostics),
             config::render(users.diagnostics));
  if (!certificates.is_right || !users.is_right) return kExitWrongInput;
  if (command.print) return print(config::effective_text(*loaded));
  std::size_t routes = 0;
  for (const config::Site& site : loaded->config.sites) routes += site.routes.size();
  fmt::print("{}: right (sites: {}, routes: {})\n", command.config_path,
             loaded->config.sites.size(), routes);
  fmt::print("{}{}", certificates.summary, users.summary);
  return kExitDone;
}

int execute(const ExplainCommand& command) {
  auto loaded = load(command.config_path);
  if (!loaded) return kExitWrongInput;
  const auto text = explain(std::move(loaded->config), command.question);
  if (!text) {
    fmt::print(stderr, "ouro: {}\n", text.error().message);
    return kExitFailed;
  }
  fmt::print("{}", *text);
  return kExitDone;
}

int execute(const RunCommand& command) {
  auto loaded = load(command.config_path);
  return loaded ? serve(std::move(loaded->config),
                        {.proof = command.proof, .stacks = command.stacks, .add_sites = {}})
                : kExitWrongInput;
}

// What is printed is what runs.
int execute(const ServeCommand& command) {
  const auto text = configuration_of(command);
  if (!text) return wrong(text.error());
  // Without a name it is the command line, to whoever has to say where something stands. No path in
  // the text is relative.
  auto loaded = config::load_text(*text, {}, "/");
  fmt::print(stderr, "{}", config::render(loaded ? loaded->warnings : loaded.error()));
  if (!loaded) return kExitWrongInput;
  if (command.print_config) return print(*text);
  return serve(std::move(loaded->config),
               {.proof = command.proof, .stacks = command.stacks, .add_sites = {}});
}

}  // namespace
}  // namespace server

// An exception here is a bug of ours: std::terminate names it.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  return std::visit([](const auto& command) { return server::execute(command); },
                    server::parse_command_line(argc, argv));
}
