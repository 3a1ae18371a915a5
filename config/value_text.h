// A value of a configuration as it is shown to people: with its variables replaced and its paths
// absolute, so that it means the same wherever it stands, but never what a secret stands for. Any
// thread; pure function.
#pragma once

#include <string>
#include <vector>

#include "config/document.h"
#include "config/keys.h"
#include "config/source_file.h"

namespace config {

struct ValueText {
  std::string text;                    // JSON
  std::vector<std::string> variables;  // that it came from, as written: "${env:NAME}"
};

// `node` is a right value of `shape` in `file`, neither a list nor an object. What came from a
// file, a Kind::kSecret that came from anywhere else, and what is not UTF-8 is given as it is
// written.
[[nodiscard]] ValueText value_text(const Shape& shape, const Node& node, const SourceFile& file);

}  // namespace config
