// SourceText: the text of one file and the map from byte offsets to lines and columns. One thread
// while a file is loaded; the text must outlive it. Lines and columns count from 1, columns count
// characters, not bytes. Built once in linear time, each look-up is short even when the whole file
// is one line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace config {

// A piece of a text, in bytes.
struct Span {
  std::size_t offset = 0;
  std::size_t size = 0;
};

class SourceText {
 public:
  // `file_name` is what errors name. `text` may be anything, binary included.
  SourceText(std::string_view text, std::string file_name);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const std::string& file_name() const { return file_name_; }

  // `offset` may be text().size(): the end of the file.
  [[nodiscard]] Place place_at(std::size_t offset) const;

  // The line that `offset` is in, without its line break.
  [[nodiscard]] Span line_at(std::size_t offset) const;

 private:
  [[nodiscard]] std::size_t line_index(std::size_t offset) const;
  [[nodiscard]] std::size_t characters_before(std::size_t offset) const;

  // Constant after construction.
  std::string_view text_;
  std::string file_name_;
  std::vector<std::size_t> line_starts_;       // bytes; the first is 0
  std::vector<std::size_t> block_characters_;  // characters before each block of the text
};

}  // namespace config
