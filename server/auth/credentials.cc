#include "server/auth/credentials.h"
namespace server {
core::Result<Credentials, CredentialsFailure> read_credentials(std::string_view) {
  return core::unexpected(CredentialsFailure::kMalformed);
}
}  // namespace server
