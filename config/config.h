// The configuration as values: what a file turns into once it is known to be right. Plain structs
// with their defaults; immutable once loaded and shared by reference between threads. Nothing else
// in the program reads JSON. Keys and rules: README.md and the schema; names here are the keys'
// names.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/address_block.h"

namespace config {

enum class Engine : std::uint8_t { kAuto, kIoUring, kEpoll };

// Where a value stands in the file, for errors that only show at start (a root that is missing,
// say).
struct Place {
  std::string file;  // empty: the command line
  std::size_t line = 0;
  std::size_t column = 0;

  // It is no part of the value.
  bool operator==(const Place& /*other*/) const { return true; }
};

// A file that others read, and where it is named.
struct PlacedPath {
  std::string path;  // absolute
  Place place;

  bool operator==(const PlacedPath&) const = default;
};

// "127.0.0.1:8080", "[::1]:80", ":80" (dual stack), "unix:/run/ouro.sock".
struct ListenAddress {
  std::string host;  // numeric IPv4 or IPv6 without brackets; empty = every address, dual stack
  std::uint16_t port = 0;
  std::string unix_path;  // absolute; unless it is empty, host and port mean nothing
  std::string text;       // as written, for messages
  Place place;

  bool operator==(const ListenAddress& other) const {
    return host == other.host && port == other.port && unix_path == other.unix_path;
  }
};

// Who is on the other side of a connection: "10.0.0.0/8", "::1", "unix:".
struct PeerList {
  std::vector<core::AddressBlock> blocks;
  bool unix_sockets = false;

  [[nodiscard]] bool empty() const { return blocks.empty() && !unix_sockets; }
  bool operator==(const PeerList&) const = default;
};

// kSelfSigned is for development: with a certificate that the server makes itself.
enum class ListenTls : std::uint8_t { kOff, kOn, kSelfSigned };

struct Listen {
  ListenAddress address;
  ListenTls tls = ListenTls::kOff;
  PeerList proxy_protocol;   // who must send PROXY v1 or v2; empty: nobody may
  PeerList trusted_proxies;  // whose client_ip_header is believed
  std::string client_ip_header = "X-Forwarded-For";

  bool operator==(const Listen&) const = default;
};

inline constexpr std::uint16_t kAdminPort = 9180;

struct Admin {
  // nullopt: none.
  std::optional<ListenAddress> address =
      ListenAddress{"127.0.0.1", kAdminPort, {}, "127.0.0.1:9180", {}};
  bool is_default = true;  // nobody asked for it, so it may be taken by another

  bool operator==(const Admin&) const = default;
};

struct Lanes {
  struct Files {
    std::size_t threads = 0;  // of one root; 0: auto
    std::size_t queue = 0;    // jobs of one root that wait; 0: auto

    bool operator==(const Files&) const = default;
  };
  struct Tls {
    std::size_t threads = 0;  // of all handshakes; 0: auto
    std::size_t queue = 0;    // handshakes that wait; 0: auto

    bool operator==(const Tls&) const = default;
  };
  struct Auth {
    std::size_t threads = 0;  // of all passwords; 0: auto
    std::size_t queue = 0;    // passwords that wait; 0: auto

    bool operator==(const Auth&) const = default;
  };
  Files files;
  Tls tls;
  Auth auth;

  bool operator==(const Lanes&) const = default;
};

enum class TlsVersion : std::uint8_t { k12, k13 };  // "1.2", "1.3"

// Of all listeners with TLS.
struct Tls {
  TlsVersion min_version = TlsVersion::k12;
  std::vector<PlacedPath> ticket_keys;  // empty: random and rotating

  bool operator==(const Tls&) const = default;
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

  bool operator==(const Limits&) const = default;
};

// --- What a route does: exactly one of these.

enum class Symlinks : std::uint8_t { kInside, kFollow };
enum class Coding : std::uint8_t { kBrotli, kZstandard, kGzip };  // "br", "zstd", "gzip"

struct Files {
  std::string root;          // absolute
  std::string strip_prefix;  // "" or "/a/b": taken off the path first
  std::vector<std::string> index{"index.html"};
  bool listing = false;                      // of directories without an index
  std::string fallback;                      // "" or a path below the root, for what is missing
  std::vector<std::string> extensions;       // without their dot: "/a" finds a.html
  std::vector<Coding> precompressed;         // siblings to look for, in the order of preference
  std::map<std::string, std::string> types;  // lower-case extension without dot -> media type
  bool dotfiles = false;
  Symlinks symlinks = Symlinks::kInside;
  Place place;  // of the value of "root"

  bool operator==(const Files&) const = default;
};

struct Redirect {
  std::string to;  // with placeholders: {scheme} {host} {path} {query} {uri} {rest}
  int status = 308;

  bool operator==(const Redirect&) const = default;
};

struct Respond {
  int status = 200;
  std::string body;
  std::string type = "text/plain; charset=utf-8";

  bool operator==(const Respond&) const = default;
};

enum class Health : std::uint8_t { kLive, kReady };

using Action = std::variant<Files, Redirect, Respond, Health>;

// --- What holds for all answers of a route.

struct HeaderChange {
  std::string name;                  // as written; a field-name of RFC 9110 5.1
  std::optional<std::string> value;  // nullopt: the field is not sent

  bool operator==(const HeaderChange&) const = default;
};

struct Cors {
  std::vector<std::string> origins;  // "https://app.example"; "*" alone is any
  std::vector<std::string> methods{"GET", "HEAD", "POST"};
  std::vector<std::string> headers;  // that a request may carry; "*" alone is any
  bool credentials = false;
  std::chrono::seconds max_age{0};  // of a preflight's answer; 0: the browser's default

  bool operator==(const Cors&) const = default;
};

// Who may come in: the users of a file, by their passwords (RFC 7617).
struct BasicAuth {
  PlacedPath users_file;
  std::string realm = "Restricted";  // UTF-8 without control characters, not empty
  Place place{};                     // of the key "basic"

  bool operator==(const BasicAuth&) const = default;
};

// After inheritance: nobody else has to look at the site.
struct Filters {
  std::vector<HeaderChange> headers{{"X-Content-Type-Options", "nosniff"}};
  std::optional<std::string> cache_control;
  std::optional<Cors> cors;
  std::optional<BasicAuth> basic_auth;   // of a health route: only when it stands there itself
  std::optional<std::size_t> body_size;  // nullopt: limits.body_size
  bool access_log = true;
  bool server_timing = false;

  bool operator==(const Filters&) const = default;
};

struct Route {
  std::vector<std::string> path{"/**"};  // patterns, validated: see server/dispatch
  std::vector<std::string> methods;      // upper case; empty: any that the action knows
  Action action = Files{};
  Filters filters;
  Place place;

  bool operator==(const Route&) const = default;
};

struct KeyPair {
  PlacedPath certificate;  // the chain, the server's own first
  PlacedPath key;
  std::optional<PlacedPath> stapling;  // an OCSP response as DER

  bool operator==(const KeyPair&) const = default;
};

struct ClientAuth {
  enum class Mode : std::uint8_t { kRequire, kRequest };  // "require", "request"
  PlacedPath ca;
  Mode mode = Mode::kRequire;
  Place place;

  bool operator==(const ClientAuth&) const = default;
};

struct SiteTls {
  std::vector<KeyPair> certificates;  // at least one; several differ in the kind of their key
  std::optional<ClientAuth> client_auth;

  bool operator==(const SiteTls&) const = default;
};

struct Site {
  std::vector<std::string> hosts;  // lower case; empty = the default site. "*.x" is one label
  std::vector<Route> routes;
  // Indices of Config::listen, after all rules; empty: all of them.
  std::vector<std::size_t> listen{};
  Filters filters{};                        // of answers that no route gives
  std::map<int, PlacedPath> error_pages{};  // by status
  Place place{};
  std::optional<SiteTls> tls{};

  bool operator==(const Site&) const = default;
};

// Where a log goes.
struct LogTarget {
  enum class Kind : std::uint8_t { kNone, kStdout, kStderr, kFile };
  Kind kind = Kind::kStdout;
  std::string path;  // absolute, for kFile

  bool operator==(const LogTarget&) const = default;
};

enum class LogFormat : std::uint8_t { kJson };

struct Log {
  LogTarget access;
  LogFormat format = LogFormat::kJson;  // of the access log

  bool operator==(const Log&) const = default;
};

struct Drain {
  std::chrono::milliseconds timeout{25'000};
  // Beforehand: not ready, but still accepting, so that a balancer can look elsewhere first.
  std::chrono::milliseconds delay{0};

  bool operator==(const Drain&) const = default;
};

struct Config {
  std::vector<Listen> listen;
  Admin admin;
  Engine engine = Engine::kAuto;
  std::size_t loops = 0;  // 0: as many as CPUs are really given
  Lanes lanes;
  Tls tls;
  Limits limits;
  Log log;
  Drain drain;
  std::vector<Site> sites;

  bool operator==(const Config&) const = default;
};

}  // namespace config
