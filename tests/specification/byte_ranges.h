// The Range field for bytes (RFC 9110 14.1, 14.2), by asking of every single byte whether it is
// meant. Part of the specification: it shares nothing with server/. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace specification {

struct SelectedBytes {
  std::size_t first = 0;
  std::size_t count = 0;  // 0: the range touches nothing
};

struct Selection {
  bool ignored = false;               // the whole representation is sent
  std::vector<SelectedBytes> ranges;  // one for each range-spec, in order
};

// Of a representation of `size` bytes. A set of more than `ranges_max` is ignored, and so is what
// Content-Range cannot express (14.4): a suffix of nothing.
[[nodiscard]] Selection select_bytes(std::string_view field, std::size_t size,
                                     std::size_t ranges_max);

}  // namespace specification
