#include "tests/server/net/json_reader.h"

#include <nlohmann/json.hpp>

namespace test {

std::optional<std::map<std::string, std::string>> read_flat_json(std::string_view line) {
  const nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  std::map<std::string, std::string> fields;
  for (const auto& [name, value] : object.items()) {
    fields[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return fields;
}

}  // namespace test
