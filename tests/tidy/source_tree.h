// The source tree as values: paths and texts. Reading the disk happens only in read_source_tree, so
// every rule is a pure function and is tested on examples in memory. One thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

struct SourceFile {
  std::string path;  // from the root: "core/base/result.h"
  std::string text;
};

using SourceTree = std::vector<SourceFile>;

// Every .h, .cc and CMakeLists.txt of our folders, sorted by path. Empty when `root` is not ouro's.
[[nodiscard]] SourceTree read_source_tree(const std::filesystem::path& root);

[[nodiscard]] const SourceFile* find_file(const SourceTree& tree, std::string_view path);

// --- Small questions about paths and texts that every rule asks ---------------------------------

[[nodiscard]] bool is_header(std::string_view path);
[[nodiscard]] bool is_source(std::string_view path);
[[nodiscard]] bool is_test(std::string_view path);        // tests/.../x_test.cc
[[nodiscard]] bool is_cmake_list(std::string_view path);  // .../CMakeLists.txt
[[nodiscard]] std::string_view folder_of(std::string_view path);
[[nodiscard]] bool is_inside(std::string_view path, std::string_view folder);

// Without their line ends.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);
// The words between any of `separators`.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text,
                                                  std::string_view separators);
// Whether `word` occurs with no letter, digit or underscore beside it.
[[nodiscard]] bool has_word(std::string_view text, std::string_view word);

}  // namespace tidy
