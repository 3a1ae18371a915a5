#include "server/auth/user_table.h"
namespace server {
const core::SipKey& UserTable::process_key() {
  static const core::SipKey key = core::SipKey::random();
  return key;
}
UserTable::Parsed UserTable::parse(std::string_view, const core::SipKey& key) {
  return {std::shared_ptr<const UserTable>(new UserTable(key)), {}};
}
const core::PasswordHash* UserTable::find(std::string_view) const { return nullptr; }
const core::PasswordHash& UserTable::stand_in(std::string_view) const { return stand_ins_.front(); }
}  // namespace server
