// What is to be said about a key that an object may not have: a slip of the pen, one that belongs
// further inside, or the word that another server has for it. Any thread; pure function.
#pragma once

#include <string>
#include <string_view>

#include "config/keys.h"

namespace config {

struct KeyAdvice {
  std::string help;
  std::string_view meant;  // the key of this object that was probably meant; empty: none
};

// `name` is none of `keys`.
[[nodiscard]] KeyAdvice advise_on_key(std::string_view name, const Keys& keys);

}  // namespace config
