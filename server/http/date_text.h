// DateText: the value of the Date field, rendered once a second. Loop thread only.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "server/http/date.h"

namespace server {

class DateText {
 public:
  // RFC 9110 6.6.1, for this second; valid until the next call.
  [[nodiscard]] std::string_view now();

 private:
  std::int64_t rendered_second_ = -1;
  std::array<char, kDateSize> text_{};
};

}  // namespace server
