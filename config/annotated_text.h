// AnnotatedText: a JSONC text that is written line by line, each with a comment at its end, aligned
// with those around it. One thread. Never fails.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace config {

class AnnotatedText {
 public:
  // A member or an item, without its comma; without a comment when `comment` is empty.
  void add(const std::string& text, std::string comment);
  // A line that is a comment as a whole.
  void note(std::string_view comment);
  // Up to the matching close() lines stand further in. `text` ends with the bracket.
  void open(const std::string& text, std::string comment);
  void close(std::string_view bracket);

  [[nodiscard]] std::string text() const;

 private:
  struct Line {
    std::string text;  // with its indentation
    std::string comment;
    bool aligned = false;
  };

  void put(const std::string& text, std::string comment, bool aligned);
  [[nodiscard]] std::size_t column_of_comments(std::size_t first, std::size_t& end) const;

  std::vector<Line> lines_;
  std::size_t depth_ = 0;
};

}  // namespace config
