// Goal: the configurations that we show people are right.
// Method: the sample file, and every jsonc block of the README, go through the loader as they
// stand; the sample is walked along the declaration of the keys. The five configurations that must
// stay short are loaded as they were thought of.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/keys.h"
#include "config/loader.h"

namespace {

const std::string kSourceRoot = OURO_SOURCE_ROOT;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

std::vector<std::string> jsonc_blocks(const std::string& text) {
  const std::string fence = "```jsonc\n";
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    blocks.push_back(text.substr(at, text.find("```", at) - at));
  }
  return blocks;
}

void check_loads(const std::string& text, const std::string& name) {
  const auto config = config::load_text(text, name, "/etc/ouro");
  const std::string errors = config ? "" : config::render(config.error());
  CHECK(errors == "");
}

using config::Key;
using config::Keys;
using config::Node;
using config::Shape;

// Where a file has each key.
class Occurrences {
 public:
  explicit Occurrences(const Node& root) { walk(config::kConfigKeys, root); }

  [[nodiscard]] const std::vector<const Node*>& of(const Key& key) { return nodes_[&key]; }

 private:
  void walk(const Keys& keys, const Node& node) {
    for (const config::Member& member : node.members) {
      const Key* const key = keys.find(member.key);
      REQUIRE(key != nullptr);
      nodes_[key].push_back(&member.value);
      walk(key->shape, member.value);
    }
  }
  void walk(const Shape& shape, const Node& node) {
    if (shape.kind == Shape::Kind::kObject) walk(*shape.keys, node);
    if (shape.kind == Shape::Kind::kEither) {
      const bool fits_other = shape.other->kind == Shape::Kind::kObject
                                  ? node.kind == Node::Kind::kObject
                                  : node.kind == Node::Kind::kList;
      walk(fits_other ? *shape.other : *shape.item, node);
    }
    if (shape.kind != Shape::Kind::kList) return;
    for (const Node& item : node.items) walk(*shape.item, item);
  }

  std::map<const Key*, std::vector<const Node*>> nodes_;
};

void collect(const Keys& keys, std::set<std::pair<const Key*, const Key*>>& tables);
void collect(const Shape& shape, std::set<std::pair<const Key*, const Key*>>& tables) {
  if (shape.keys != nullptr) collect(*shape.keys, tables);
  if (shape.item != nullptr) collect(*shape.item, tables);
  if (shape.other != nullptr) collect(*shape.other, tables);
}
void collect(const Keys& keys, std::set<std::pair<const Key*, const Key*>>& tables) {
  if (!tables.emplace(keys.begin(), keys.end()).second) return;
  for (const Key& key : keys) collect(key.shape, tables);
}

// Each key that there is, from outside to inside.
std::vector<const Key*> every_key() {
  std::set<std::pair<const Key*, const Key*>> tables;
  collect(config::kConfigKeys, tables);
  std::vector<const Key*> all;
  for (const auto& [first, end] : tables) {
    for (const Key* key = first; key != end; ++key) all.push_back(key);
  }
  return all;
}

bool same(const Node& left, const Node& right);

bool same_member(const config::Member& left, const config::Member& right) {
  return left.key == right.key && same(left.value, right.value);
}

bool same(const Node& left, const Node& right) {
  // One pattern may stand without its brackets.
  const bool one = left.kind == Node::Kind::kString && right.items.size() == 1;
  if (one) return same(left, right.items.front());
  return left.kind == right.kind && left.boolean == right.boolean &&
         left.integer == right.integer && left.string == right.string &&
         std::equal(left.items.begin(), left.items.end(), right.items.begin(), right.items.end(),
                    same) &&
         std::equal(left.members.begin(), left.members.end(), right.members.begin(),
                    right.members.end(), same_member);
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("the README's configurations load") {
  const auto blocks = jsonc_blocks(read_file(kSourceRoot + "/README.md"));
  CHECK(!blocks.empty());
  for (const std::string& block : blocks) check_loads(block, "README.md");
}

TEST_CASE("the sample has every key at its default") {
  const std::string text = read_file(kSourceRoot + "/config/sample.jsonc");
  check_loads(text, "sample.jsonc");
  const auto loaded = config::load_text(text, "sample.jsonc", "/etc/ouro");
  REQUIRE(loaded);
  Occurrences occurrences(loaded->files.front()->root);
  for (const Key* key : every_key()) {
    CAPTURE(key->name);
    // In comments: what they name does not exist, or depends on the machine.
    if (is_one_of(key->name, {"$schema", "include", "connections"})) {
      CHECK(text.find("// \"" + std::string(key->name) + "\": ") != std::string::npos);
      continue;
    }
    const auto& nodes = occurrences.of(*key);
    CHECK_FALSE(nodes.empty());
    // An example says more than their defaults.
    const bool shows_example = is_one_of(key->name, {"hosts", "body"}) || key->inherited;
    if (key->standard.empty() || shows_example) continue;
    const auto standard = config::parse_document(key->standard);
    REQUIRE(standard);
    CHECK(std::any_of(nodes.begin(), nodes.end(),
                      [&standard](const Node* node) { return same(*node, *standard); }));
  }
}

TEST_CASE("the sample's last site has nothing but defaults") {
  const auto loaded = config::load_text(read_file(kSourceRoot + "/config/sample.jsonc"),
                                        "sample.jsonc", "/etc/ouro");
  REQUIRE(loaded);
  const config::Route& route = loaded->config.sites.back().routes.back();
  CHECK(route.path == config::Route().path);
  CHECK(route.methods.empty());
  CHECK(route.filters.headers.size() == 1);
  CHECK(std::get<config::Files>(route.action).index == config::Files().index);
}

TEST_CASE("a single-page application") {
  check_loads(R"({ "listen": [":8080"],
  "sites": [ { "headers": { "X-Frame-Options": "DENY" },
    "routes": [
      { "path": "/assets/**", "cache_control": "max-age=31536000, immutable",
        "files": { "root": "dist", "precompressed": ["br", "gzip"] } },
      { "path": "/api/**", "respond": { "status": 404 } },
      { "cache_control": "no-cache",
        "files": { "root": "dist", "fallback": "/index.html" } } ] } ] })",
              "spa.jsonc");
}

// Plain requests go there, but for ACME.
TEST_CASE("TLS sites on one address") {
  check_loads(R"({ "listen": [":80", { "address": ":443", "tls": true }],
  "sites": [
    { "routes": [ { "path": "/.well-known/acme-challenge/**",
                    "files": { "root": "/var/lib/acme" } },
                  { "redirect": { "to": "https://{host}{uri}" } } ] },
    { "hosts": ["a.example"], "tls": { "certificate": "a.pem", "key": "a.key" },
      "routes": [ { "files": { "root": "/srv/a" } } ] },
    { "hosts": ["b.example"], "tls": { "certificate": "b.pem", "key": "b.key" },
      "routes": [ { "files": { "root": "/srv/b" } } ] } ] })",
              "two.jsonc");
}

TEST_CASE("protected downloads") {
  check_loads(R"({ "listen": [ { "address": ":443", "tls": true } ],
  "sites": [ { "hosts": ["dl.example"], "tls": { "certificate": "dl.pem", "key": "dl.key" },
    "auth": { "basic": { "realm": "Downloads", "users_file": "users.htpasswd" } },
    "routes": [ { "path": "/files/**",
      "files": { "root": "/data", "strip_prefix": "/files", "listing": true } } ] } ] })",
              "downloads.jsonc");
}

TEST_CASE("behind a load balancer") {
  check_loads(
      R"({ "listen": [ { "address": ":8080", "proxy_protocol": ["10.0.0.0/8"] } ],
  "admin": { "address": ":9180" },
  "limits": { "keepalive_timeout": "620s" }, "log": { "format": "json" },
  "sites": [ { "routes": [ { "path": "/ready", "health": "ready", "access_log": false },
    { "files": { "root": "/srv" } } ] } ] })",
      "balanced.jsonc");
}

TEST_CASE("the image's default") {
  check_loads(
      R"({ "listen": [":8080"],
  "admin": { "address": "${env:OURO_ADMIN:-127.0.0.1:9180}" }, "drain": { "timeout": "8s" },
  "sites": [ { "routes": [ { "files": { "root": "/srv" } } ] } ] })",
      "image.jsonc");
}
