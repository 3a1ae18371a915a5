// A reader of JSON (RFC 8259) for tests of what is written as JSON: shares no code with the writer
// and takes nothing that the grammar does not. Values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace test {

struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  double number = 0;
  std::string string;
  std::vector<JsonValue> array;
  std::map<std::string, JsonValue> object;

  // Both throw std::out_of_range when there is none.
  [[nodiscard]] const JsonValue& operator[](const std::string& name) const {
    return object.at(name);
  }
  [[nodiscard]] const JsonValue& at(std::size_t index) const { return array.at(index); }
  [[nodiscard]] bool is_null() const { return kind == Kind::kNull; }
};

// Nullopt: that is no JSON text, or a name stands twice in an object.
[[nodiscard]] std::optional<JsonValue> read_json(std::string_view text);

}  // namespace test
