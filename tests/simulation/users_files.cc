#include "tests/simulation/users_files.h"

#include <algorithm>
#include <memory>
#include <string>

#include "core/base/invariant.h"
#include "server/auth/user_table.h"

namespace simulation {
namespace {

// Which hash an unknown user is compared with decides who waits for whom: the same in each process.
constexpr core::SipKey kStandInKey{1, 2};

}  // namespace

void UsersFiles::change() {
  Version version = versions_.empty() ? Version{} : versions_.back();
  tables_.clear();
  for (std::size_t realm = 0; realm < version.size(); ++realm) {
    tables_.push_back(rewrite(version.at(realm), realm));
  }
  versions_.push_back(version);
}

// Some users come, go, or change their passwords; others get another hash of the same one. Somebody
// is always there: whoever asks a file that has nobody costs as much as two hundred others.
std::shared_ptr<const server::UserTable> UsersFiles::rewrite(File& file, std::size_t realm) {
  if (!versions_.empty() && random_.chance(0.1)) {
    file = {};
    return nullptr;
  }
  const bool is_new = std::ranges::none_of(file, [](const auto& has) { return has.has_value(); });
  const std::size_t who_stays = random_.below(kKnownUsers);
  std::string text;
  std::size_t mistakes = 0;
  for (std::size_t user = 0; user < kKnownUsers; ++user) {
    auto& has = file.at(user);
    if (is_new || user == who_stays || random_.chance(0.3)) {
      const bool leaves = user != who_stays && random_.chance(0.25);
      has = leaves ? std::nullopt : std::optional(random_.below(kPasswordsEach));
    }
    const KnownUser& known = known_users().at(user);
    if (has) {
      text += known.name + ":";
      text += known.passwords.at(*has).hashes.at(2 * realm + random_.below(2));
      text += "\n";
    } else if (random_.chance(0.3)) {
      text += known.name + ":" + known.passwords[0].text + "\n";  // which nobody hashed
      ++mistakes;
    }
  }
  auto parsed = server::UserTable::parse(text, kStandInKey);
  INVARIANT(parsed.mistakes.size() == mistakes);
  return parsed.table;
}

bool UsersFiles::all_readable() const {
  return std::ranges::all_of(tables_, [](const auto& table) { return table != nullptr; });
}

bool UsersFiles::allows(const Guard& guard, const Version& version) {
  const auto& password = guard.says().password;
  return password && version.at(guard.realm).at(password->user) == password->password;
}

bool UsersFiles::has_allowed(const Guard& guard, std::size_t first) const {
  return std::any_of(versions_.begin() + static_cast<std::ptrdiff_t>(first), versions_.end(),
                     [&guard](const Version& version) { return allows(guard, version); });
}

bool UsersFiles::has_denied(const Guard& guard, std::size_t first) const {
  return !std::all_of(versions_.begin() + static_cast<std::ptrdiff_t>(first), versions_.end(),
                      [&guard](const Version& version) { return allows(guard, version); });
}

}  // namespace simulation
