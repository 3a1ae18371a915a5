// Goal: what the keys are declared to be they are: above all, a key that is left out means what its
// declared default says. Method: the same configuration short, and with every default spelled out,
// gives the same values; the table itself is looked through.

#include "config/keys.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "config/document.h"
#include "config/loader.h"
#include "tests/config/document_text.h"
#include "tests/config/sample.h"

namespace {

using config::Key;
using config::Keys;
using config::Shape;

void collect(const Keys& keys, std::vector<const Keys*>& all);

void collect(const Shape& shape, std::vector<const Keys*>& all) {
  if (shape.keys != nullptr) collect(*shape.keys, all);
  if (shape.item != nullptr) collect(*shape.item, all);
  if (shape.other != nullptr) collect(*shape.other, all);
}

void collect(const Keys& keys, std::vector<const Keys*>& all) {
  if (std::find(all.begin(), all.end(), &keys) != all.end()) return;
  all.push_back(&keys);
  for (const Key& key : keys) collect(key.shape, all);
}

// Of every object that there is.
std::vector<const Keys*> all_keys() {
  std::vector<const Keys*> all;
  collect(config::kConfigKeys, all);
  return all;
}

// Every default of an object as members, each with its comma, and those of the objects in it.
std::string defaults(const Keys& keys) {
  std::string members;
  for (const Key& key : keys) {
    std::string value(key.standard);
    const bool object =
        key.shape.kind == Shape::Kind::kObject && value.empty() && !key.action && !key.required;
    if (object) value = "{" + defaults(*key.shape.keys) + "}";
    if (!value.empty()) members += "\"" + std::string(key.name) + "\": " + value + ",\n";
  }
  return members;
}

using Members = std::string (*)(const Keys&);

std::string none(const Keys& /*keys*/) { return {}; }

std::string whole(Members more) {
  const auto object = [more](const Keys& keys, const std::string& members) {
    return "{" + more(keys) + members + "}";
  };
  const auto route = [&object](const std::string& action) {
    return object(config::kRouteKeys, action) + ",";
  };
  const std::string files = object(config::kFilesKeys, "\"root\": \"/srv\"");
  const std::string redirect = object(config::kRedirectKeys, "\"to\": \"/\"");
  const std::string respond = object(config::kRespondKeys, "");
  const std::string cors = object(config::kCorsKeys, "\"origins\": [\"*\"]");
  const std::string site =
      object(config::kSiteKeys, "\"routes\": [" + route("\"files\": " + files) +
                                    route("\"redirect\": " + redirect) +
                                    route("\"respond\": " + respond) + "]");
  const std::string basic = object(config::kBasicAuthKeys, R"("users_file": "users")");
  const std::string auth = object(config::kAuthKeys, "\"basic\": " + basic);
  const std::string cors_site =
      R"({"hosts": ["a.example"], "routes": [{"health": "live", "cors": )" + cors +
      R"(, "auth": )" + auth + "}]}";
  const std::string client_auth = object(config::kClientAuthKeys, R"("ca": "ca.pem")");
  const std::string pair = R"("certificate": "a.pem", "key": "a.key")";
  const auto tls_site = [&](const std::string& host, const std::string& tls) {
    return R"({"hosts": [")" + host + R"("], "routes": [{"health": "live"}], "tls": )" + tls + "}";
  };
  const std::string tls = object(config::kSiteTlsKeys, pair);
  const std::string asking_tls = "{" + pair + R"(, "client_auth": )" + client_auth + "}";
  const std::string listen = object(config::kListenKeys, "\"address\": \":80\"");
  return object(config::kConfigKeys, "\"listen\": [" + listen +
                                         R"(, {"address": ":443", "tls": true}], "sites": [)" +
                                         site + "," + cors_site + "," + tls_site("b", tls) + "," +
                                         tls_site("c", asking_tls) + "]");
}

}  // namespace

TEST_SUITE("config/keys") {
  TEST_CASE("every default is the one that is declared") {
    const config::Config brief = config::loaded_text(whole(none)).config;
    config::Config spelled_out = config::loaded_text(whole(defaults)).config;
    CHECK(brief.admin.is_default);
    CHECK(!spelled_out.admin.is_default);  // somebody asked for it
    spelled_out.admin.is_default = true;
    CHECK(brief == spelled_out);
    CHECK(brief.sites.size() == 4);
  }

  TEST_CASE("names come once, and each has a meaning") {
    CHECK(all_keys().size() >= 21);
    for (const Keys* keys : all_keys()) {
      std::set<std::string_view> names;
      for (const Key& key : *keys) {
        CAPTURE(key.name);
        CHECK(names.insert(key.name).second);
        CHECK(keys->find(key.name) == &key);
        CHECK(key.meaning.ends_with('.'));
      }
      CHECK(keys->find("no such key") == nullptr);
    }
  }

  TEST_CASE("a required key has no default, and a default is JSON") {
    for (const Keys* keys : all_keys()) {
      for (const Key& key : *keys) {
        CAPTURE(key.name);
        CHECK(!(key.required && !key.standard.empty()));
        CHECK((key.standard.empty() || config::parse_document(key.standard)));
      }
    }
  }
}
