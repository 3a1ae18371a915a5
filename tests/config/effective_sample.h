// A configuration of two files, and what it amounts to, without the folder that they are in.
#pragma once

#include <string_view>

namespace config {

inline constexpr std::string_view kMain = R"({
  "listen": [":8080", { "address": "unix:s", "trusted_proxies": ["unix:", "::1"] }],
  "include": ["sites/*.jsonc"],
  "admin": { "address": "${env:OURO_TEST_UNSET:-[::1]:9}" },
  "loops": "${env:OURO_TEST_UNSET:-007}",
  "limits": { "body_size": 0, "connections": 5 },
  "log": { "access": "./access.log" },
  "sites": [
    { "hosts": ["a.example"],
      "headers": { "X-A": "1" },
      "cache_control": "no-cache",
      "cors": { "origins": ["https://b.example"] }, "auth": { "basic": { "users_file": "u" } },
      "routes": [
        { "path": "/a/**", "headers": { "x-a": null }, "cache_control": null,
          "files": { "root": "www", "types": { "x": "a/b" } } },
        { "cors": null, "health": "live" } ] } ]
}
)";

inline constexpr std::string_view kIncluded = R"(
{ "$schema": "site.json", "listen": [":8080"], "body_size": "1KiB",
  "error_pages": { "404": "404.html" },
  "routes": [ { "methods": ["GET"], "redirect": { "to": "/" } } ] }
)";

inline constexpr std::string_view kExpected =
    R"(// /ouro.jsonc with every default. Behind each value is where it stands.
{
  "version": 1,   // default
  "include": [],  // /ouro.jsonc:3:3, its sites stand below
  "listen": [  // /ouro.jsonc:2:3
    {  // /ouro.jsonc:2:14
      "address": ":8080",                     // /ouro.jsonc:2:14
      "tls": false,                           // default
      "proxy_protocol": [],                   // default
      "trusted_proxies": [],                  // default
      "client_ip_header": "X-Forwarded-For",  // default
    },
    {  // /ouro.jsonc:2:23
      "address": "unix:/s",                   // /ouro.jsonc:2:25
      "tls": false,                           // default
      "proxy_protocol": [],                   // default
      "trusted_proxies": ["unix:", "::1"],    // /ouro.jsonc:2:46
      "client_ip_header": "X-Forwarded-For",  // default
    },
  ],
  "admin": {
    "address": "[::1]:9",  // /ouro.jsonc:4:14, ${env:OURO_TEST_UNSET:-[::1]:9}
  },
  "engine": "auto",  // default
  "loops": 7,        // /ouro.jsonc:5:3, ${env:OURO_TEST_UNSET:-007}
  "lanes": {
    "files": {
      "threads": "auto",  // default
      "queue": "auto",    // default
    },
    "tls": {
      "threads": "auto",  // default
      "queue": "auto",    // default
    },
    "auth": {
      "threads": "auto",  // default
      "queue": "auto",    // default
    },
  },
  "tls": {
    "min_version": "1.2",  // default
    "ticket_keys": [],     // default
  },
  "limits": {  // /ouro.jsonc:6:3
    "header_timeout": "10s",          // default
    "body_timeout": "20s",            // default
    "body_rate": "240B/s",            // default
    "send_timeout": "60s",            // default
    "keepalive_timeout": "75s",       // default
    "header_size": "16KiB",           // default
    "header_fields": 100,             // default
    "body_size": 0,                   // /ouro.jsonc:6:15
    "connections": 5,                 // /ouro.jsonc:6:31
    "connections_per_address": null,  // default
  },
  "drain": {
    "timeout": "25s",  // default
    "delay": "0s",     // default
  },
  "log": {  // /ouro.jsonc:7:3
    "access": "/access.log",  // /ouro.jsonc:7:12
    "format": "json",         // default
  },
  "sites": [  // /ouro.jsonc:8:3
    {  // /ouro.jsonc:9:5
      "hosts": ["a.example"],  // /ouro.jsonc:9:7
      // "listen" is not set
      // "tls" is not set
      "error_pages": {},  // default
      "headers": {
        "X-Content-Type-Options": "nosniff",  // default
        "X-A": "1",                           // /ouro.jsonc:10:20
      },
      "cache_control": "no-cache",  // /ouro.jsonc:11:7
      "cors": {  // /ouro.jsonc:12:7
        "origins": ["https://b.example"],    // /ouro.jsonc:12:17
        "methods": ["GET", "HEAD", "POST"],  // default
        "headers": [],                       // default
        "credentials": false,                // default
        "max_age": "0s",                     // default
      },
      "auth": {  // /ouro.jsonc:12:53
        "basic": {  // /ouro.jsonc:12:63
          "users_file": "/u",     // /ouro.jsonc:12:74
          "realm": "Restricted",  // default
        },
      },
      "body_size": null,   // default
      "access_log": true,  // default
      "server_timing": false,  // default
      "routes": [  // /ouro.jsonc:13:7
        {  // /ouro.jsonc:14:9
          "path": "/a/**",  // /ouro.jsonc:14:11
          // "methods" is not set
          "headers": {
            "X-Content-Type-Options": "nosniff",  // default
            "x-a": null,                          // /ouro.jsonc:14:41
          },
          "cache_control": null,  // /ouro.jsonc:14:56
          "cors": {  // site, /ouro.jsonc:12:7
            "origins": ["https://b.example"],    // site, /ouro.jsonc:12:17
            "methods": ["GET", "HEAD", "POST"],  // default
            "headers": [],                       // default
            "credentials": false,                // default
            "max_age": "0s",                     // default
          },
          "auth": {  // site, /ouro.jsonc:12:53
            "basic": {  // site, /ouro.jsonc:12:63
              "users_file": "/u",     // site, /ouro.jsonc:12:74
              "realm": "Restricted",  // default
            },
          },
          "body_size": null,   // default
          "access_log": true,  // default
          "server_timing": false,  // default
          "files": {  // /ouro.jsonc:15:11
            "root": "/www",           // /ouro.jsonc:15:22
            "strip_prefix": "",       // default
            "index": ["index.html"],  // default
            "listing": false,         // default
            "fallback": null,         // default
            "extensions": [],         // default
            "precompressed": [],      // default
            "types": {  // /ouro.jsonc:15:37
              "x": "a/b",  // /ouro.jsonc:15:48
            },
            "dotfiles": false,     // default
            "symlinks": "inside",  // default
          },
        },
        {  // /ouro.jsonc:16:9
          "path": ["/**"],  // default
          // "methods" is not set
          "headers": {
            "X-Content-Type-Options": "nosniff",  // default
            "X-A": "1",                           // site, /ouro.jsonc:10:20
          },
          "cache_control": "no-cache",  // site, /ouro.jsonc:11:7
          "cors": null,                 // /ouro.jsonc:16:11
          "auth": null,                 // default of health
          "body_size": null,            // default
          "access_log": true,           // default
          "server_timing": false,           // default
          "health": "live",             // /ouro.jsonc:16:25
        },
      ],
    },
    {  // /sites/b.jsonc:2:1
      "hosts": [],          // default
      "listen": [":8080"],  // /sites/b.jsonc:2:27
      // "tls" is not set
      "error_pages": {  // /sites/b.jsonc:3:3
        "404": "/sites/404.html",  // /sites/b.jsonc:3:20
      },
      "headers": {
        "X-Content-Type-Options": "nosniff",  // default
      },
      "cache_control": null,  // default
      "cors": null,           // default
      "auth": null,           // default
      "body_size": "1KiB",    // /sites/b.jsonc:2:48
      "access_log": true,     // default
      "server_timing": false,     // default
      "routes": [  // /sites/b.jsonc:4:3
        {  // /sites/b.jsonc:4:15
          "path": ["/**"],     // default
          "methods": ["GET"],  // /sites/b.jsonc:4:17
          "headers": {
            "X-Content-Type-Options": "nosniff",  // default
          },
          "cache_control": null,  // default
          "cors": null,           // default
          "auth": null,           // default
          "body_size": "1KiB",    // site, /sites/b.jsonc:2:48
          "access_log": true,     // default
          "server_timing": false,     // default
          "redirect": {  // /sites/b.jsonc:4:37
            "to": "/",      // /sites/b.jsonc:4:51
            "status": 308,  // default
          },
        },
      ],
    },
  ],
}
)";

}  // namespace config
