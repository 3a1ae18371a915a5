// Goal: the mistakes that people make in sites and routes, when they come from another server or
// simply type, each give one message that names the place and the remedy.
// Method: whole small files, each with one mistake and a mark where the message must point.
#include "tests/config/mistake.h"

namespace {

using config::Mistake;

// --- Of sites and their hosts.

constexpr Mistake kSites[] = {
    {"nginx's server", R"({ "listen": [":80"],
  <!>"server": [{ "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"sites\""},
    {"nginx's server_name", R"({ "listen": [":80"],
  "sites": [{ <!>"server_name": "a.example", "routes": [{ "files": { "root": "/srv" } }] }] })",
     "\"hosts\""},
    {"nginx's location", R"({ "listen": [":80"],
  "sites": [{ <!>"location": { "/": { "root": "/srv" } } }] })",
     "\"routes\""},
    {"a root without its route", R"({ "listen": [":80"],
  "sites": [{ "hosts": ["a.example"], <!>"root": "/srv" }] })",
     "\"files\" of \"routes\""},
    {"a host that is no list", R"({ "listen": [":80"],
  "sites": [{ "hosts": <!>"a.example", "routes": [{ "files": { "root": "/srv" } }] }] })",
     "[\"a.example\"]"},
    {"a host with its port", R"({ "listen": [":80"],
  "sites": [{ "hosts": [<!>"a.example:80"], "routes": [{ "files": { "root": "/srv" } }] }] })",
     "without port"},
    {"a host with its scheme", R"({ "listen": [":80"],
  "sites": [{ "hosts": [<!>"https://a.example"], "routes": [{ "files": { "root": "/srv" } }] }] })",
     "without scheme"},
    {"a host for everything", R"({ "listen": [":80"],
  "sites": [{ "hosts": [<!>"*"], "routes": [{ "files": { "root": "/srv" } }] }] })",
     "without \"hosts\""},
    {"nginx's host for everything", R"({ "listen": [":80"],
  "sites": [{ "hosts": [<!>"_"], "routes": [{ "files": { "root": "/srv" } }] }] })",
     "without \"hosts\""},
    {"a host in two sites", R"({ "listen": [":80"], "sites": [
  { "hosts": ["a.example"], "routes": [{ "files": { "root": "/srv/a" } }] },
  { "hosts": ["b.example", <!>"A.example"], "routes": [{ "files": { "root": "/srv/b" } }] },
] })",
     "2:15"},
    {"two sites for every host", R"({ "listen": [":80"], "sites": [
  { "routes": [{ "files": { "root": "/srv/a" } }] },
  <!>{ "routes": [{ "files": { "root": "/srv/b" } }] } ] })",
     "2:3"},
    {"two sites for every host that overlap on one listener",
     R"({ "listen": [":80", ":81"], "sites": [
  { "listen": [":81"], "routes": [{ "files": { "root": "/srv/a" } }] },
  <!>{ "routes": [{ "files": { "root": "/srv/b" } }] } ] })",
     "2:3"},
    {"a site on an address that nobody opens", R"({ "listen": [":80"], "sites": [
  { "listen": [<!>":8080"], "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "\":80\""},
    {"TLS of a site", R"({ "listen": [":80"], "sites": [
  { <!>"tls": { "certificate": "a.pem", "key": "a.key" },
    "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "\"tls\": true"},
    {"an error page of a status that is no error", R"({ "listen": [":80"], "sites": [
  { "error_pages": { <!>"200": "ok.html" }, "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "\"400\""},
    {"two statuses for one error page", R"({ "listen": [":80"], "sites": [
  { "error_pages": { <!>"500 502": "5xx.html" }, "routes": [{ "files": { "root": "/" } }] } ] })",
     "\"400\""},
    {"the sites twice", R"({ "listen": [":80"],
  "sites": [{ "routes": [{ "files": { "root": "/srv" } }] }],
  <!>"sites": [{ "hosts": ["a"], "routes": [{ "files": { "root": "/srv" } }] }] })",
     "2:3"},
    {"a header's name with its colon", R"({ "listen": [":80"], "sites": [
  { "headers": { <!>"X-Frame-Options:": "DENY" }, "routes": [{ "files": { "root": "/" } }] } ] })",
     "X-Frame-Options"},
    {"a header's name with a space", R"({ "listen": [":80"], "sites": [
  { "headers": { <!>"X Frame": "DENY" }, "routes": [{ "files": { "root": "/" } }] } ] })",
     "letters, digits and '-'"},
    {"a header of the message itself", R"({ "listen": [":80"], "sites": [
  { "headers": { <!>"Content-Length": "0" }, "routes": [{ "files": { "root": "/" } }] } ] })",
     "leave it out"},
    {"a header's value as a number", R"({ "listen": [":80"], "sites": [
  { "headers": { "X-Version": <!>1 }, "routes": [{ "files": { "root": "/" } }] } ] })",
     "\"1\""},
    {"headers as lines", R"({ "listen": [":80"], "sites": [
  { "headers": <!>["X-Frame-Options: DENY"], "routes": [{ "files": { "root": "/" } }] } ] })",
     "{\"X-Frame-Options\": \"DENY\"}"},
    {"seconds for Cache-Control", R"({ "listen": [":80"], "sites": [
  { "cache_control": <!>3600, "routes": [{ "files": { "root": "/" } }] } ] })",
     "\"max-age=3600\""},
    {"cookies from everywhere", R"({ "listen": [":80"], "sites": [
  { "cors": { "origins": ["*"], "credentials": <!>true },
    "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "name the origins"},
    {"an origin with a slash", R"({ "listen": [":80"], "sites": [
  { "cors": { "origins": [<!>"https://app.example/"] },
    "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "\"https://app.example\""},
    {"an origin without its scheme", R"({ "listen": [":80"], "sites": [
  { "cors": { "origins": [<!>"app.example"] },
    "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "\"https://app.example\""},
    {"cors for everybody in a word", R"({ "listen": [":80"], "sites": [
  { "cors": <!>true, "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "\"origins\""},
    {"nginx's realm alone", R"({ "listen": [":80"], "sites": [
  { <!>"auth_basic": "Members", "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "\"auth\""},
    {"nginx's users", R"({ "listen": [":80"], "sites": [
  { <!>"auth_basic_user_file": "users", "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "\"users_file\" inside \"basic\" of \"auth\""},
    {"users without basic", R"({ "listen": [":80"], "sites": [
  { "auth": { <!>"users_file": "users" }, "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "inside \"basic\""},
    {"basic without auth", R"({ "listen": [":80"], "sites": [
  { <!>"basic": { "users_file": "users" }, "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "inside \"auth\""},
    {"auth in a word", R"({ "listen": [":80"], "sites": [
  { "auth": <!>"basic", "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "{ \"basic\": { \"users_file\": \"users.htpasswd\" } }"},
    {"no auth, or which", R"({ "listen": [":80"], "sites": [
  { <!>"auth": {}, "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "null for everybody"},
    {"a realm without its users", R"({ "listen": [":80"], "sites": [
  { "auth": { <!>"basic": { "realm": "A" } }, "routes": [{ "files": { "root": "/" } }] } ] })",
     "htpasswd"},
    {"the users themselves", R"({ "listen": [":80"], "sites": [
  { "auth": { "basic": { "users_file": <!>{ "anna": "secret" } } },
    "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "\"users.htpasswd\""},
    {"a line of users", R"({ "listen": [":80"], "sites": [
  { "auth": { "basic": { "users_file": <!>"anna:$2y$10$abc" } },
    "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "\"users.htpasswd\""},
    {"auth for the whole file", R"({ "listen": [":80"],
  <!>"auth": { "basic": { "users_file": "users" } },
  "sites": [ { "routes": [{ "files": { "root": "/srv" } }] } ] })",
     "inside \"sites\""},
};

// --- Of routes.

constexpr Mistake kRoutes[] = {
    {"a regular expression", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": <!>"^/api", "respond": { "status": 404 } } ] }] })",
     "\"/api/**\""},
    {"nginx's regular expression", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": <!>"~ \\.php$", "respond": { "status": 404 } } ] }] })",
     "\"**\""},
    {"a pattern of names", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": <!>"*.php", "respond": { "status": 404 } } ] }] })",
     "\"/**/*.php\""},
    {"a prefix", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": <!>"/static/", "files": { "root": "/srv" } } ] }] })",
     "\"/static/**\""},
    {"stars beside a name", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": <!>"/**.js", "files": { "root": "/srv" } } ] }] })",
     "a segment of its own"},
    {"a query in a pattern", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": <!>"/search?q=*", "files": { "root": "/srv" } } ] }] })",
     "without the query"},
    {"an encoded pattern", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": <!>"/a%20b", "files": { "root": "/srv" } } ] }] })",
     "the character itself"},
    {"a method in lower case", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "methods": [<!>"get"], "files": { "root": "/srv" } } ] }] })",
     "\"GET\""},
    {"no action", R"({ "listen": [":80"], "sites": [{ "routes": [
  <!>{ "path": "/" } ] }] })",
     "\"files\""},
    {"two actions", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": "/srv" }, <!>"redirect": { "to": "/" } } ] }] })",
     "exactly one"},
    {"a proxy", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": "/api/**", <!>"proxy_pass": "http://127.0.0.1:3000" } ] }] })",
     "yet"},
    {"a root beside its files", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": "/", <!>"root": "/srv" } ] }] })",
     "\"files\""},
    {"files that are their root", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": <!>"/srv" } ] }] })",
     "{ \"root\": \"/srv\" }"},
    {"no root", R"({ "listen": [":80"], "sites": [{ "routes": [
  { <!>"files": { "listing": true } } ] }] })",
     "directory"},
    {"null for the root", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": <!>null } } ] }] })",
     "\"/srv/www\""},
    {"an index with a directory", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": "/srv", "index": [<!>"public/index.html"] } } ] }] })",
     "\"index.html\""},
    {"an index that is no list", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": "/srv", "index": <!>"index.html" } } ] }] })",
     "[\"index.html\"]"},
    {"nginx's switch", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": "/srv", "listing": <!>"on" } } ] }] })",
     "write true"},
    {"nginx's autoindex", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": "/srv", <!>"autoindex": true } } ] }] })",
     "\"listing\""},
    {"nginx's try_files", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": "/srv", <!>"try_files": "$uri /index.html" } } ] }] })",
     "\"fallback\""},
    {"a coding by its long name", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": "/srv", "precompressed": [<!>"brotli"] } } ] }] })",
     "\"br\""},
    {"an extension with its dot", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": "/srv", "extensions": [<!>".html"] } } ] }] })",
     "\"html\""},
    {"a fallback without its slash", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": "/srv", "fallback": <!>"index.html" } } ] }] })",
     "\"/index.html\""},
    {"a prefix that no path has", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": "/srv", "strip_prefix": <!>"/app" } } ] }] })",
     "\"path\": \"/app/**\""},
    {"a relative redirect", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": "/a", "redirect": { "to": <!>"new/page" } } ] }] })",
     "\"/\""},
    {"nginx's variables", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "redirect": { "to": <!>"https://a.example$request_uri" } } ] }] })",
     "{uri}"},
    {"a placeholder that is none", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "redirect": { "to": <!>"https://{hostname}/" } } ] }] })",
     "{host}"},
    {"a redirect that is its target", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": "/a", "redirect": <!>"/b" } ] }] })",
     "{ \"to\": \"/b\" }"},
    {"200 for a redirect", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": "/a", "redirect": { "to": "/b", "status": <!>200 } } ] }] })",
     "301"},
    {"an answer that is its status", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": "/a", "respond": <!>404 } ] }] })",
     "{ \"status\": 404 }"},
    {"a status with its reason", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": "/a", "respond": { "status": <!>"404 Not Found" } } ] }] })",
     "write 404"},
    {"a body for 204", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": "/a", "respond": { "status": 204, "body": <!>"ok" } } ] }] })",
     "leave body out"},
    {"a body of JSON", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": "/a", "respond": { "body": <!>{ "ok": true } } } ] }] })",
     "{\\\"ok\\\": true}"},
    {"a health that is none", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "path": "/healthz", "health": <!>true } ] }] })",
     "\"live\""},
    {"a variable that is not set", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": <!>"${env:OURO_TEST_UNSET}/www" } } ] }] })",
     "default"},
    {"a shell's variable", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "files": { "root": <!>"${HOME}/www" } } ] }] })",
     "${env:NAME}"},
    {"a secret that cannot be read", R"({ "listen": [":80"], "sites": [{ "routes": [
  { "respond": { "body": <!>"${file:/nowhere/secret}" } } ] }] })",
     "readable"},
};

}  // namespace

TEST_SUITE("config/mistakes_in_sites") {
  TEST_CASE("of sites and their hosts") { config::check_all(kSites); }
  TEST_CASE("of routes") { config::check_all(kRoutes); }
}
