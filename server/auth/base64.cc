#include "server/auth/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/wipe.h"

namespace server {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNone = 0xFF;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t index = 0; index < kAlphabet.size(); ++index) {
    values[static_cast<unsigned char>(kAlphabet[index])] = static_cast<std::uint8_t>(index);
  }
  return values;
}();

// At most two.
std::string_view without_padding(std::string_view text) {
  if (text.ends_with("==")) return text.substr(0, text.size() - 2);
  return text.ends_with('=') ? text.substr(0, text.size() - 1) : text;
}

// False when there is another character, or bits are left over that are not 0.
bool decode(std::string_view text, std::string& bytes) {
  std::uint32_t bits = 0;  // those that are not written yet: the lowest `count`
  unsigned count = 0;
  for (const char c : text) {
    const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
    if (value == kNone) return false;
    bits = (bits << 6U) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count));
    bits &= (1U << count) - 1;
  }
  return bits == 0;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  if (decode(without_padding(text), bytes)) return bytes;
  core::wipe(bytes);
  return std::nullopt;
}

}  // namespace server
