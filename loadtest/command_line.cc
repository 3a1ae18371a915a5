#include "loadtest/command_line.h"

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace loadtest {
namespace {

constexpr const char* kFooter =
    "A closed loop sends the next request when an answer has come: it measures throughput and "
    "hides "
    "stalls. An open loop (--rate) sends by the clock, counts latency from the moment at which a "
    "request was meant to be sent, and shows them.\n"
    "Without --requests, what has begun at the end of --duration is finished and counted.\n"
    "\n"
    "Examples:\n"
    "  ouro-load http://127.0.0.1:8080/\n"
    "  ouro-load --rate 2000 --connections 32 http://127.0.0.1:8080/1k.bin\n"
    "  ouro-load --close --tls 1.3 https://127.0.0.1:8443/1k.bin\n"
    "  ouro-load --discard --connections 8 http://127.0.0.1:8080/big.bin\n"
    "  ouro-load --guess anna --expect-status 401 --close --from 127.64.0.0/10 "
    "http://127.0.0.1:8080/private/\n"
    "\n"
    "Exit codes: 0 all answers were as expected; 1 some were not; 2 wrong command line.";

struct Unit {
  std::string_view name;
  double milliseconds;
};
constexpr std::array kUnits{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"", 1000}, Unit{"m", 60'000}};
constexpr double kMillisecondsMax = 1e9;

bool read_duration(const std::string& text, std::chrono::milliseconds& duration) {
  double amount = 0;
  const char* end = text.data() + text.size();
  const auto [read_to, error] = std::from_chars(text.data(), end, amount);
  if (error != std::errc{}) return false;
  const std::string_view name(read_to, static_cast<std::size_t>(end - read_to));
  for (const Unit& unit : kUnits) {
    const double milliseconds = amount * unit.milliseconds;
    if (name != unit.name || !(milliseconds >= 0) || milliseconds > kMillisecondsMax) continue;
    duration = std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds));
    return true;
  }
  return false;
}

bool read_digest(const std::string& text, std::optional<std::uint64_t>& digest) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [read_to, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc{} || read_to != end) return false;
  digest = value;
  return true;
}

bool read_engine(const std::string& text, core::EngineChoice& engine) {
  if (text == "auto") {
    engine = core::EngineChoice::kAuto;
  } else if (text == "io_uring") {
    engine = core::EngineChoice::kIoUring;
  } else if (text == "epoll") {
    engine = core::EngineChoice::kEpoll;
  } else {
    return false;
  }
  return true;
}

// A number that may not be negative: the library would read -1 as a very large one.
template <typename Value>
CLI::Option* add_count(CLI::App& app, const char* name, Value& value, const char* description) {
  CLI::Validator not_negative = CLI::NonNegativeNumber;
  not_negative.description("");
  return app.add_option(name, value, description)->check(not_negative)->type_name("NUMBER");
}

// An option whose text `read` turns into a value.
template <typename Value>
CLI::Option* add_read(CLI::App& app, const char* name, Value& value,
                      bool (*read)(const std::string&, Value&), const char* description) {
  return app.add_option_function<std::string>(
      name,
      [&value, read, name](const std::string& text) {
        if (!read(text, value)) throw CLI::ValidationError(name, "\"" + text + "\" is not one");
      },
      description);
}

bool read_tls(const std::string& text, std::optional<core::TlsVersion>& version) {
  if (text != "1.2" && text != "1.3") return false;
  version = text == "1.2" ? core::TlsVersion::k12 : core::TlsVersion::k13;
  return true;
}

void add_load_options(CLI::App& app, Options& options) {
  add_count(app, "--connections", options.connections, "Connections")->capture_default_str();
  add_count(app, "--loops", options.loops, "Event loops, a thread each")->capture_default_str();
  add_read(app, "--duration", options.duration, read_duration, "How long to measure")
      ->type_name("TIME")
      ->default_str("10s");
  add_read(app, "--warmup", options.warmup, read_duration, "Load before that, not counted")
      ->type_name("TIME")
      ->default_str("1s");
  add_count(app, "--requests", options.requests, "Send so many instead, without a warm-up");
  add_count(app, "--rate", options.rate, "Open loop: requests a second in all");
  add_count(app, "--pipeline", options.pipeline, "Requests on the way per connection")
      ->capture_default_str();
  app.add_flag("--close", options.close, "A connection for each request");
  app.add_flag("--discard", options.discard, "Throw bodies away in the kernel (MSG_TRUNC)");
  app.add_flag("--resume", options.resume,
               "With https: each connection resumes the session of the one before");
  add_read(app, "--tls", options.tls, read_tls, "With https: only 1.2 or only 1.3")
      ->type_name("VERSION");
  app.add_option("--from", options.from,
                 "Each connection from the next of this machine's addresses, such as 127.64.0.0/10")
      ->type_name("ADDRESS[/BITS]");
  add_count(app, "--idle", options.idle,
            "Open so many connections, send nothing, keep them for --duration");
  add_count(app, "--slow", options.slow, "Read so many bytes a second per connection");
  app.add_flag("--slow-send", options.slow_send, "With --slow: send slowly instead of reading so");
  add_read(app, "--timeout", options.timeout, read_duration, "Patience with one answer")
      ->type_name("TIME")
      ->default_str("30s");
}

void add_request_options(CLI::App& app, Options& options) {
  app.add_option("--header", options.header, "A field of each request, may be repeated")
      ->type_name("\"NAME: VALUE\"")
      ->allow_extra_args(false);
  app.add_option("--guess", options.guess,
                 "Try to guess a user's password (Basic): a new one with each request")
      ->type_name("USER");
  app.add_option("--method", options.method, "The method")->capture_default_str();
  app.add_option("--expect-status", options.expect_status, "The right status")
      ->capture_default_str();
  add_count(app, "--expect-length", options.expect_length, "The right Content-Length");
  add_read(app, "--expect-digest", options.expect_digest, read_digest,
           "FNV-1a (64 bits) of the right body")
      ->type_name("HEX");
}

}  // namespace

std::variant<Options, int> parse_command_line(int argc, const char* const* argv) {
  Options options;
  CLI::App app("ouro-load loads an HTTP/1.1 server, measures it, and checks what it answers.",
               "ouro-load");
  app.footer(kFooter);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("ouro-load: ") + error.what() + "\nouro-load --help tells more.\n";
  });
  app.add_option(
         "URL", options.urls,
         "http[s]://HOST[:PORT]/PATH of a numeric host or localhost; several are asked for in "
         "turn")
      ->type_name("")
      ->required();
  add_load_options(app, options);
  add_request_options(app, options);
  add_read(app, "--engine", options.engine, read_engine, "auto, io_uring or epoll")
      ->type_name("NAME")
      ->default_str("auto");
  app.add_flag("--json", options.json, "Report as one JSON object");
  app.add_flag("--allow-remote", options.allow_remote, "Load another machine than this one");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Prints help or the error, and knows which of the two it is.
    const int code = app.exit(error, std::cout, std::cerr);
    return code == 0 ? kExitDone : kExitWrongInput;
  }
  return options;
}

}  // namespace loadtest
