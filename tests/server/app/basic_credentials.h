// Users of a test's own: lines of an htpasswd file, and the field that a client logs in with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/password/password_hasher.h"

namespace test {

inline std::string user_line(const std::string& user, std::string_view password,
                             unsigned cost = core::kBcryptCostMin) {
  return user + ":" + core::PasswordHasher().hash(password, cost) + "\n";
}

inline std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = i; j < i + 3; ++j) {
      group = group << 8U | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      const bool is_padding = i + j > bytes.size();
      text += is_padding ? '=' : kLetters[group >> (18U - 6U * j) & 63U];
    }
  }
  return text;
}

// A whole line of a head.
inline std::string login(const std::string& user, const std::string& password) {
  return "Authorization: Basic " + base64(user + ":" + password) + "\r\n";
}

}  // namespace test
