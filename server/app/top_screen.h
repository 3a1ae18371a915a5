// What `ouro top` shows: a status, beside the one before it, as lines of text. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "server/app/status_view.h"

namespace server {

struct ScreenSize {
  std::size_t columns = 80;
  std::size_t rows = 0;  // 0: as many as it takes
  bool has_colours = false;
};

// Every line ends with a newline and fits the size. Rates are of the time between the two.
[[nodiscard]] std::string top_screen(const StatusView& before, const StatusView& now,
                                     const ScreenSize& size);

}  // namespace server
