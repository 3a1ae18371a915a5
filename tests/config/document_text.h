// Documents that a test makes: nodes without a place, and their text. Plain values.
#pragma once

#include <cstdint>
#include <string>

#include "config/document.h"

namespace config {

[[nodiscard]] Node text_node(std::string text);
[[nodiscard]] Node integer_node(std::int64_t value);
[[nodiscard]] Node boolean_node(bool value);
[[nodiscard]] Node empty_node(Node::Kind kind);
[[nodiscard]] Node list_node(Node item);

// As JSON.
[[nodiscard]] std::string text_of(const Node& node);

}  // namespace config
