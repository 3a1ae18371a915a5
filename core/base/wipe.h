// Overwrites secrets before their memory goes back. Any thread. explicit_bzero(3), which no
// optimiser removes. What the compiler kept in registers or spilled is out of reach.
#pragma once

#include <string>

namespace core {

// Empty afterwards. All of the capacity: a string that was moved from, or became shorter, still has
// the old characters in it.
void wipe(std::string& text);

}  // namespace core
