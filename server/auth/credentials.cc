#include "server/auth/credentials.h"

#include <algorithm>

#include "server/auth/base64.h"
#include "server/http/characters.h"

namespace server {
namespace {

// RFC 9110 11.1: the name of a scheme is case-insensitive.
bool is_basic(std::string_view scheme) {
  constexpr std::string_view kBasic = "basic";
  return std::equal(scheme.begin(), scheme.end(), kBasic.begin(), kBasic.end(),
                    [](char c, char wanted) { return (c | 0x20) == wanted; });
}

// RFC 5234 B.1: CTL.
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }

}  // namespace

core::Result<Credentials, CredentialsFailure> read_credentials(std::string_view field) {
  const std::string_view scheme = leading_token(field);
  if (!is_basic(scheme)) return core::unexpected(CredentialsFailure::kOtherScheme);
  // RFC 9110 11.4: credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
  field.remove_prefix(scheme.size());
  const std::size_t begin = std::min(field.find_first_not_of(' '), field.size());
  if (begin == 0) return core::unexpected(CredentialsFailure::kMalformed);
  auto decoded = decode_base64(field.substr(begin));
  if (!decoded) return core::unexpected(CredentialsFailure::kMalformed);
  // RFC 7617 2: the user's name ends at the first colon, and neither part has control characters.
  const std::size_t colon = decoded->find(':');
  const bool is_right =
      colon != std::string::npos && std::none_of(decoded->begin(), decoded->end(), is_control);
  Credentials credentials;
  if (is_right) {
    credentials.user.assign(*decoded, 0, colon);
    credentials.password.assign(*decoded, colon + 1);
  }
  core::wipe(*decoded);
  if (!is_right) return core::unexpected(CredentialsFailure::kMalformed);
  return credentials;
}

}  // namespace server
