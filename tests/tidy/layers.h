// Who may include whom: design.md's table, and the one adapter of each third-party library.
// Constant tables and questions about them; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tidy {

// Lists are separated by spaces; an entry is a folder (with all below it) or one file. A folder may
// always include itself.
struct Layer {
  std::string_view folder;
  std::string_view may_include;
  std::string_view but_not;
};

// A third-party library has one adapter, so that it can be replaced and its types stay out of the
// rest. The folder of the adapter is also the only one whose CMake library links it.
struct Library {
  std::string_view header;   // how its headers begin
  std::string_view target;   // how its CMake targets begin
  std::string_view adapter;  // files, or folders with all below them
};

[[nodiscard]] std::span<const Library> libraries();

// The layer whose folder holds `path`; null for tests, which may include everything.
[[nodiscard]] const Layer* layer_of(std::string_view path);
// The layer that CMake builds as `target`: "ouro_core_io".
[[nodiscard]] const Layer* layer_by_target(std::string_view target);
[[nodiscard]] std::string target_of(const Layer& layer);

// Whether `path` begins with one of our folders.
[[nodiscard]] bool is_ours(std::string_view path);
[[nodiscard]] bool is_adapter(const Library& library, std::string_view path);
[[nodiscard]] bool may_include(const Layer& layer, std::string_view path);
[[nodiscard]] bool may_link(const Layer& layer, const Layer& other);
[[nodiscard]] bool may_link(const Layer& layer, const Library& library);
// "core/io may include only core/base"
[[nodiscard]] std::string describe(const Layer& layer);

}  // namespace tidy
