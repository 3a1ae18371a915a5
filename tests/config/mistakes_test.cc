// Goal: the mistakes that people make in a file's form and in the keys of the server, when they
// come from another one or simply type, each give one message that names the place and the remedy.
// Method: whole small files, each with one mistake and a mark where the message must point.
#include "tests/config/mistake.h"

namespace {

using config::Mistake;

// --- Of form.

constexpr Mistake kForms[] = {
    {"a comma is missing",
     R"({
  "listen": [":8080"<!>]
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }]
})",
     "comma"},
    {"a comma too many",
     R"({
  "listen": [":8080",<!>, ":8081"],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }]
})",
     "one comma"},
    {"single quotes", R"({ <!>'listen': [':8080'], 'sites': [] })", "double quotes"},
    {"a single-quoted value",
     R"({ "listen": [<!>':8080'],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "double quotes"},
    {"a key without quotes",
     R"({
  <!>listen: [":8080"],
  sites: [{ routes: [{ files: { root: "/srv" } }] }],
})",
     "\"listen\""},
    {"a value without quotes",
     R"({ "listen": [":8080"], "engine": <!>epoll,
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "double quotes"},
    {"'=' for ':'", R"({ <!>"listen" = [":8080"], "sites": [] })", "\"key\": value"},
    {"a brace that is not closed",
     R"(// site
<!>{
  "listen": [":8080"],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }]
)",
     "'}'"},
    {"a brace that is not closed, inside",
     R"({ "listen": [":8080"],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } <!>] }] })",
     "'{'"},
    {"a brace too many",
     R"({
  "listen": [":8080"],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }]
}
<!>})",
     "too many"},
    {"something behind the end",
     R"({ "listen": [":8080"], "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] }
<!>"engine": "epoll")",
     "one value"},
    {"a comment of a shell",
     R"({ "listen": [":8080"], <!># every address
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "//"},
    {"a comment that is not closed",
     R"({ "listen": [":8080"], <!>/* every address
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "*/"},
    {"a string that is not closed",
     R"({ "listen": [<!>":8080],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "same line"},
    {"a path of Windows",
     R"({ "listen": [":8080"],
  "sites": [{ "routes": [{ "files": { "root": "C:<!>\web" } }] }] })",
     "\\\\"},
    {"Python's word",
     R"({ "listen": [":8080"], "sites": [{ "access_log": <!>True,
  "routes": [{ "files": { "root": "/srv" } }] }] })",
     "true"},
    {"an empty file", "<!>", "an object"},
};

// --- Of the server.

constexpr Mistake kServer[] = {
    {"a port for the list",
     R"({ "listen": <!>8080, "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "[\":8080\"]"},
    {"a port as a number",
     R"({ "listen": [<!>8080], "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\":8080\""},
    {"a port alone",
     R"({ "listen": [<!>"8080"], "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\":8080\""},
    {"an address that is no list",
     R"({ "listen": <!>":80", "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "[\":80\"]"},
    {"a name to listen on",
     R"({ "listen": [<!>"localhost:80"],
  "sites": [{ "routes": [{ "files": { "root": "/" } }] }] })",
     "\"127.0.0.1:80\""},
    {"a URL to listen on",
     R"({ "listen": [<!>"http://0.0.0.0"], "sites": [{ "routes": [{ "files": { "root": "/" } }] }] })",
     "\":8080\""},
    {"a star to listen on",
     R"({ "listen": [<!>"*:80"], "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\":80\""},
    {"no port",
     R"({ "listen": [<!>"127.0.0.1"], "sites": [{ "routes": [{ "files": { "root": "/" } }] }] })",
     "\"127.0.0.1:8080\""},
    {"a key for the port",
     R"({ "listen": [{ <!>"port": 8080 }],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"address\""},
    {"TLS of a listener",
     R"({ "listen": [{ "address": ":443", <!>"ssl": true }],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "no HTTPS yet"},
    {"an address twice",
     R"({ "listen": ["127.0.0.1:80", { "address": <!>"127.0.0.1:80" }],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "1:14"},
    {"the admin on a listener's address",
     R"({ "listen": [":9180"], "admin": { "address": <!>":9180" },
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "1:14"},
    {"an admin address with a slip",
     R"({ "listen": [":80"], "admin": { "address": <!>"127.0.0.1.9180" },
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"127.0.0.1:"},
    {"an admin that is its address",
     R"({ "listen": [":80"], "admin": <!>":9180",
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "{ \"address\": \":9180\" }"},
    {"PROXY from everybody",
     R"({ "listen": [{ "address": ":80", "proxy_protocol": <!>true }],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "[\"10.0.0.0/8\"]"},
    {"a network with the address of a host",
     R"({ "listen": [{ "address": ":80", "trusted_proxies": [<!>"10.1.2.3/8"] }],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"10.0.0.0/8\""},
    {"an engine that is none",
     R"({ "listen": [":80"], "engine": <!>"kqueue",
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"epoll\""},
    {"a number as a string",
     R"({ "listen": [":80"], "loops": <!>"4",
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "write 4"},
    {"nginx's workers",
     R"({ "listen": [":80"], <!>"worker_processes": 4,
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"loops\""},
    {"a timeout without a unit",
     R"({ "listen": [":80"], "limits": { "header_timeout": <!>"30" },
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"30s\""},
    {"a timeout as a number",
     R"({ "listen": [":80"], "limits": { "keepalive_timeout": <!>75 },
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"30s\""},
    {"nginx's size",
     R"({ "listen": [":80"], "limits": { "header_size": <!>"16k" },
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"16KiB\""},
    {"a number that is too large",
     R"({ "listen": [":80"], "limits": { "connections": <!>10000000 },
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "to 1000000"},
    {"a limit in the wrong place",
     R"({ "listen": [":80"], <!>"keepalive_timeout": "75s",
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"limits\""},
    {"a log in the working directory",
     R"({ "listen": [":80"], "log": { "access": <!>"access.log" },
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"./access.log\""},
    {"a log that is its path",
     R"({ "listen": [":80"], "log": <!>"/var/log/access.log",
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "{ \"access\": \"/var/log/access.log\" }"},
    {"a format of the future",
     R"({ "version": <!>2, "listen": [":80"],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "version 1"},
    {"a file to include that is missing",
     R"({ "listen": [":80"], "include": [<!>"sites.jsonc"],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "must exist"},
    {"a pattern that is no list", R"({ "listen": [":80"], "include": <!>"sites/*.jsonc" })",
     "[\"sites/*.jsonc\"]"},
    {"no sites", R"(<!>{ "listen": [":80"] })", "\"include\""},
};

}  // namespace

TEST_SUITE("config/mistakes") {
  TEST_CASE("of form") { config::check_all(kForms); }
  TEST_CASE("of the server") { config::check_all(kServer); }
}
