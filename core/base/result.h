// Result<T>: a value or an Error, for everything that can fail for reasons outside the program.
// Any thread; plain values. What a peer does wrong is a value, what a programmer does wrong is an
// INVARIANT (invariant.h); no exception crosses a function of ours.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace core {

// A failure a person reads: what was attempted, and the kernel's reason when it gave one.
struct Error {
  std::string message;
  int errno_value = 0;  // 0 when no system call was involved
};

template <typename T, typename E = Error>
using Result = tl::expected<T, E>;

using tl::unexpected;

// "cannot bind 127.0.0.1:80: Permission denied": the one place that words an errno.
[[nodiscard]] Error system_error(std::string_view attempted, int errno_value);

}  // namespace core
