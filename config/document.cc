#include "config/document.h"

#include <fmt/format.h>

#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "config/comments.h"
#include "config/utf8.h"
#include "core/base/invariant.h"

namespace config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// What has to be right before any parser looks at it.
std::optional<SyntaxError> check_bytes(std::string_view text) {
  if (text.size() > kDocumentBytesMax) {
    return SyntaxError{
        {0, 0}, fmt::format("the file has more than {} bytes", kDocumentBytesMax), {}};
  }
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return SyntaxError{{0, 0}, "the file is UTF-16", "save it as UTF-8"};
  }
  if (text.starts_with(kByteOrderMark)) {
    return SyntaxError{{0, 0}, "the file begins with a byte order mark", "save it without"};
  }
  for (std::size_t offset = 0; offset < text.size();) {
    const Utf8Character character = decode_utf8(text, offset);
    if (!character.valid) {
      const auto byte = static_cast<unsigned char>(text[offset]);
      return SyntaxError{{offset, 1}, fmt::format("byte 0x{:02X} is not UTF-8", byte), {}};
    }
    const bool blank = text[offset] == '\t' || text[offset] == '\n' || text[offset] == '\r';
    if (character.code_point < 0x20 && !blank) {
      const auto value = static_cast<unsigned>(character.code_point);
      return SyntaxError{{offset, 1}, fmt::format("control character U+{:04X}", value), {}};
    }
    offset += character.size;
  }
  return std::nullopt;
}

// Reads the text and tells how far it has been read: the library reports positions only in errors.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t& count) : at_(at), count_(&count) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*count_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* count_;
};

// Receives the library's events and builds the tree. The names of the methods are the library's.
class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(std::string_view text, const std::size_t& bytes_read)
      : text_(text), bytes_read_(bytes_read) {}

  bool null() override { return add_scalar({}, std::string_view("null").size()); }

  bool boolean(bool value) override {
    Node node;
    node.kind = Node::Kind::kBoolean;
    node.boolean = value;
    return add_scalar(std::move(node), std::string_view(value ? "true" : "false").size());
  }

  bool number_integer(number_integer_t value) override { return add_integer(value); }

  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    return add_integer(value > static_cast<std::uint64_t>(kMax) ? kMax
                                                                : static_cast<std::int64_t>(value));
  }

  bool number_float(number_float_t value, const string_t& digits) override {
    // Integers that no 64 bits hold arrive here.
    if (digits.find_first_of(".eE") == string_t::npos) {
      using Limits = std::numeric_limits<std::int64_t>;
      return add_integer(value < 0 ? Limits::min() : Limits::max());
    }
    Node node;
    node.kind = Node::Kind::kFraction;
    node.fraction = value;
    return add_scalar(std::move(node), number_size(text_, next_token()));
  }

  bool string(string_t& value) override {
    Node node;
    node.kind = Node::Kind::kString;
    node.string = std::move(value);
    return add_scalar(std::move(node), bytes_read_ - next_token());
  }

  bool binary(binary_t& /*value*/) override { return false; }  // JSON text has none

  bool start_object(std::size_t /*elements*/) override { return open(Node::Kind::kObject); }
  bool start_array(std::size_t /*elements*/) override { return open(Node::Kind::kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& value) override {
    INVARIANT(!open_.empty());
    const std::size_t start = next_token();
    Member member;
    member.key = std::move(value);
    member.key_span = {start, bytes_read_ - start};
    accept(ParseState::After::kKey, member.key_span);
    open_.back()->members.push_back(std::move(member));
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    error_ = explain(text_, state_, position);
    return false;
  }

  // Once, after parsing. A parse that failed always has an error.
  [[nodiscard]] core::Result<Node, SyntaxError> take() {
    if (error_) return core::unexpected(std::move(*error_));
    return std::move(root_);
  }

 private:
  // Valid until accept(): commas, colons and blanks are all that can stand before a token.
  [[nodiscard]] std::size_t next_token() const {
    const std::size_t from = state_.last.offset + state_.last.size;
    const std::size_t start = text_.find_first_not_of(" \t\r\n,:", from);
    INVARIANT(start < text_.size());
    return start;
  }

  void accept(ParseState::After after, Span token) {
    state_.after = after;
    state_.last = token;
  }

  bool add_integer(std::int64_t value) {
    Node node;
    node.kind = Node::Kind::kInteger;
    node.integer = value;
    return add_scalar(std::move(node), number_size(text_, next_token()));
  }

  bool add_scalar(Node node, std::size_t size) {
    node.span = {next_token(), size};
    accept(ParseState::After::kValue, node.span);
    place(std::move(node));
    return true;
  }

  // Puts a value where it belongs. The result stays where it is until the next value of the same
  // parent, and no parent gets one before its last child is closed.
  Node& place(Node node) {
    if (open_.empty()) return root_ = std::move(node);
    Node& parent = *open_.back();
    if (parent.kind == Node::Kind::kList) return parent.items.emplace_back(std::move(node));
    INVARIANT(!parent.members.empty());
    return parent.members.back().value = std::move(node);
  }

  bool open(Node::Kind kind) {
    Node node;
    node.kind = kind;
    node.span = {next_token(), 1};
    if (open_.size() == kDocumentDepthMax) {
      error_ = SyntaxError{
          node.span, fmt::format("nested more than {} levels deep", kDocumentDepthMax), {}};
      return false;
    }
    accept(ParseState::After::kOpening, node.span);
    state_.open.push_back(node.span.offset);
    open_.push_back(&place(std::move(node)));
    return true;
  }

  bool close() {
    INVARIANT(!open_.empty());
    accept(ParseState::After::kValue, {next_token(), 1});
    state_.open.pop_back();
    open_.pop_back();
    return true;
  }

  const std::string_view text_;
  const std::size_t& bytes_read_;
  ParseState state_;
  Node root_;
  std::vector<Node*> open_;  // lists and objects not closed yet, outermost first
  std::optional<SyntaxError> error_;
};

core::Result<Node, SyntaxError> parse_json(std::string_view text) {
  std::size_t bytes_read = 0;
  TreeBuilder builder(text, bytes_read);
  try {
    nlohmann::json::sax_parse(CountingIterator(text.data(), bytes_read),
                              CountingIterator(text.data() + text.size(), bytes_read), &builder);
  } catch (const nlohmann::json::exception&) {
    // The library reports through parse_error(); this is for what its next version may do.
    return core::unexpected(SyntaxError{{bytes_read, 0}, "this is not JSON", {}});
  }
  return builder.take();
}

}  // namespace

core::Result<Node, SyntaxError> parse_document(std::string_view text) {
  if (auto error = check_bytes(text)) return core::unexpected(std::move(*error));
  BlankedText blanked = blank_comments(text);
  auto result = parse_json(blanked.text);
  const bool earlier_error = !result && !result.error().at_end;
  if (blanked.unterminated && !earlier_error) {
    return core::unexpected(std::move(*blanked.unterminated));
  }
  return result;
}

std::string_view describe(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kNull:
      return "null";
    case Node::Kind::kBoolean:
      return "a boolean";
    case Node::Kind::kInteger:
      return "a number";
    case Node::Kind::kFraction:
      return "a fraction";
    case Node::Kind::kString:
      return "a string";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kObject:
      return "an object";
  }
  return "nothing";
}

}  // namespace config
