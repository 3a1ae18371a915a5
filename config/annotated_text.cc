#include "config/annotated_text.h"

#include <algorithm>
#include <utility>

#include "config/utf8.h"
#include "core/base/invariant.h"

namespace config {
namespace {

constexpr std::size_t kIndentation = 2;
constexpr std::size_t kAlignedCharactersMax = 60;  // a longer line does not push its neighbours

}  // namespace

void AnnotatedText::add(const std::string& text, std::string comment) {
  put(text + ",", std::move(comment), true);
}

void AnnotatedText::note(std::string_view comment) { put("// " + std::string(comment), {}, false); }

void AnnotatedText::open(const std::string& text, std::string comment) {
  put(text, std::move(comment), false);
  ++depth_;
}

void AnnotatedText::close(std::string_view bracket) {
  INVARIANT(depth_ > 0);
  --depth_;
  put(std::string(bracket) + (depth_ > 0 ? "," : ""), {}, false);
}

std::string AnnotatedText::text() const {
  std::string result;
  std::size_t aligned_until = 0;
  std::size_t column = 0;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (i >= aligned_until) column = column_of_comments(i, aligned_until);
    const auto& [text, comment, aligned] = lines_[i];
    result += text;
    if (!comment.empty()) {
      const std::size_t width = count_characters(text);
      result.append(width < column ? column - width : 0, ' ');
      result += "  // " + comment;
    }
    result += '\n';
  }
  return result;
}

void AnnotatedText::put(const std::string& text, std::string comment, bool aligned) {
  lines_.push_back({std::string(kIndentation * depth_, ' ') + text, std::move(comment), aligned});
}

// Of the lines from `first` on that stand together; `end` is behind the last of them.
std::size_t AnnotatedText::column_of_comments(std::size_t first, std::size_t& end) const {
  std::size_t column = 0;
  for (end = first; end < lines_.size() && lines_[end].aligned; ++end) {
    const std::size_t width = count_characters(lines_[end].text);
    if (width <= kAlignedCharactersMax) column = std::max(column, width);
  }
  end = std::max(end, first + 1);
  return column;
}

}  // namespace config
