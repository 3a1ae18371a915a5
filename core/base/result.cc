#include "core/base/result.h"

#include <array>
#include <cstring>

namespace core {

Error system_error(std::string_view attempted, int errno_value) {
  std::array<char, 128> buffer{};
  // The GNU strerror_r: thread-safe, returns either `buffer` or a constant string.
  const char* reason = strerror_r(errno_value, buffer.data(), buffer.size());
  std::string message(attempted);
  message += ": ";
  message += reason;
  return Error{std::move(message), errno_value};
}

}  // namespace core
