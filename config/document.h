// Document: a JSONC text as a tree that knows where everything stands. The only reader with
// the JSON library; its exceptions end here. Any thread; the tree owns its strings and is a plain
// value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/source_text.h"
#include "config/syntax_error.h"
#include "core/base/result.h"

namespace config {

inline constexpr std::size_t kDocumentBytesMax = std::size_t{1024} * 1024;
inline constexpr std::size_t kDocumentDepthMax = 64;  // brackets inside each other

struct Member;

struct Node {
  enum class Kind : std::uint8_t { kNull, kBoolean, kInteger, kFraction, kString, kList, kObject };
  Kind kind = Kind::kNull;
  Span span;  // the whole token; of a list or object, the opening bracket
  bool boolean = false;
  std::int64_t integer = 0;  // saturated when the file's number is larger
  double fraction = 0;       // a number with a point or an exponent
  std::string string;
  bool has_variable = false;  // the string came from variables, so it may stand for a number
  bool refused = false;       // and was reported: reads as absent
  std::vector<Node> items;
  std::vector<Member> members;  // in file order, duplicates kept
};

struct Member {
  std::string key;
  Span key_span;  // with its quotes
  Node value;
};

// The first thing that is wrong, when the text is no JSONC: too long or too deep, not UTF-8, a
// control character, a byte order mark, or a syntax error.
[[nodiscard]] core::Result<Node, SyntaxError> parse_document(std::string_view text);

// "a string", "a list" ...
[[nodiscard]] std::string_view describe(Node::Kind kind);

}  // namespace config
