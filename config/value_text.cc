#include "config/value_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include "config/json_text.h"
#include "config/reader.h"
#include "config/utf8.h"
#include "core/base/invariant.h"

namespace config {
namespace {

using Kind = Shape::Kind;

constexpr std::string_view kOpening = "${";
constexpr std::string_view kFile = "${file:";
constexpr std::string_view kUnix = "unix:";

// Of the string before its variables were replaced.
std::string written_text(const Node& node, const SourceFile& file) {
  const auto document =
      parse_document(std::string_view(file.text).substr(node.span.offset, node.span.size));
  INVARIANT(document && document->kind == Node::Kind::kString);
  return document->string;
}

// A piece of a string as it is written: a variable, or what stands between two of them.
struct Piece {
  std::string_view text;
  bool is_variable = false;
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  std::size_t from = 0;
  for (std::size_t at = text.find(kOpening); at != std::string_view::npos;
       at = text.find(kOpening, from)) {
    const bool escaped = at > from && text[at - 1] == '$';
    const std::size_t end = escaped ? at + kOpening.size() : text.find('}', at) + 1;
    const std::size_t begin = escaped ? end : at;
    if (begin > from) pieces.push_back({text.substr(from, begin - from), false});
    if (!escaped) pieces.push_back({text.substr(at, end - at), true});
    from = end;
  }
  if (from < text.size()) pieces.push_back({text.substr(from), false});
  return pieces;
}

// What a string is once it is a value: nothing relative is left in it.
std::string absolute(const Shape& shape, std::string_view value, std::string_view base_directory) {
  const bool is_word =
      std::find(shape.words.begin(), shape.words.end(), value) != shape.words.end();
  if (shape.kind == Kind::kPath && !is_word) return resolve_path(value, base_directory);
  if (shape.kind == Kind::kAddress && value.starts_with(kUnix)) {
    return std::string(kUnix) + resolve_path(value.substr(kUnix.size()), base_directory);
  }
  return std::string(value);
}

// With the files of its variables absolute too; what it stands for is `value`.
std::string as_written(const Shape& shape, const std::vector<Piece>& pieces,
                       const std::string& value, const std::string& base_directory) {
  std::string text;
  for (const Piece& piece : pieces) {
    if (piece.is_variable && piece.text.starts_with(kFile)) {
      const auto path = piece.text.substr(kFile.size(), piece.text.size() - kFile.size() - 1);
      text += std::string(kFile) + resolve_path(path, base_directory) + "}";
    } else {
      text += piece.text;
    }
  }
  if (absolute(shape, value, base_directory) == value) return json_string(text);
  const std::string directory =
      escape_variables(base_directory) + (base_directory.ends_with('/') ? "" : "/");
  return json_string(text.insert(text.starts_with(kUnix) ? kUnix.size() : 0, directory));
}

// A string that stands for a number is written as one.
std::string plain_text(const Shape& shape, const std::string& value,
                       const std::string& base_directory) {
  if (shape.kind == Kind::kBoolean && (value == "true" || value == "false")) return value;
  std::int64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, number);
  const bool is_number = error == std::errc{} && rest == end;
  if (shape.kind == Kind::kInteger && is_number) return std::to_string(number);
  return literal_string(absolute(shape, value, base_directory));
}

ValueText string_text(const Shape& shape, const Node& node, const SourceFile& file) {
  const std::string& directory = file.base_directory;
  if (!node.has_variable) return {literal_string(absolute(shape, node.string, directory)), {}};
  const std::string written = written_text(node, file);
  const std::vector<Piece> pieces = pieces_of(written);
  const bool is_secret = shape.kind == Kind::kSecret || find_invalid_utf8(node.string) ||
                         std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
                           return piece.is_variable && piece.text.starts_with(kFile);
                         });
  if (is_secret) return {as_written(shape, pieces, node.string, directory), {}};
  ValueText result{plain_text(shape, node.string, directory), {}};
  for (const Piece& piece : pieces) {
    if (piece.is_variable) result.variables.emplace_back(piece.text);
  }
  return result;
}

}  // namespace

ValueText value_text(const Shape& shape, const Node& node, const SourceFile& file) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return {"null", {}};
    case Node::Kind::kBoolean:
      return {node.boolean ? "true" : "false", {}};
    case Node::Kind::kInteger:
      return {std::to_string(node.integer), {}};
    default:
      INVARIANT(node.kind == Node::Kind::kString);
      return string_text(shape, node, file);
  }
}

}  // namespace config
