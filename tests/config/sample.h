// What the tests of the configuration share: a file that uses every key there is, what a text says,
// and its errors as a user sees them.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

#include "config/loader.h"

namespace config {

inline constexpr std::string_view kSample = R"(// every key there is
{
  "$schema": "https://ouro.example/schema.json",
  "version": 1,
  "listen": [":8080", { "address": "127.0.0.1:9000" }, "[::1]:0", // four
    { "address": ":8443", "tls": true }],
  "tls": { "min_version": "1.3", "ticket_keys": ["tickets/new", "/run/old"] },
  "loops": 4,
  "engine": "epoll",
  "limits": {
    "header_timeout": "5s",
    "body_timeout": "500ms",
    "body_rate": "1KiB/s",
    "send_timeout": "2m",
    "keepalive_timeout": "1h",
    "header_size": "32KiB",
    "header_fields": 50,
    "body_size": 0,
    "connections": "${env:OURO_TEST_UNSET:-1000}",
    "connections_per_address": 20,
  },
  "drain": { "timeout": "8s" },
  "log": { "access": "logs/access.log" },
  /* the first site whose name
     fits answers */
  "sites": [
    {
      "hosts": ["A.example", "*.a.example"],
      "headers": { "X-Frame-Options": "DENY" },
      "cache_control": "no-cache",
      "body_size": "2MiB",
      "access_log": false,
      "auth": { "basic": { "realm": "Docs", "users_file": "users" } },
      "routes": [
        { "path": ["/docs/**", "/*.html"], "files": { "root": "docs", "index": [] } },
        { "path": "/", "methods": ["GET", "HEAD"], "access_log": true, "body_size": 0,
          "headers": { "x-frame-options": null, "A": "b" }, "cache_control": null,
          "files": { "root": "/srv/a", "index": ["index.html", "index.htm"] } },
        { "path": "/old/**", "auth": null, "redirect": { "to": "https://{host}/new{rest}", "status": 301 } },
        { "path": "/gone", "respond": { "status": 410, "body": "$${gone}\n",
            "type": "text/html" } },
      ],
    },
    { "routes": [
        { "path": "/app/**",
          "files": { "root": "app", "strip_prefix": "/app", "fallback": "/index.html",
            "listing": true, "extensions": ["html"], "types": { "GeoJSON": "application/geo+json" },
            "precompressed": ["gzip", "br"], "dotfiles": true, "symlinks": "follow" } },
        { "files": { "root": "../www" } } ] },
    { "hosts": ["a.example"],
      "tls": [ { "certificate": "ec.pem", "key": "ec.key", "stapling": "ec.ocsp" },
        { "certificate": "/tls/rsa.pem", "key": "/tls/rsa.key",
          "client_auth": { "ca": "ca.pem", "mode": "request" } } ],
      "routes": [ { "health": "live" } ] },
  ],
}
)";

// What `text` says, which is right.
inline Loaded loaded_text(std::string_view text, std::string_view directory = "/etc/ouro") {
  CAPTURE(text);
  LoadResult result = load_text(text, "ouro.jsonc", directory);
  const std::string errors = result ? "" : render(result.error());
  REQUIRE(errors == "");
  return std::move(*result);
}

// Everything that is wrong with `text`, rendered; empty when it is right.
inline std::string errors_of(std::string_view text) {
  const LoadResult result = load_text(text, "ouro.jsonc", "/etc/ouro");
  return result ? std::string() : render(result.error());
}

// The same for a right file with `members` in front of its own: `"loops": 0, "engine": "x"`. They
// stand on line 2.
inline std::string errors_of_members(std::string_view members) {
  std::string text = "{\n";
  text += members;
  const bool has_listen = members.find("\"listen\"") != std::string_view::npos;
  text += has_listen ? "" : ",\n\"listen\": [\":80\"]";
  text += ",\n\"sites\": [{ \"routes\": [{ \"files\": { \"root\": \"/srv\" } }] }] }";
  return errors_of(text);
}

// The same for a right file whose "sites" are `sites`. They stand on line 3.
inline std::string errors_of_sites(std::string_view sites) {
  return errors_of("{ \"listen\": [\":80\"],\n\"sites\":\n" + std::string(sites) + "\n}");
}

// The same for a right file with one route of `members`. They stand on line 3 from column 15.
inline std::string errors_of_route(std::string_view members) {
  return errors_of_sites("[{\"routes\": [{" + std::string(members) + "}]}]");
}

// A row of a table: what is read, and a part of the one error that is shown; empty: it is right.
struct Wrong {
  std::string_view text;
  std::string_view error;
};

// Whether `errors` is one error that has `part` in it; none when `part` is empty.
inline bool shows_only(std::string_view errors, std::string_view part) {
  constexpr std::string_view kHeading = ": error: ";
  if (part.empty() || errors.empty()) return part.empty() && errors.empty();
  return errors.find(part) != std::string_view::npos &&
         errors.find(kHeading) == errors.rfind(kHeading);
}

// Fails unless the `errors` of `text` are one with `part` in it; none when `part` is empty.
inline void check_errors(std::string_view text, const std::string& errors, std::string_view part) {
  CAPTURE(text);
  CAPTURE(errors);
  CHECK(shows_only(errors, part));
}

// The same for members that a route may have and a site too.
inline void check_in_route_and_site(std::string_view members, std::string_view part) {
  const std::string text(members);
  check_errors(text, errors_of_route(text + R"(, "respond": {})"), part);
  check_errors(text, errors_of_sites("[{" + text + R"(, "routes": [{"respond": {}}]}])"), part);
}

}  // namespace config
