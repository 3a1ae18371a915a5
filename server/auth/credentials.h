// Credentials of the Basic scheme (RFC 7617): what a client says who it is. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/wipe.h"

namespace server {

// UTF-8 as the challenge asks for, but not checked: other bytes are nobody's name. The password is
// wiped when it goes.
struct Credentials {
  std::string user;
  std::string password;  // all behind the first colon

  Credentials() = default;
  Credentials(Credentials&&) = default;
  // Swaps, so that what this held goes to the one who wipes it.
  Credentials& operator=(Credentials&& other) noexcept {
    user.swap(other.user);
    password.swap(other.password);
    return *this;
  }
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  ~Credentials() { core::wipe(password); }
};

enum class CredentialsFailure : std::uint8_t {
  kOtherScheme,  // 401: they are of another scheme; as if there were none
  kMalformed,    // 400: not base64 (RFC 4648 4, padded), no colon, control characters
};

// `field`: the value of the request's one Authorization field (RFC 9110 11.6.2).
[[nodiscard]] core::Result<Credentials, CredentialsFailure> read_credentials(
    std::string_view field);

}  // namespace server
