// Keys: every key of the configuration with what it may hold, its default and its meaning, declared
// once. The readers take their keys, bounds and words from here, `ouro schema` is written from it,
// and `ouro check --print` walks along it. Constants; any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "config/bounds.h"

namespace config {

struct Key;

// In the order in which they are shown.
struct Keys {
  const Key* first = nullptr;
  std::size_t size = 0;

  [[nodiscard]] const Key* begin() const { return first; }
  [[nodiscard]] const Key* end() const;
  [[nodiscard]] const Key* find(std::string_view name) const;  // nullptr: there is none
};

// What a value may be, as far as its form goes. In any string of the file variables may stand.
struct Shape {
  enum class Kind : std::uint8_t {
    kBoolean,  // or one of `words`
    kInteger,
    kDuration,
    kSize,
    kByteRate,
    kWord,     // one of `words`
    kText,     // any string; `pattern` says more about it
    kSecret,   // likewise; when variables stand in it, what they stand for is shown to nobody
    kPath,     // likewise, or one of `words`; a relative path starts at the file that it stands in
    kAddress,  // likewise; a relative path of a socket does so too
    kList,     // of `item`
    kMap,      // any name that `pattern` allows, to `item`
    kObject,   // of `keys`
    kEither    // `item` or `other`
  };
  Kind kind;
  bool nullable = false;   // null is a value of its own: none
  bool automatic = false;  // of an integer: "auto" too, which reads as 0
  bool not_empty = false;  // of a list
  SizeBounds bounds{0, 0};
  DurationBounds durations{std::chrono::milliseconds(0), std::chrono::milliseconds(0)};
  std::span<const std::string_view> words{};
  std::string_view pattern{};  // ECMA-262
  const Shape* item = nullptr;
  const Shape* other = nullptr;
  const Keys* keys = nullptr;
};

struct Key {
  std::string_view name;
  Shape shape;
  std::string_view standard;  // the default, as JSON; empty: there is none
  std::string_view meaning;   // a sentence for people
  bool required = false;
  bool inherited = false;  // by the routes of a site
  bool action = false;     // exactly one of these stands in its object
};

inline const Key* Keys::end() const { return first + size; }
inline const Key* Keys::find(std::string_view name) const {
  const Key* const found =
      std::find_if(begin(), end(), [name](const Key& key) { return key.name == name; });
  return found == end() ? nullptr : found;
}

extern const Keys kConfigKeys;  // of a whole file
extern const Keys kListenKeys;  // of an item of "listen"
extern const Keys kAdminKeys;
extern const Keys kLanesKeys;
extern const Keys kFilesLaneKeys;
extern const Keys kTlsLaneKeys;
extern const Keys kAuthLaneKeys;
extern const Keys kTlsKeys;
extern const Keys kLimitsKeys;
extern const Keys kLogKeys;
extern const Keys kDrainKeys;
extern const Keys kSiteKeys;
extern const Keys kSiteTlsKeys;  // of "tls" of a site, or an item of it
extern const Keys kClientAuthKeys;
extern const Keys kRouteKeys;
extern const Keys kCorsKeys;
extern const Keys kAuthKeys;
extern const Keys kBasicAuthKeys;
extern const Keys kFilesKeys;
extern const Keys kRedirectKeys;
extern const Keys kRespondKeys;

}  // namespace config
