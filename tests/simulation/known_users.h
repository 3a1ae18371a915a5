// The users of simulated lives: a users file has each of them with one of two passwords, or does
// not have them. Values; immutable.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace simulation {

inline constexpr std::size_t kKnownUsers = 5;
inline constexpr std::size_t kPasswordsEach = 2;

struct KnownUser {
  struct Password {
    std::string text;
    std::array<std::string_view, 4> hashes;  // with one salt each
  };
  std::string name;
  std::array<Password, kPasswordsEach> passwords;
};

[[nodiscard]] const std::array<KnownUser, kKnownUsers>& known_users();

}  // namespace simulation
