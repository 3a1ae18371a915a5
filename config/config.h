// The configuration as values: what a file turns into once it is known to be right. Plain structs
// with their defaults; immutable once loaded and shared by reference between threads. Nothing else
// in the program reads JSON. Keys and rules: README.md and the schema; names here are the keys'
// names.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace config {

enum class Engine : std::uint8_t { kAuto, kIoUring, kEpoll };

// Where a value stands in the file, for errors that only show at start (a root that is missing,
// say).
struct Place {
  std::string file;  // empty: the command line
  std::size_t line = 0;
  std::size_t column = 0;
};

// "127.0.0.1:8080", "[::1]:80", ":80" (dual stack).
struct ListenAddress {
  std::string host;  // numeric IPv4 or IPv6 without brackets; empty = every address, dual stack
  std::uint16_t port = 0;
  std::string text;  // as written, for messages
  Place place;
};

struct Limits {
  std::chrono::milliseconds header_timeout{10'000};     // whole header, from its first byte
  std::chrono::milliseconds body_timeout{20'000};       // between two reads of a body
  std::size_t body_rate = 240;                          // bytes a second at least; 0: no minimum
  std::chrono::milliseconds send_timeout{60'000};       // without progress
  std::chrono::milliseconds keepalive_timeout{75'000};  // between two requests
  std::size_t header_size = std::size_t{16} * 1024;     // bytes; more is 431
  std::size_t header_fields = 100;                      // more is 431
  std::size_t body_size = std::size_t{1024} * 1024;     // bytes; more is 413
  std::size_t connections = 0;                          // 0: 80 % of the file descriptor limit
  std::size_t connections_per_address = 0;              // 0: no limit
};

struct Files {
  std::string root;  // absolute
  std::vector<std::string> index{"index.html"};
  Place place;  // of the value of "root"
};

struct Route {
  std::vector<std::string> path{"/**"};  // patterns, validated: see server/dispatch
  Files files;
};

struct Site {
  std::vector<std::string> hosts;  // lower case; empty = the default site. "*.x" is one label
  std::vector<Route> routes;
};

// Where a log goes.
struct LogTarget {
  enum class Kind : std::uint8_t { kNone, kStdout, kStderr, kFile };
  Kind kind = Kind::kStdout;
  std::string path;  // absolute, for kFile
};

struct Log {
  LogTarget access;
};

struct Drain {
  std::chrono::milliseconds timeout{25'000};
};

struct Config {
  std::vector<ListenAddress> listen;
  Engine engine = Engine::kAuto;
  std::size_t loops = 0;  // 0: as many as CPUs are really given
  Limits limits;
  Log log;
  Drain drain;
  std::vector<Site> sites;
};

}  // namespace config
