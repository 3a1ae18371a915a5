#include "config/placed_diagnostic.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

namespace config {
namespace {

// Places grow with their offsets.
std::size_t offset_of(const SourceText& source, const Place& place) {
  std::size_t begin = 0;
  std::size_t end = source.text().size();
  while (begin < end) {
    const std::size_t middle = begin + (end - begin) / 2;
    const Place there = source.place_at(middle);
    if (std::tie(there.line, there.column) < std::tie(place.line, place.column)) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

// Of the string that begins there, with its quotes; of anything else one byte.
std::size_t size_at(std::string_view text, std::size_t offset) {
  if (offset >= text.size() || text[offset] != '"') return 1;
  std::size_t end = offset + 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size()) - offset;
}

}  // namespace

Diagnostic diagnose(const Loaded& loaded, const Place& place, std::string message,
                    std::string help) {
  for (const auto& file : loaded.files) {
    if (file->source.file_name() != place.file) continue;
    const std::size_t offset = offset_of(file->source, place);
    return diagnose(file->source, {offset, size_at(file->text, offset)}, std::move(message),
                    std::move(help));
  }
  Diagnostic diagnostic;
  diagnostic.place = place;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  return diagnostic;
}

}  // namespace config
