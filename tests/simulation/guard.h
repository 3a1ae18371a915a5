// Guard: what stands before a protected route in simulated lives: a users file, and what the
// request says about who asks. Both are in the path too ("/members/7/text/12/345"), so that whoever
// watches an answer knows what it follows from without reading the Authorization field. Values;
// immutable.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/random.h"

namespace simulation {

// Each has a users file and a realm of its own.
inline constexpr std::array<std::string_view, 2> kRealms{"members", "staff"};

struct Claim {
  enum class Kind : std::uint8_t {
    kNone,       // no credentials, or those of another scheme: 401
    kMalformed,  // 400
    kCredentials
  };
  // Of a known user.
  struct Password {
    std::size_t user;
    std::size_t password;
  };

  Kind kind = Kind::kNone;
  std::string fields;  // whole lines of a head
  // kCredentials
  std::string user{};
  std::optional<Password> password{};  // nothing: whatever a users file has, it is wrong
};

[[nodiscard]] const std::vector<Claim>& all_claims();

struct Guard {
  std::size_t realm = 0;
  std::size_t claim = 0;

  [[nodiscard]] const Claim& says() const { return all_claims().at(claim); }
};

// "/members/7", for what stands behind it in the path.
[[nodiscard]] std::string path_prefix(const Guard& guard);

struct GuardedPath {
  std::optional<Guard> guard;  // nothing: the route is open to everybody
  std::string_view rest;       // of the path
};
[[nodiscard]] GuardedPath read_path(std::string_view path);

// How the clients of one life use protected routes.
struct GuardHabits {
  double share = 0;          // of requests that are for one of them
  double popular_share = 0;  // of these, who say all the same
  Guard popular{};
  double wrong_share = 0.1;      // of the others, who say nothing that could be right
  std::size_t networks_max = 1;  // that the clients come from

  [[nodiscard]] Guard pick(Random& random) const;
};
[[nodiscard]] GuardHabits make_habits(Random& random);

}  // namespace simulation
