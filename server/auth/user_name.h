// What a user may be called: RFC 7617 2 (no colon, no control characters), and what an htpasswd
// file can hold. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace server {

inline constexpr std::size_t kUserBytesMax = 255;

struct NameMistake {
  std::size_t offset;   // in bytes, from the name's beginning
  std::string message;  // a sentence without its beginning: "the name is empty"
};

[[nodiscard]] std::optional<NameMistake> check_user_name(std::string_view name);

}  // namespace server
