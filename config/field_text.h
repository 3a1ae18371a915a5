// What may stand in a header field that the configuration sets. Any thread; pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "config/values.h"

namespace config {

// RFC 9110 5.6.2: what a field name or a method is made of. An empty text is none.
[[nodiscard]] bool is_token(std::string_view text);

// RFC 9110 5.1: names compare without case.
[[nodiscard]] bool same_name(std::string_view left, std::string_view right);

// What is wrong with the value of field `name`; nothing when it is right. Control characters are
// refused before, where strings are read.
[[nodiscard]] std::optional<ValueError> check_field_value(std::string_view name,
                                                          std::string_view value);

// "text/html; charset=utf-8" (RFC 9110 8.3.1). Nothing when it is right.
[[nodiscard]] std::optional<ValueError> check_media_type(std::string_view text);

}  // namespace config
