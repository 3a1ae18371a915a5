// PasswordHash: one stored hash, as htpasswd files and crypt(5) have it, recognised and checked.
// Any thread; plain values, immutable.
//
// Accepted: bcrypt ($2a$, $2b$, $2y$; cost 4 to 31), SHA-256 ($5$), SHA-512 ($6$), yescrypt ($y$).
// Checked to the last character: a text that crypt(3) never produces would be a password that never
// matches, and whoever wrote it is to hear that when the file is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace core {

struct PasswordHash {
  enum class Kind : std::uint8_t { kBcrypt, kSha256, kSha512, kYescrypt };

  Kind kind = Kind::kBcrypt;
  std::string text;
  // How much work it is. bcrypt: the logarithm to base 2 of its rounds. SHA: rounds. yescrypt: the
  // logarithm to base 2 of its N.
  unsigned cost = 0;
  // How many characters of `text` are settings, the salt with them; the digest is behind them.
  std::size_t settings_size = 0;

  [[nodiscard]] std::string_view settings() const {
    return std::string_view(text).substr(0, settings_size);
  }
  [[nodiscard]] bool operator==(const PasswordHash&) const = default;
};

// The error is the end of a sentence, what it is and what to do: "is an MD5 hash ($apr1$): make a
// new one with `ouro hash-password`". It never has the text in it, which may be a password.
[[nodiscard]] Result<PasswordHash, std::string> read_password_hash(std::string_view text);

// A hash that costs what `hash` costs to compare with, and that no password matches: crypt(3)
// cannot produce its digest.
[[nodiscard]] PasswordHash without_password(const PasswordHash& hash);

}  // namespace core
