// ouro's main: from the command line to what it asks for.

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "config/address.h"
#include "config/effective.h"
#include "config/loader.h"
#include "config/schema.h"
#include "server/app/command_line.h"
#include "server/app/daemon.h"
#include "server/app/exit_code.h"
#include "server/app/health_check.h"
#include "server/app/version.h"

namespace server {
namespace {

constexpr const char* kDefaultListen = "127.0.0.1:8080";

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

int execute(const HealthCommand& command) { return check_health(command.url); }

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
  if (command.print) return print(config::effective_text(*loaded));
  std::size_t routes = 0;
  for (const config::Site& site : loaded->config.sites) routes += site.routes.size();
  fmt::print("{}: right (sites: {}, routes: {})\n", command.config_path,
             loaded->config.sites.size(), routes);
  return kExitDone;
}

int execute(const RunCommand& command) {
  auto loaded = load(command.config_path);
  return loaded ? serve(std::move(loaded->config)) : kExitWrongInput;
}

// The configuration that `ouro serve DIR` amounts to.
int execute(const ServeCommand& command) {
  std::error_code error;
  const std::filesystem::path root = std::filesystem::canonical(command.directory, error);
  if (error) return wrong(fmt::format("cannot serve {}: {}", command.directory, error.message()));
  if (!std::filesystem::is_directory(root, error)) {
    return wrong(fmt::format("cannot serve {}: Not a directory", command.directory));
  }
  config::Config config;
  std::vector<std::string> listen = command.listen;
  if (listen.empty()) listen.emplace_back(kDefaultListen);
  for (const std::string& text : listen) {
    auto address = config::parse_listen_address(text);
    if (!address) {
      const auto& [message, help] = address.error();
      return wrong(
          fmt::format("--listen {}: {}{}{}", text, message, help.empty() ? "" : "; ", help));
    }
    config::Listen one;
    one.address = std::move(*address);
    config.listen.push_back(std::move(one));
  }
  config::Files files;
  files.root = root.string();
  files.fallback = command.fallback;
  files.listing = command.listing;
  config::Route route;
  route.action = std::move(files);
  config::Site site;
  site.routes.push_back(std::move(route));
  config.sites.push_back(std::move(site));
  return serve(std::move(config));
}

}  // namespace
}  // namespace server

// An exception here is a bug of ours: std::terminate names it.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  return std::visit([](const auto& command) { return server::execute(command); },
                    server::parse_command_line(argc, argv));
}
