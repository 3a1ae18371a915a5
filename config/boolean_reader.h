// Switches: true, false, and where there is more than that, a word. What is none goes to the
// report, with the value that was probably meant ("on"). One thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/document.h"
#include "config/report.h"

namespace config {

// Leaves `target` alone when `member` is nullptr or wrong.
void read_boolean(Report& report, const Member* member, bool& target);

// 0 is false, 1 is true, the words follow. `help` is for what is neither a boolean nor a string.
[[nodiscard]] std::optional<std::size_t> find_switch(Report& report, const Member& member,
                                                     std::span<const std::string_view> words,
                                                     std::string help = {});

}  // namespace config
