#include "tests/simulation/guard.h"

#include <fmt/format.h>

#include <charconv>

#include "core/base/invariant.h"
#include "tests/server/app/basic_credentials.h"
#include "tests/simulation/known_users.h"

namespace simulation {
namespace {

using Kind = Claim::Kind;

constexpr std::size_t kRightOnes = kKnownUsers * kPasswordsEach;

std::string field(const std::string& value) { return "Authorization: " + value + "\r\n"; }

// RFC 9110 11.1, 11.4: the scheme in any case, any number of blanks behind it.
std::string login_as_nobody_writes_it(const std::string& user, const std::string& password) {
  return field("bAsIC   " + test::base64(user + ":" + password));
}

Claim wrong(const std::string& user, const std::string& password) {
  return {Kind::kCredentials, test::login(user, password), user, std::nullopt};
}

void add_right_ones(std::vector<Claim>& claims) {
  for (std::size_t user = 0; user < kKnownUsers; ++user) {
    const KnownUser& known = known_users().at(user);
    for (std::size_t i = 0; i < kPasswordsEach; ++i) {
      const std::string& text = known.passwords.at(i).text;
      const bool as_usual = (user + i) % 3 != 0;
      claims.push_back(
          {Kind::kCredentials,
           as_usual ? test::login(known.name, text) : login_as_nobody_writes_it(known.name, text),
           known.name, Claim::Password{user, i}});
    }
  }
}

void add_wrong_ones(std::vector<Claim>& claims) {
  for (const KnownUser& known : known_users()) claims.push_back(wrong(known.name, "guessed"));
  claims.push_back(wrong("ann", ""));
  claims.push_back(wrong("ann", "b"));        // somebody else's
  claims.push_back(wrong("ann", "secret "));  // nearly
  claims.push_back(wrong("Ann", "secret"));
  claims.push_back(wrong("mallory", "secret"));  // who is nowhere
  claims.push_back(wrong("", "secret"));
  claims.push_back(wrong(std::string(300, 'n'), "secret"));
  // What hashes would not see.
  claims.push_back(wrong("dora", std::string(72, 'd') + "x"));
  claims.push_back(wrong("ann", "secret" + std::string(1000, 'x')));
}

void add_unreadable_ones(std::vector<Claim>& claims) {
  claims.push_back({Kind::kNone, ""});
  claims.push_back({Kind::kNone, field("")});
  claims.push_back({Kind::kNone, field("Bearer YW5uOnNlY3JldA==")});
  claims.push_back({Kind::kNone, field("Digest username=\"ann\"")});
  claims.push_back({Kind::kMalformed, field("Basic")});
  claims.push_back({Kind::kMalformed, field("Basic YW5uOnNlY3JldA")});  // not padded
  claims.push_back({Kind::kMalformed, field("Basic ann:secret")});
  claims.push_back({Kind::kMalformed, field("Basic " + test::base64("ann"))});  // no colon
  claims.push_back({Kind::kMalformed, field("Basic " + test::base64("ann:secret\n"))});
  claims.push_back(
      {Kind::kMalformed, field("Basic " + test::base64(std::string("ann:secret\0x", 12)))});
  claims.push_back(
      {Kind::kMalformed, test::login("ann", "secret") + test::login("ann", "secret")});  // twice
}

std::vector<Claim> make_claims() {
  std::vector<Claim> claims;
  add_right_ones(claims);
  INVARIANT(claims.size() == kRightOnes);
  add_wrong_ones(claims);
  add_unreadable_ones(claims);
  return claims;
}

}  // namespace

const std::vector<Claim>& all_claims() {
  static const std::vector<Claim> kClaims = make_claims();
  return kClaims;
}

std::string path_prefix(const Guard& guard) {
  return fmt::format("/{}/{}", kRealms.at(guard.realm), guard.claim);
}

GuardedPath read_path(std::string_view path) {
  for (std::size_t realm = 0; realm < kRealms.size(); ++realm) {
    const std::string_view name = kRealms.at(realm);
    if (path.size() < name.size() + 2 || path.substr(1, name.size()) != name) continue;
    path.remove_prefix(name.size() + 2);
    Guard guard{realm, 0};
    const auto result = std::from_chars(path.data(), path.data() + path.size(), guard.claim);
    INVARIANT(result.ec == std::errc{} && guard.claim < all_claims().size());
    path.remove_prefix(static_cast<std::size_t>(result.ptr - path.data()));
    return {guard, path};
  }
  return {std::nullopt, path};
}

Guard GuardHabits::pick(Random& random) const {
  if (random.chance(popular_share)) return popular;
  const std::size_t realm = random.below(kRealms.size());
  if (!random.chance(wrong_share)) return {realm, random.below(kRightOnes)};
  return {realm, random.between(kRightOnes, all_claims().size() - 1)};
}

GuardHabits make_habits(Random& random) {
  GuardHabits habits;
  if (random.chance(0.5)) return habits;
  habits.share = random.chance(0.5) ? 0.2 : 0.8;
  habits.popular_share = random.chance(0.5) ? 0 : 0.7;
  habits.popular = {random.below(kRealms.size()), random.below(kRightOnes)};
  habits.wrong_share = random.chance(0.7) ? 0.1 : 0.8;
  habits.networks_max = random.between(1, 3);
  return habits;
}

}  // namespace simulation
