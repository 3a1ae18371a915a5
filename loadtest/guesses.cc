#include "loadtest/guesses.h"

#include "core/base/invariant.h"
#include "loadtest/base64.h"

namespace loadtest {
namespace {

constexpr std::size_t kDigits = 16;

// Over the last `kDigits` characters before `end`.
void write_hexadecimal(std::string& text, std::size_t end, std::uint64_t value) {
  for (std::size_t i = 1; i <= kDigits; ++i, value >>= 4) {
    text[end - i] = "0123456789abcdef"[value & 0xF];
  }
}

}  // namespace

Guesses::Guesses(std::string_view user, std::uint64_t nonce, std::size_t index, std::size_t loops)
    : loops_(loops), count_(index), credentials_(user) {
  INVARIANT(index < loops);
  credentials_ += ':';
  credentials_.append(2 * kDigits, '0');
  write_hexadecimal(credentials_, credentials_.size() - kDigits, nonce);
}

std::string_view Guesses::next(std::string_view request) {
  INVARIANT(request.ends_with("\r\n\r\n"));
  write_hexadecimal(credentials_, credentials_.size(), count_);
  count_ += loops_;
  text_.assign(request.substr(0, request.size() - 2));
  text_ += "Authorization: Basic ";
  append_base64(text_, credentials_);
  text_ += "\r\n\r\n";
  return text_;
}

}  // namespace loadtest
