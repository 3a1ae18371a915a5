#include "core/password/password_hash.h"

#include <crypt.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/base/invariant.h"

namespace core {
namespace {

// bcrypt packs bits from the top and has an alphabet of its own; the others pack from the bottom
// and have crypt's.
constexpr std::string_view kBcryptAlphabet =
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kCryptAlphabet =
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

constexpr std::size_t kBcryptPrefixSize = 7;  // $2b$10$
constexpr std::size_t kBcryptSaltSize = 22;
constexpr std::size_t kBcryptDigestSize = 31;
constexpr std::size_t kSha256DigestSize = 43;
constexpr std::size_t kSha512DigestSize = 86;
constexpr std::size_t kShaSaltSizeMax = 16;
constexpr std::size_t kYescryptDigestSize = 43;
constexpr std::size_t kYescryptSaltSizeMax = 86;  // 64 bytes

// crypt-sha256.c of libxcrypt: fewer and more are errors, 5000 are not written.
constexpr unsigned kShaRoundsMin = 1000;
constexpr unsigned kShaRoundsMax = 999'999'999;
constexpr unsigned kShaRoundsDefault = 5000;

using Kind = PasswordHash::Kind;
using Read = Result<PasswordHash, std::string>;

std::string make_new_one(std::string_view what) {
  return std::string(what) + ": make a new one with `ouro hash-password`";
}

unexpected<std::string> damaged(std::string_view what) {
  return unexpected(std::string(what) +
                    ": it was cut off or changed, copy it again or make a new one with "
                    "`ouro hash-password`");
}

bool all_in(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

// Whether the bits of the last character that belong to no byte are 0, as crypt writes them.
bool is_packed_from_top(std::string_view text) {
  constexpr std::array<std::size_t, 4> kUnits{1, 0, 16, 4};  // 0: no number of bytes has this size
  const std::size_t unit = kUnits[text.size() % 4];
  return unit != 0 && all_in(text, kBcryptAlphabet) &&
         (text.empty() || kBcryptAlphabet.find(text.back()) % unit == 0);
}

bool is_packed_from_bottom(std::string_view text) {
  constexpr std::array<std::size_t, 4> kLimits{64, 0, 4, 16};
  const std::size_t limit = kLimits[text.size() % 4];
  return limit != 0 && all_in(text, kCryptAlphabet) &&
         (text.empty() || kCryptAlphabet.find(text.back()) < limit);
}

PasswordHash hash_of(Kind kind, std::string_view text, unsigned cost, std::size_t digest_size) {
  return {kind, std::string(text), cost, text.size() - digest_size};
}

// $2b$CC$, 22 characters of salt, 31 of digest.
Read read_bcrypt(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != kBcryptPrefixSize + kBcryptSaltSize + kBcryptDigestSize) {
    return damaged("is a bcrypt hash of " + std::to_string(text.size()) +
                   " characters, it has to have 60");
  }
  if (!is_digit(text[4]) || !is_digit(text[5]) || text[6] != '$') {
    return damaged("is a bcrypt hash without a cost");
  }
  const auto cost = static_cast<unsigned>((text[4] - '0') * 10 + (text[5] - '0'));
  if (cost < 4 || cost > 31) return damaged("is a bcrypt hash with a cost that is not 4 to 31");
  if (!is_packed_from_top(text.substr(kBcryptPrefixSize, kBcryptSaltSize)) ||
      !is_packed_from_top(text.substr(kBcryptPrefixSize + kBcryptSaltSize))) {
    return damaged("is a bcrypt hash with a character that bcrypt does not write");
  }
  return hash_of(Kind::kBcrypt, text, cost, kBcryptDigestSize);
}

// rounds=N$, which may be missing. nullopt: not as crypt writes it.
std::optional<unsigned> take_rounds(std::string_view& rest) {
  constexpr std::string_view kRounds = "rounds=";
  if (!rest.starts_with(kRounds)) return kShaRoundsDefault;
  const std::size_t end = rest.find('$');
  if (end == std::string_view::npos || rest[kRounds.size()] == '0') return std::nullopt;
  const std::string_view digits = rest.substr(kRounds.size(), end - kRounds.size());
  unsigned rounds = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), rounds);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  if (rounds < kShaRoundsMin || rounds > kShaRoundsMax) return std::nullopt;
  rest.remove_prefix(end + 1);
  return rounds;
}

// $5$rounds=N$SALT$DIGEST: any salt of at most 16 characters.
Read read_sha(std::string_view text, Kind kind, std::size_t digest_size) {
  const std::string name = kind == Kind::kSha256 ? "is a SHA-256 hash" : "is a SHA-512 hash";
  std::string_view rest = text.substr(3);
  const auto rounds = take_rounds(rest);
  if (!rounds) return damaged(name + " with rounds that are not 1000 to 999999999");
  const std::size_t salt_size = rest.find('$');
  if (salt_size == std::string_view::npos) return damaged(name + " without a digest");
  if (salt_size > kShaSaltSizeMax) return damaged(name + " with a salt over 16 characters");
  const std::string_view digest = rest.substr(salt_size + 1);
  if (digest.size() != digest_size || !is_packed_from_bottom(digest)) {
    return damaged(name + " whose digest is not " + std::to_string(digest_size) +
                   " characters that crypt(3) writes");
  }
  return hash_of(kind, text, *rounds, digest_size);
}

// $y$jNr$SALT$DIGEST, with the flavour and the range of N and r of crypt_gensalt(3): N is a power
// of two from 2^10 to 2^18, r is 1 to 32; together at most 1 GiB of memory.
Read read_yescrypt(std::string_view text) {
  constexpr std::size_t kSaltBegin = 7;  // $y$j9T$
  const auto value = [](char c) { return kCryptAlphabet.find(c) + 1; };
  if (text.size() < kSaltBegin || text[3] != 'j' || text[6] != '$' || value(text[4]) < 10 ||
      value(text[4]) > 18 || value(text[5]) < 1 || value(text[5]) > 32) {
    return unexpected(make_new_one("is a yescrypt hash with unusual settings"));
  }
  const std::string_view rest = text.substr(kSaltBegin);
  const std::size_t salt_size = rest.find('$');
  if (salt_size == std::string_view::npos) return damaged("is a yescrypt hash without a digest");
  const std::string_view digest = rest.substr(salt_size + 1);
  if (salt_size > kYescryptSaltSizeMax || !is_packed_from_bottom(rest.substr(0, salt_size))) {
    return damaged("is a yescrypt hash with a salt that yescrypt does not write");
  }
  if (digest.size() != kYescryptDigestSize || !is_packed_from_bottom(digest)) {
    return damaged("is a yescrypt hash whose digest is not 43 characters that it writes");
  }
  return hash_of(Kind::kYescrypt, text, static_cast<unsigned>(value(text[4])), kYescryptDigestSize);
}

Read read_known(std::string_view text) {
  for (const std::string_view bcrypt : {"$2a$", "$2b$", "$2y$"}) {
    if (text.starts_with(bcrypt)) return read_bcrypt(text);
  }
  if (text.starts_with("$5$")) return read_sha(text, Kind::kSha256, kSha256DigestSize);
  if (text.starts_with("$6$")) return read_sha(text, Kind::kSha512, kSha512DigestSize);
  if (text.starts_with("$y$")) return read_yescrypt(text);
  return unexpected(std::string());
}

struct Refused {
  std::string_view prefix;
  std::string_view what;
};

constexpr std::array kRefused{
    Refused{"$apr1$", "is an MD5 hash ($apr1$), which is guessed too fast"},
    Refused{"$1$", "is an MD5 hash ($1$), which is guessed too fast"},
    Refused{"{SHA}", "is a SHA-1 hash without a salt ({SHA}), which is guessed too fast"},
    Refused{"{SSHA}", "is a SHA-1 hash ({SSHA}), which is guessed too fast"},
    Refused{"$2x$", "is a bcrypt hash of a faulty implementation ($2x$)"},
    Refused{"$2$", "is a bcrypt hash of the first version ($2$)"},
    Refused{"$", "is of a kind that is not accepted ($2a$, $2b$, $2y$, $5$, $6$ and $y$ are)"},
    Refused{"{", "is of a kind that is not accepted ($2a$, $2b$, $2y$, $5$, $6$ and $y$ are)"},
    Refused{"*", "is no hash but a mark of a locked account"},
    Refused{"!", "is no hash but a mark of a locked account"},
    Refused{"_", "is a DES hash, or a password that nobody hashed"},
};

std::string refuse(std::string_view text) {
  if (text.empty()) return make_new_one("is empty");
  for (const Refused& refused : kRefused) {
    if (text.starts_with(refused.prefix)) return make_new_one(refused.what);
  }
  constexpr std::size_t kDesSize = 13;
  if (text.size() == kDesSize && all_in(text, kCryptAlphabet)) {
    return make_new_one("is a DES hash, which knows only 8 characters, or a password itself");
  }
  return make_new_one("is a password that nobody hashed, or damaged");
}

}  // namespace

Read read_password_hash(std::string_view text) {
  auto hash = read_known(text);
  if (!hash) {
    if (hash.error().empty()) return unexpected(refuse(text));
    return hash;
  }
  // Characters that no salt may have (crypt would not see what is behind a NUL), and what this
  // libxcrypt was built without.
  if (text.find('\0') != std::string_view::npos ||
      ::crypt_checksalt(hash->text.c_str()) == CRYPT_SALT_INVALID) {
    return damaged("is a hash that crypt(3) does not take");
  }
  return hash;
}

PasswordHash without_password(const PasswordHash& hash) {
  // crypt writes nothing but letters, digits, '.' and '/'; the hasher gives it the settings alone,
  // so it never sees this, which it would refuse at once.
  PasswordHash changed = hash;
  INVARIANT(changed.settings_size < changed.text.size());
  std::fill(changed.text.begin() + static_cast<std::ptrdiff_t>(changed.settings_size),
            changed.text.end(), '*');
  return changed;
}

}  // namespace core
