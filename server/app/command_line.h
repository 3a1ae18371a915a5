// The command line as a value. Every command and flag that exists; help that helps. Main thread.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "prove/options.h"
#include "server/app/explanation.h"

namespace server {

struct ServeCommand {
  std::string directory = ".";
  std::vector<std::string> listen;  // empty: 127.0.0.1:8080
  std::string fallback;             // a file below the folder; empty: none
  bool listing = false;
  bool tls = false;           // with a certificate that the server makes itself
  bool print_config = false;  // instead of serving
  bool proof = false;         // ServingMode's, as the next
  bool stacks = false;
};
struct RunCommand {
  std::string config_path;
  bool proof = false;
  bool stacks = false;
};
struct CheckCommand {
  std::string config_path;
  bool print = false;  // what the configuration amounts to
};
struct ExplainCommand {
  std::string config_path;
  Question question;
};
struct HealthCommand {
  std::optional<std::string> url;  // nullopt: the admin's of this machine
};
struct TopCommand {
  std::string url;
  bool once = false;
};
struct HashPasswordCommand {
  std::optional<std::string> user;  // nullopt: the hash alone
  std::optional<unsigned> cost;     // nullopt: as this machine is
};
struct ProveCommand {
  prove::Options options;
};
struct SchemaCommand {};
struct VersionCommand {};
// Nothing left to do: help was printed, or the command line is wrong and that was said.
struct ExitCommand {
  int code = 0;
};

using Command =
    std::variant<ServeCommand, RunCommand, CheckCommand, ExplainCommand, HealthCommand, TopCommand,
                 HashPasswordCommand, ProveCommand, SchemaCommand, VersionCommand, ExitCommand>;

// Prints help to standard output and errors to standard error.
[[nodiscard]] Command parse_command_line(int argc, const char* const* argv);

inline constexpr const char* kDefaultConfigPath = "/etc/ouro/ouro.jsonc";

}  // namespace server
