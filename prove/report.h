// The table that `ouro prove` prints, for people. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "prove/options.h"
#include "prove/row.h"

namespace prove {

// What is tried, and the names of the columns.
[[nodiscard]] std::string table_head(const Options& options, const Row& first);
[[nodiscard]] std::string table_line(const Row& row);
// What it all comes to.
[[nodiscard]] std::string verdict_text(const std::vector<Row>& rows);

[[nodiscard]] bool proved(const std::vector<Row>& rows);

}  // namespace prove
