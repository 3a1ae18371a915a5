#include "config/schema.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "config/keys.h"
#include "core/base/invariant.h"

namespace config {
namespace {

using Json = nlohmann::ordered_json;  // in the order in which it is made
using Kind = Shape::Kind;

constexpr const char* kId = "https://ouro.example/schema.json";

// As in variables.cc; behind a '$' it is a literal "${".
constexpr std::string_view kVariable = "(^|[^$])\\$\\{(env:[A-Za-z0-9_]+(:-[^}]*)?|file:[^}]+)\\}";
constexpr const char* kVariableMeaning =
    "A string with ${env:NAME}, ${env:NAME:-default} or ${file:PATH}, which are replaced; it may "
    "stand for any value that is no list, no object and not null.";
constexpr const char* kIncludedMeaning =
    "A file that is included. For one, save { \"$ref\": \"schema.json#/$defs/included_file\" } as "
    "a "
    "schema of its own beside this one, schema.json, and let your editor use it for those files.";

// Objects that stand in more than one place, or that somebody may want to point at.
struct Named {
  const Keys* keys;
  std::string_view name;
  const char* title;
};
constexpr std::array<Named, 5> kNamed = {{
    {&kListenKeys, "listener", "An address with what holds for who comes through it"},
    {&kSiteKeys, "site", "A site"},
    {&kSiteTlsKeys, "certificate", "A certificate with its key"},
    {&kRouteKeys, "route", "A route"},
    {&kCorsKeys, "cors_rules", "What other origins may do"},
}};

Json object_of(const Keys& keys);

template <typename Value>
Json one(const char* keyword, Value value) {
  Json json = Json::object();
  json[keyword] = std::move(value);
  return json;
}

Json reference(std::string_view name) { return one("$ref", "#/$defs/" + std::string(name)); }
Json of_type(const char* type) { return one("type", type); }

Json text_like(std::string_view pattern) {
  Json json = of_type("string");
  json["pattern"] = pattern;
  return json;
}

Json any_of(std::vector<Json> alternatives) {
  INVARIANT(!alternatives.empty());
  return alternatives.size() == 1 ? std::move(alternatives.front())
                                  : one("anyOf", Json(std::move(alternatives)));
}

Json required(std::string_view key) { return one("required", Json::array({key})); }

Json schema_of(const Shape& shape);

Json integer_of(const Shape& shape) {
  if (shape.bounds.min == shape.bounds.max) return one("const", shape.bounds.min);
  Json json = of_type("integer");
  json["minimum"] = shape.bounds.min;
  json["maximum"] = shape.bounds.max;
  return json;
}

Json list_of(const Shape& shape) {
  Json json = of_type("array");
  if (shape.not_empty) json["minItems"] = 1;
  json["items"] = schema_of(*shape.item);
  return json;
}

Json map_of(const Shape& shape) {
  Json json = of_type("object");
  json["propertyNames"] = one("pattern", shape.pattern);
  json["additionalProperties"] = schema_of(*shape.item);
  return json;
}

Json named_or_inline(const Keys& keys) {
  for (const Named& named : kNamed) {
    if (named.keys == &keys) return reference(named.name);
  }
  return object_of(keys);
}

void add_texts(const Shape& shape, std::vector<Json>& alternatives) {
  if (!shape.words.empty()) alternatives.push_back(one("enum", shape.words));
  if (shape.kind == Kind::kWord) {
    alternatives.push_back(reference("variable"));
  } else if (shape.pattern.empty()) {
    alternatives.push_back(of_type("string"));
  } else {
    alternatives.push_back(text_like(shape.pattern));
    alternatives.push_back(reference("variable"));
  }
}

void add_alternatives(const Shape& shape, std::vector<Json>& alternatives) {
  switch (shape.kind) {
    case Kind::kBoolean:
      alternatives.push_back(of_type("boolean"));
      if (!shape.words.empty()) alternatives.push_back(one("enum", shape.words));
      alternatives.push_back(reference("variable"));
      break;
    case Kind::kInteger:
      alternatives.push_back(integer_of(shape));
      if (shape.automatic) alternatives.push_back(one("const", "auto"));
      alternatives.push_back(reference("variable"));
      break;
    case Kind::kDuration:
      alternatives.push_back(reference("duration"));
      break;
    case Kind::kSize:
      alternatives.push_back(reference("size"));
      break;
    case Kind::kByteRate:
      alternatives.push_back(reference("byte_rate"));
      break;
    case Kind::kWord:
    case Kind::kText:
    case Kind::kSecret:
    case Kind::kPath:
      add_texts(shape, alternatives);
      break;
    case Kind::kAddress:
      alternatives.push_back(reference("address"));
      break;
    case Kind::kList:
      alternatives.push_back(list_of(shape));
      break;
    case Kind::kMap:
      alternatives.push_back(map_of(shape));
      break;
    case Kind::kObject:
      alternatives.push_back(named_or_inline(*shape.keys));
      break;
    case Kind::kEither:
      add_alternatives(*shape.item, alternatives);
      add_alternatives(*shape.other, alternatives);
      break;
  }
  if (shape.nullable) alternatives.push_back(of_type("null"));
}

Json schema_of(const Shape& shape) {
  std::vector<Json> alternatives;
  add_alternatives(shape, alternatives);
  return any_of(std::move(alternatives));
}

Json value_of(const Key& key) {
  Json json = one("description", key.meaning);
  if (!key.standard.empty()) json["default"] = Json::parse(key.standard);
  json.update(schema_of(key.shape));
  return json;
}

// What stands in sites and routes alike is defined once, by its key's name.
Json property_of(const Key& key) { return key.inherited ? reference(key.name) : value_of(key); }

// "include" may stand for "sites".
Json sites_or_include() {
  Json sites = required("sites");
  sites["properties"] = one("sites", one("minItems", 1));
  return any_of({std::move(sites), required("include")});
}

Json object_of(const Keys& keys) {
  Json json = of_type("object");
  std::vector<Json> actions;
  std::vector<std::string_view> all_required;
  Json& properties = json["properties"] = Json::object();
  for (const Key& key : keys) {
    properties[std::string(key.name)] = property_of(key);
    if (key.action) actions.push_back(required(key.name));
    if (key.required) all_required.push_back(key.name);
  }
  json["additionalProperties"] = false;
  if (!all_required.empty()) json["required"] = all_required;
  if (!actions.empty()) json["oneOf"] = actions;
  if (&keys == &kConfigKeys) json.update(sites_or_include());
  return json;
}

Json described(const char* meaning, const Json& schema) {
  Json json = one("description", meaning);
  json.update(schema);
  return json;
}

Json values() {
  constexpr const char* kDuration = "^[0-9]+(ms|s|m|h)$";
  constexpr const char* kSize = "^[0-9]+(B|KiB|MiB|GiB|TiB)?$";
  constexpr const char* kByteRate = "^[0-9]+(B|KiB|MiB|GiB|TiB)?/s$";
  const Json variable = reference("variable");
  Json bytes = of_type("integer");
  bytes["minimum"] = 0;
  Json json = Json::object();
  json["variable"] = described(kVariableMeaning, text_like(kVariable));
  json["duration"] = described("A whole number with ms, s, m or h, such as \"30s\".",
                               any_of({text_like(kDuration), variable}));
  json["size"] = described("Bytes, or with KiB, MiB, GiB or TiB, such as \"16KiB\".",
                           any_of({bytes, text_like(kSize), variable}));
  json["byte_rate"] = described("A size for each second, such as \"240B/s\".",
                                any_of({text_like(kByteRate), variable}));
  json["address"] =
      described("\":8080\", \"127.0.0.1:8080\", \"[::1]:8080\" or \"unix:/run/ouro.sock\".",
                any_of({text_like(kAdminKeys.find("address")->shape.pattern), variable}));
  return json;
}

Json definitions() {
  Json json = values();
  for (const Key& key : kSiteKeys) {
    if (key.inherited) json[std::string(key.name)] = value_of(key);
  }
  for (const Named& named : kNamed) {
    json[std::string(named.name)] = one("title", named.title);
    json[std::string(named.name)].update(object_of(*named.keys));
  }
  Json sites = of_type("array");
  sites["items"] = reference("site");
  json["included_file"] = described(kIncludedMeaning, any_of({reference("site"), sites}));
  return json;
}

}  // namespace

std::string json_schema() {
  Json json = Json::object();
  json["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  json["$id"] = kId;
  json["title"] = "The configuration of ouro, an HTTP server";
  json.update(object_of(kConfigKeys));
  json["$defs"] = definitions();
  constexpr int kIndentation = 2;
  return json.dump(kIndentation) + "\n";
}

}  // namespace config
