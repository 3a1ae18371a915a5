#include "server/app/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "core/password/password_hasher.h"
#include "prove/storm.h"
#include "server/app/exit_code.h"
#include "server/app/health_check.h"
#include "server/app/top.h"

namespace server {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  ouro serve                     this folder on http://127.0.0.1:8080\n"
    "  ouro serve dist --listen :80   a folder on every address of this machine\n"
    "  ouro serve --tls               this folder on https://127.0.0.1:8080\n"
    "  ouro check -c ouro.jsonc       is the configuration right?\n"
    "  ouro check --print             with all defaults, and where each value stands\n"
    "  ouro run -c ouro.jsonc         serve what it says\n"
    "  ouro hash-password --user ada >> users.htpasswd   let somebody in\n"
    "\n"
    "Exit codes: 0 done; 1 failed at run time; 2 wrong command line or configuration.\n"
    "SIGTERM or SIGINT finishes what has begun and stops; a second one stops at once.";

constexpr const char* kHashPasswordFooter =
    "Asks for the password twice and does not show it. When standard input is no terminal, its\n"
    "first line is the password. At most 72 bytes, in UTF-8. Prints the hash (bcrypt, $2b$) to\n"
    "standard output, and to standard error what it costs to compare with.\n"
    "\n"
    "Examples:\n"
    "  ouro hash-password --user ada >> users.htpasswd   a user more\n"
    "  ouro hash-password < secret                       the hash alone, without a question\n"
    "\n"
    "Exit codes: 0 done; 1 failed at run time; 2 wrong command line, name or password.";

constexpr const char* kProveFooter =
    "Starts servers as child processes on free ports of 127.0.0.1, with a temporary site, and\n"
    "attacks them: one storm after another, each on a server of its own, in proof mode. Beside "
    "the\n"
    "storm come plain GETs by the clock, whose latency counts from when each was meant to be "
    "sent.\n"
    "\n"
    "It fails when a loop waited for something, or the p99 of the GETs is above its budget: three\n"
    "times what it is alone, but at least 5 ms (--budget), and under a CPU quota at least 100 ms,\n"
    "the period in which a quota is dealt out. It fails as well when a GET gets no answer, a "
    "server\n"
    "ends, or a storm gets nothing done. What this machine does not allow is left out, and said.\n"
    "\n"
    "p50, p99, max   of the GETs\n"
    "lag             the longest turn of a loop: so long, at least, everybody else waited\n"
    "blocked         times that a loop waited for something within a turn: has to be 0\n"
    "descheduled     turns of 10 ms and more in which a loop could have gone on, but had no CPU\n"
    "\n"
    "Run it on a machine that does nothing else; other programs are measured with it. Exit codes:\n"
    "0 proved; 1 not; 2 wrong command line.";

// Each of these adds one command, whose options write to its argument, which must outlive the app.

void add_config(CLI::App* app, std::string& path) {
  app->add_option("-c,--config", path, "The configuration")
      ->type_name("FILE")
      ->capture_default_str();
}

void add_mode(CLI::App* app, bool& proof, bool& stacks) {
  app->add_flag("--proof", proof,
                "Know of each turn of a loop exactly what it had of the CPU and whether it waited "
                "for something, at the price of system calls; without it of one turn each "
                "millisecond");
  app->add_flag("--stacks", stacks,
                "When one turn holds a loop, write into the error log what its thread executes, "
                "function by function");
}

CLI::App* add_serve(CLI::App& app, ServeCommand& serve) {
  CLI::App* added = app.add_subcommand("serve", "Serve a folder, without a configuration");
  added->add_option("DIR", serve.directory, "The folder to serve")
      ->type_name("")
      ->capture_default_str();
  // One address for each --listen: "--listen :80 dist" names a folder, not a second address.
  added
      ->add_option("--listen", serve.listen,
                   "Address to listen on, may be repeated: 127.0.0.1:8080 (the default), "
                   "[::1]:8080, :8080 for every address")
      ->type_name("ADDRESS")
      ->allow_extra_args(false);
  added
      ->add_option("--fallback", serve.fallback,
                   "Answer with this file of the folder what is missing: index.html, for a "
                   "single-page application")
      ->type_name("FILE");
  added->add_flag("--listing", serve.listing, "Show what is in folders without an index.html");
  added->add_flag("--tls", serve.tls,
                  "Speak HTTPS, with a certificate that is made at the start: for development, "
                  "clients have to be told to accept it");
  added->add_flag("--print-config", serve.print_config,
                  "Print the configuration that this amounts to, for ouro run, and stop");
  add_mode(added, serve.proof, serve.stacks);
  return added;
}

CLI::App* add_run(CLI::App& app, RunCommand& run) {
  CLI::App* added = app.add_subcommand("run", "Serve what a configuration says");
  add_config(added, run.config_path);
  add_mode(added, run.proof, run.stacks);
  return added;
}

CLI::App* add_check(CLI::App& app, CheckCommand& check) {
  CLI::App* added = app.add_subcommand("check", "Check a configuration and say what is wrong");
  add_config(added, check.config_path);
  added->add_flag("--print", check.print,
                  "Print it with all defaults, and where each value stands; what came from "
                  "${file:} stays as it is written");
  return added;
}

CLI::App* add_explain(CLI::App& app, ExplainCommand& explain) {
  CLI::App* added = app.add_subcommand("explain", "Say why a request gets the answer that it gets");
  added->add_option("URL", explain.question.url, "Such as http://www.example.org/page")
      ->type_name("")
      ->required();
  add_config(added, explain.config_path);
  added->add_option("-X,--request", explain.question.method, "The method")
      ->type_name("METHOD")
      ->capture_default_str();
  added
      ->add_option("-H,--header", explain.question.fields,
                   "A field of the request, may be repeated: \"Accept-Encoding: br\"")
      ->type_name("FIELD")
      ->allow_extra_args(false);
  return added;
}

CLI::App* add_health(CLI::App& app, HealthCommand& health) {
  CLI::App* added = app.add_subcommand("health", "Ask a running server whether it answers");
  added
      ->add_option("URL", health.url,
                   "What to ask for, of a numeric address or localhost; any status below 500 is "
                   "healthy. Without it the admin listener has to say 200")
      ->type_name("")
      ->default_str(kAdminHealthUrl);
  return added;
}

CLI::App* add_top(CLI::App& app, TopCommand& top) {
  CLI::App* added = app.add_subcommand("top", "Watch a running server's loops in the terminal");
  added->add_option("URL", top.url, "The status of its admin listener")
      ->type_name("")
      ->default_str(kAdminStatusUrl);
  added->add_flag("--once", top.once, "What happens in one second as plain text, and done");
  return added;
}

CLI::App* add_hash_password(CLI::App& app, HashPasswordCommand& hash) {
  CLI::App* added = app.add_subcommand("hash-password", "Make a line for a file of users");
  added->footer(kHashPasswordFooter);
  added
      ->add_option("--user", hash.user,
                   "Print the whole line of the users file, NAME:HASH, instead of the hash alone")
      ->type_name("NAME");
  added
      ->add_option("--cost", hash.cost,
                   "Each step doubles the work, of whoever guesses and of the server. Without it: "
                   "what takes about 0.1 s on this machine, at least 10")
      ->type_name("N")
      ->check(CLI::Range(core::kBcryptCostMin, core::kBcryptCostMax));
  return added;
}

CLI::App* add_prove(CLI::App& app, prove::Options& options) {
  CLI::App* added =
      app.add_subcommand("prove", "Attack a server here and prove that no loop waits");
  added->footer(kProveFooter);
  std::vector<std::string> names;
  for (const prove::Storm& storm : prove::storms()) names.emplace_back(storm.name);
  added->add_option("--engine", options.engine, "auto, io_uring or epoll")
      ->type_name("NAME")
      ->check(CLI::IsMember({"auto", "io_uring", "epoll"}).description(""))
      ->capture_default_str();
  added->add_option("--seconds", options.seconds, "How long each storm is measured")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{3600}).description(""))
      ->capture_default_str();
  added->add_option("--rate", options.rate, "Plain GETs a second")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}).description(""))
      ->capture_default_str();
  added
      ->add_option_function<std::size_t>(
          "--budget",
          [&options](std::size_t amount) { options.budget = std::chrono::milliseconds(amount); },
          "What the GETs' p99 may be in any case, in milliseconds")
      ->type_name("MS")
      ->default_str("5");
  added
      ->add_option("--storm", options.storms,
                   "Only this one, beside \"alone\"; may be repeated: passwords, handshakes, cold, "
                   "hang, log, all, quota")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->check(CLI::IsMember(names).description(""));
  added->add_flag("--json", options.json, "Report as one JSON object");
  return added;
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  CLI::App app("ouro, an HTTP server in which no request waits for somebody else's work.", "ouro");
  app.require_subcommand(1);
  app.footer(kFooter);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("ouro: ") + error.what() + "\nouro --help tells more.\n";
  });

  ServeCommand serve;
  RunCommand run{kDefaultConfigPath, false};
  CheckCommand check{kDefaultConfigPath};
  ExplainCommand explain{kDefaultConfigPath, {}};
  HealthCommand health;
  TopCommand top{kAdminStatusUrl};
  HashPasswordCommand hash_password;
  ProveCommand prove;
  const CLI::App* serve_app = add_serve(app, serve);
  const CLI::App* run_app = add_run(app, run);
  const CLI::App* check_app = add_check(app, check);
  const CLI::App* explain_app = add_explain(app, explain);
  const CLI::App* hash_password_app = add_hash_password(app, hash_password);
  const CLI::App* schema_app =
      app.add_subcommand("schema", "Print the JSON Schema of the configuration, for editors");
  const CLI::App* health_app = add_health(app, health);
  const CLI::App* top_app = add_top(app, top);
  const CLI::App* prove_app = add_prove(app, prove.options);
  const CLI::App* version_app = app.add_subcommand("version", "Print the version");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Prints help or the error, and knows which of the two it is.
    const int code = app.exit(error, std::cout, std::cerr);
    return ExitCommand{code == 0 ? kExitDone : kExitWrongInput};
  }
  if (serve_app->parsed()) return serve;
  if (run_app->parsed()) return run;
  if (check_app->parsed()) return check;
  if (explain_app->parsed()) return explain;
  if (health_app->parsed()) return health;
  if (top_app->parsed()) return top;
  if (hash_password_app->parsed()) return hash_password;
  if (prove_app->parsed()) return prove;
  if (schema_app->parsed()) return SchemaCommand{};
  if (version_app->parsed()) return VersionCommand{};
  return ExitCommand{kExitWrongInput};
}

}  // namespace server
