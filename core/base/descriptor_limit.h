// How many descriptors this process may have open. Any thread, for all of them.
#pragma once

#include <cstddef>

namespace core {

// The soft limit is a default for programs that use select(2); we take what we may have, the hard
// one. Returns what the limit is then.
std::size_t raise_descriptor_limit();

}  // namespace core
