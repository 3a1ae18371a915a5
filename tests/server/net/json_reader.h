// Reads a line of JSON for tests: one flat object, values as text (strings
// decoded, numbers and literals as written).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace test {

[[nodiscard]] std::optional<std::map<std::string, std::string>> read_flat_json(
    std::string_view line);

}  // namespace test
