// Goal: the declarations and the readers agree: a key that is declared is read, and its default is
// what the readers leave. Method: along all of the tables, each key set to a value of a wrong kind
// in a right file must be one error at that value; then each key set to its declared default must
// be right.
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/keys.h"
#include "config/loader.h"
#include "tests/config/sample.h"

namespace {

using Kind = config::Shape::Kind;

// One place where the keys of a table may stand: a right file around the members of its object.
struct Table {
  std::string_view name;
  const config::Keys& keys;
  std::string before;
  std::string_view after;
  std::vector<std::string_view> others;  // the object's required members
};

constexpr std::string_view kSites = R"("sites": [{"routes": [{"respond": {}}]}])";
constexpr std::string_view kRoute = R"({"listen": [":80"], "sites": [{"routes": [{)";

std::vector<Table> tables() {
  const std::string section = R"({"listen": [":80"], )" + std::string(kSites) + ", ";
  const std::string listen = "{" + std::string(kSites) + R"(, "listen": [{)";
  const std::string drain = section + R"("drain": {)";
  const std::string admin = section + R"("admin": {)";
  const std::string lanes = section + R"("lanes": {)";
  const std::string lane = section + R"("lanes": {"files": {)";
  const std::string tls_lane = section + R"("lanes": {"tls": {)";
  const std::string auth_lane = section + R"("lanes": {"auth": {)";
  const std::string tls = section + R"("tls": {)";
  const std::string limits = section + R"("limits": {)";
  const std::string log = section + R"("log": {)";
  const std::string cors = std::string(kRoute) + R"("respond": {}, "cors": {)";
  const std::string auth = std::string(kRoute) + R"("respond": {}, "auth": {)";
  const std::string basic = auth + R"("basic": {)";
  const std::string files = std::string(kRoute) + R"("files": {)";
  const std::string redirect = std::string(kRoute) + R"("redirect": {)";
  const std::string respond = std::string(kRoute) + R"("respond": {)";
  constexpr std::string_view kEnd = "}}]}]}";
  const std::string site_tls = R"({"listen": [{"address": ":443", "tls": true}], )"
                               R"("sites": [{"routes": [{"respond": {}}], "tls": {)";
  const std::string client_auth = site_tls + R"("certificate": "a", "key": "b", "client_auth": {)";
  return {
      {"config", config::kConfigKeys, "{", "}", {}},
      {"listen", config::kListenKeys, listen, "}]}", {R"("address": ":80")"}},
      {"admin", config::kAdminKeys, admin, "}}", {}},
      {"lanes", config::kLanesKeys, lanes, "}}", {}},
      {"lanes.files", config::kFilesLaneKeys, lane, "}}}", {}},
      {"lanes.tls", config::kTlsLaneKeys, tls_lane, "}}}", {}},
      {"lanes.auth", config::kAuthLaneKeys, auth_lane, "}}}", {}},
      {"tls", config::kTlsKeys, tls, "}}", {}},
      {"limits", config::kLimitsKeys, limits, "}}", {}},
      {"log", config::kLogKeys, log, "}}", {}},
      {"drain", config::kDrainKeys, drain, "}}", {}},
      {"site",
       config::kSiteKeys,
       R"({"listen": [":80"], "sites": [{)",
       "}]}",
       {R"("routes": [{"respond": {}}])"}},
      {"site.tls",
       config::kSiteTlsKeys,
       site_tls,
       "}}]}",
       {R"("certificate": "a.pem")", R"("key": "a.key")"}},
      {"client_auth", config::kClientAuthKeys, client_auth, "}}}]}", {R"("ca": "a.pem")"}},
      {"route", config::kRouteKeys, std::string(kRoute), "}]}]}", {R"("respond": {})"}},
      {"cors", config::kCorsKeys, cors, kEnd, {R"("origins": ["*"])"}},
      {"auth", config::kAuthKeys, auth, kEnd, {R"("basic": null)"}},
      {"basic", config::kBasicAuthKeys, basic, "}}}]}]}", {R"("users_file": "a")"}},
      {"files", config::kFilesKeys, files, kEnd, {R"("root": "/")"}},
      {"redirect", config::kRedirectKeys, redirect, kEnd, {R"("to": "/")"}},
      {"respond", config::kRespondKeys, respond, kEnd, {}},
  };
}

bool is_action(std::string_view key) {
  return key == "files" || key == "redirect" || key == "respond" || key == "health";
}

// A right file in which only `key` has the given value.
std::string file_with(const Table& table, const config::Key& key, std::string_view value) {
  std::string text(table.before);
  text += "\n\"" + std::string(key.name) + "\": " + std::string(value) + "\n";
  const std::string quoted = "\"" + std::string(key.name) + "\"";
  const bool replaces_action = table.name == "route" && is_action(key.name);
  for (const std::string_view other : table.others) {
    if (!other.starts_with(quoted) && !replaces_action) text += ", " + std::string(other);
  }
  if (table.name == "config") {
    if (key.name != "listen") text += R"(, "listen": [":80"])";
    if (key.name != "sites") text += ", " + std::string(kSites);
  }
  return text + std::string(table.after);
}

// No key of ours takes this.
std::string_view wrong_value(const config::Shape& shape) {
  return shape.kind == Kind::kList || shape.kind == Kind::kEither ? "7" : "[]";
}

// Every table that can be reached from these keys.
void collect(const config::Keys& keys, std::set<const config::Key*>& found);
void collect(const config::Shape& shape, std::set<const config::Key*>& found) {
  if (shape.keys != nullptr) collect(*shape.keys, found);
  if (shape.item != nullptr) collect(*shape.item, found);
  if (shape.other != nullptr) collect(*shape.other, found);
}
void collect(const config::Keys& keys, std::set<const config::Key*>& found) {
  if (!found.insert(keys.begin()).second) return;
  for (const config::Key& key : keys) collect(key.shape, found);
}

}  // namespace

TEST_SUITE("config/loader_keys") {
  TEST_CASE("this test knows every table") {
    std::set<const config::Key*> reached;
    collect(config::kConfigKeys, reached);
    std::set<const config::Key*> tested;
    for (const Table& table : tables()) tested.insert(table.keys.begin());
    CHECK(reached == tested);
  }

  TEST_CASE("every key is read: a value of a wrong kind is one error, at its line and column") {
    for (const Table& table : tables()) {
      for (const config::Key& key : table.keys) {
        CAPTURE(table.name);
        CAPTURE(key.name);
        const std::string errors = config::errors_of(file_with(table, key, wrong_value(key.shape)));
        CAPTURE(errors);
        const auto column = std::to_string(key.name.size() + 5);
        CHECK(config::shows_only(errors, "ouro.jsonc:2:" + column + ": error: "));
        CHECK(errors.find(key.name) != std::string::npos);
      }
    }
  }

  TEST_CASE("every default is right") {
    for (const Table& table : tables()) {
      for (const config::Key& key : table.keys) {
        if (key.standard.empty()) continue;
        CAPTURE(table.name);
        CAPTURE(key.name);
        CHECK(config::errors_of(file_with(table, key, key.standard)) == "");
      }
    }
  }

  TEST_CASE("null is taken exactly where it is declared") {
    for (const Table& table : tables()) {
      for (const config::Key& key : table.keys) {
        CAPTURE(table.name);
        CAPTURE(key.name);
        CHECK(config::errors_of(file_with(table, key, "null")).empty() == key.shape.nullable);
      }
    }
  }

  TEST_CASE("keys that a file must have are the required ones") {
    for (const Table& table : tables()) {
      for (const config::Key& key : table.keys) {
        if (!key.required) continue;
        CAPTURE(table.name);
        CAPTURE(key.name);
        std::string text = file_with(table, key, "7");
        const std::size_t line = text.find("\n\"" + std::string(key.name));
        const std::size_t end = text.find('\n', line + 1);
        const bool comma = text.substr(end + 1).starts_with(", ");
        text.erase(line, end - line + (comma ? 3 : 1));
        const std::string part = "\"" + std::string(key.name) + "\" is missing in";
        const std::string errors = config::errors_of(text);
        CAPTURE(text);
        CAPTURE(errors);
        CHECK(config::shows_only(errors, part));
      }
    }
  }
}
