#include "prove/storm.h"

#include <algorithm>
#include <array>

namespace prove {
namespace {

constexpr Storm one(std::string_view name, std::string_view title, bool Storm::*what) {
  Storm storm;
  storm.name = name;
  storm.title = title;
  storm.*what = true;
  return storm;
}

constexpr Storm alone() {
  Storm storm;
  storm.name = "alone";
  storm.title = "alone";
  return storm;
}

constexpr Storm all_at_once() {
  Storm storm;
  storm.name = "all";
  storm.title = "all at once";
  storm.passwords = storm.handshakes = storm.cold_files = true;
  storm.hanging_root = storm.unread_log = true;
  return storm;
}

constexpr Storm under_a_quota() {
  Storm storm = one("quota", "passwords, half a CPU", &Storm::passwords);
  storm.cpus = 0.5;
  return storm;
}

constexpr std::array kStorms{
    alone(),
    one("passwords", "wrong passwords", &Storm::passwords),
    one("handshakes", "RSA-4096 handshakes", &Storm::handshakes),
    one("cold", "cold large files", &Storm::cold_files),
    one("hang", "a root that hangs", &Storm::hanging_root),
    one("log", "a log nobody reads", &Storm::unread_log),
    all_at_once(),
    under_a_quota(),
};

}  // namespace

std::span<const Storm> storms() { return kStorms; }

const Storm* storm_by_name(std::string_view name) {
  const auto found = std::ranges::find(kStorms, name, &Storm::name);
  return found == kStorms.end() ? nullptr : &*found;
}

}  // namespace prove
