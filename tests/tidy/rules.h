// The rules that a machine keeps, so that no reviewer has to. Each is a pure function from files to
// findings; a finding says what is wrong, where, and what to do instead. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/tidy/source_tree.h"

namespace tidy {

struct Finding {
  std::string path;
  std::size_t line = 1;  // counted from 1
  std::string message;   // what is wrong, then what to do instead
};

using Findings = std::vector<Finding>;

// "core/base/x.h:3: what is wrong: what to do instead"
[[nodiscard]] std::string to_string(const Finding& finding);

// Who may include and link whom, after the tables in layers.h (include_rules.cc, link_rules.cc).
[[nodiscard]] Findings check_include_direction(const SourceFile& file);
[[nodiscard]] Findings check_third_party_headers(const SourceFile& file);
[[nodiscard]] Findings check_links(const SourceFile& file);

// What a file's own text shows (text_rules.cc).
[[nodiscard]] Findings check_name(const SourceFile& file);
[[nodiscard]] Findings check_header_shape(const SourceFile& file);
[[nodiscard]] Findings check_length(const SourceFile& file);
[[nodiscard]] Findings check_columns(const SourceFile& file);
[[nodiscard]] Findings check_marks(const SourceFile& file);
[[nodiscard]] Findings check_test_shape(const SourceFile& file);
[[nodiscard]] Findings check_no_sleep_in_tests(const SourceFile& file);

// What only the whole tree shows (tree_rules.cc).
[[nodiscard]] Findings check_sources_have_tests(const SourceTree& tree);
[[nodiscard]] Findings check_sources_are_built(const SourceTree& tree);

// Every rule above over every file.
[[nodiscard]] Findings check_all(const SourceTree& tree);

}  // namespace tidy
