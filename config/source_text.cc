#include "config/source_text.h"

#include <algorithm>
#include <utility>

#include "config/utf8.h"
#include "core/base/invariant.h"

namespace config {
namespace {

// Characters are counted per block beforehand, so a place costs at most this many bytes of counting
// and a file that is one long line does not make every place a walk over all of it.
constexpr std::size_t kBlockBytes = 256;

}  // namespace

SourceText::SourceText(std::string_view text, std::string file_name)
    : text_(text), file_name_(std::move(file_name)), line_starts_{0} {
  for (std::size_t offset = 0; offset < text_.size(); ++offset) {
    if (text_[offset] == '\n') line_starts_.push_back(offset + 1);
  }
  std::size_t characters = 0;
  for (std::size_t offset = 0; offset <= text_.size(); offset += kBlockBytes) {
    block_characters_.push_back(characters);
    characters += count_characters(text_.substr(offset, kBlockBytes));
  }
}

Place SourceText::place_at(std::size_t offset) const {
  INVARIANT(offset <= text_.size());
  const std::size_t index = line_index(offset);
  const std::size_t column = characters_before(offset) - characters_before(line_starts_[index]);
  return {file_name_, index + 1, column + 1};
}

Span SourceText::line_at(std::size_t offset) const {
  INVARIANT(offset <= text_.size());
  const std::size_t start = line_starts_[line_index(offset)];
  std::size_t end = std::min(text_.find('\n', start), text_.size());
  if (end > start && text_[end - 1] == '\r') --end;
  return {start, end - start};
}

std::size_t SourceText::line_index(std::size_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(next - line_starts_.begin()) - 1;
}

std::size_t SourceText::characters_before(std::size_t offset) const {
  const std::size_t block = offset / kBlockBytes;
  const std::size_t block_start = block * kBlockBytes;
  return block_characters_[block] +
         count_characters(text_.substr(block_start, offset - block_start));
}

}  // namespace config
