#include "tests/config/schema_validator.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace config {
namespace {

using Kind = Node::Kind;

constexpr std::string_view kDefinitions = "#/$defs/";

// By what stands behind them.
constexpr std::array<std::string_view, 5> kNotes = {"$schema", "$id", "title", "description",
                                                    "default"};
constexpr std::array<std::string_view, 8> kChecks = {"type",    "const",   "enum",     "pattern",
                                                     "minimum", "maximum", "minItems", "required"};
constexpr std::array<std::string_view, 2> kSchemas = {"items", "propertyNames"};
constexpr std::array<std::string_view, 2> kSchemaLists = {"anyOf", "oneOf"};
constexpr std::array<std::string_view, 2> kSchemaMaps = {"properties", "$defs"};

template <typename Words>
bool is_one_of(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const Node* find(const Node& object, std::string_view key) {
  const auto found = std::find_if(object.members.begin(), object.members.end(),
                                  [key](const Member& member) { return member.key == key; });
  return found == object.members.end() ? nullptr : &found->value;
}

bool same(const Node& left, const Node& right) {
  return left.kind == right.kind && left.boolean == right.boolean &&
         left.integer == right.integer && left.string == right.string && left.items.empty() &&
         right.items.empty() && left.members.empty() && right.members.empty();
}

// 1.0 is an integer to JSON Schema and none to the loader: nobody writes it.
bool is_type(const Node& value, std::string_view type) {
  switch (value.kind) {
    case Kind::kNull:
      return type == "null";
    case Kind::kBoolean:
      return type == "boolean";
    case Kind::kInteger:
      return type == "integer";
    case Kind::kFraction:
      return false;
    case Kind::kString:
      return type == "string";
    case Kind::kList:
      return type == "array";
    case Kind::kObject:
      return type == "object";
  }
  return false;
}

void add_unknown(const Node& schema, std::vector<std::string>& unknown) {
  for (const auto& [key, span, value] : schema.members) {
    const bool is_schema =
        is_one_of(kSchemas, key) || (key == "additionalProperties" && value.kind == Kind::kObject);
    if (is_schema) {
      add_unknown(value, unknown);
    } else if (is_one_of(kSchemaLists, key)) {
      for (const Node& item : value.items) add_unknown(item, unknown);
    } else if (is_one_of(kSchemaMaps, key)) {
      for (const Member& member : value.members) add_unknown(member.value, unknown);
    } else if (!is_one_of(kNotes, key) && !is_one_of(kChecks, key) && key != "$ref" &&
               key != "additionalProperties") {
      unknown.push_back(key);
    }
  }
}

std::string not_unless(bool right, const std::string& keyword) { return right ? "" : keyword; }

}  // namespace

SchemaValidator::SchemaValidator(std::string_view schema) {
  auto parsed = parse_document(schema);
  REQUIRE(parsed);
  schema_ = std::move(*parsed);
}

std::vector<std::string> SchemaValidator::unknown_keywords() const {
  std::vector<std::string> unknown;
  add_unknown(schema_, unknown);
  return unknown;
}

std::string SchemaValidator::refusal(const Node& document) const {
  return check(schema_, document);
}

std::string SchemaValidator::refusal_by(std::string_view name, const Node& document) const {
  return check(definition(name), document);
}

std::string SchemaValidator::check(const Node& schema, const Node& value) const {
  for (const Member& keyword : schema.members) {
    if (std::string reason = check_keyword(schema, keyword, value); !reason.empty()) return reason;
  }
  return {};
}

std::string SchemaValidator::check_keyword(const Node& schema, const Member& keyword,
                                           const Node& value) const {
  const auto& [key, span, wanted] = keyword;
  if (key == "$ref") return check(definition(wanted.string.substr(kDefinitions.size())), value);
  if (key == "type")
    return not_unless(is_type(value, wanted.string), "not of type " + wanted.string);
  if (key == "const") return not_unless(same(wanted, value), "not the only value");
  if (key == "enum") {
    const auto is_it = [&value](const Node& one) { return same(one, value); };
    return not_unless(std::any_of(wanted.items.begin(), wanted.items.end(), is_it), "no such word");
  }
  if (key == "anyOf" || key == "oneOf") {
    std::string reasons;
    const std::size_t count = matches(wanted, value, reasons);
    return not_unless(key == "anyOf" ? count > 0 : count == 1, key + " (" + reasons + ")");
  }
  switch (value.kind) {
    case Kind::kString:
      if (key != "pattern") return {};
      return not_unless(has_pattern(wanted.string, value.string), "pattern " + wanted.string);
    case Kind::kInteger:
      if (key == "minimum") return not_unless(value.integer >= wanted.integer, key);
      if (key == "maximum") return not_unless(value.integer <= wanted.integer, key);
      return {};
    case Kind::kList:
      return check_items(keyword, value);
    case Kind::kObject:
      return check_object(schema, keyword, value);
    default:
      return {};
  }
}

std::string SchemaValidator::check_items(const Member& keyword, const Node& value) const {
  if (keyword.key == "minItems") {
    const auto count = static_cast<std::int64_t>(value.items.size());
    return not_unless(count >= keyword.value.integer, "minItems");
  }
  if (keyword.key != "items") return {};
  for (const Node& item : value.items) {
    if (std::string reason = check(keyword.value, item); !reason.empty()) return "[]: " + reason;
  }
  return {};
}

std::string SchemaValidator::check_object(const Node& schema, const Member& keyword,
                                          const Node& value) const {
  const auto& [key, span, wanted] = keyword;
  if (key == "required") {
    for (const Node& name : wanted.items) {
      if (find(value, name.string) == nullptr) return "without " + name.string;
    }
  }
  const Node* const properties = find(schema, "properties");
  for (const Member& member : value.members) {
    const Node* const property = properties == nullptr ? nullptr : find(*properties, member.key);
    std::string reason;
    if (key == "properties" && property != nullptr) {
      reason = check(*property, member.value);
    } else if (key == "additionalProperties" && property == nullptr) {
      reason = wanted.kind == Kind::kBoolean ? not_unless(wanted.boolean, "not known")
                                             : check(wanted, member.value);
    } else if (key == "propertyNames") {
      Node name;
      name.kind = Kind::kString;
      name.string = member.key;
      reason = check(wanted, name);
    }
    if (!reason.empty()) return member.key + ": " + reason;
  }
  return {};
}

std::size_t SchemaValidator::matches(const Node& schemas, const Node& value,
                                     std::string& reasons) const {
  std::size_t count = 0;
  for (const Node& schema : schemas.items) {
    const std::string reason = check(schema, value);
    if (reason.empty()) ++count;
    reasons += (reasons.empty() ? "" : "; ") + reason;
  }
  return count;
}

bool SchemaValidator::has_pattern(const std::string& pattern, const std::string& text) const {
  auto known = patterns_.find(pattern);
  if (known == patterns_.end()) known = patterns_.emplace(pattern, std::regex(pattern)).first;
  return std::regex_search(text, known->second);
}

const Node& SchemaValidator::definition(std::string_view name) const {
  if (const Node* const definitions = find(schema_, "$defs")) {
    if (const Node* const found = find(*definitions, name)) return *found;
  }
  throw std::logic_error("no definition of " + std::string(name));
}

}  // namespace config
