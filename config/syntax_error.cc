#include "config/syntax_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "config/diagnostic.h"
#include "config/suggestion.h"
#include "config/utf8.h"
#include "core/base/invariant.h"

namespace config {
namespace {

constexpr std::array<std::string_view, 3> kWords = {"true", "false", "null"};

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

bool begins_number(char byte) {
  return is_digit(byte) || byte == '+' || byte == '-' || byte == '.';
}

bool is_word_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) ||
         byte == '_' || byte == '$' || byte == '-' || byte == '.' || byte == '+' ||
         (static_cast<unsigned char>(byte) & 0x80U) != 0;
}

std::size_t word_size(std::string_view text, std::size_t offset) {
  std::size_t end = offset;
  while (end < text.size() && is_word_byte(text[end])) ++end;
  return end - offset;
}

class Explanation {
 public:
  Explanation(std::string_view text, const ParseState& state, std::size_t stopped_at)
      : text_(text), state_(state), stopped_at_(stopped_at) {
    next_ = skip_blanks(text_, state_.last.offset + state_.last.size);
  }

  [[nodiscard]] SyntaxError run() {
    using After = ParseState::After;
    switch (state_.after) {
      case After::kNothing:
        return next_ == text_.size() ? empty_file() : no_value();
      case After::kOpening:
        return after_opening();
      case After::kKey:
        return after_key();
      case After::kValue:
        return state_.open.empty() ? after_document() : after_value();
    }
    return unexpected();
  }

 private:
  [[nodiscard]] bool at_end() const { return next_ >= text_.size(); }
  [[nodiscard]] char byte() const { return text_[next_]; }
  [[nodiscard]] bool in_object() const {
    return !state_.open.empty() && text_[state_.open.back()] == '{';
  }

  void skip(char separator) {
    if (!at_end() && byte() == separator) next_ = skip_blanks(text_, next_ + 1);
  }

  [[nodiscard]] SyntaxError at(Span span, std::string message, std::string help = {}) const {
    return {span, std::move(message), std::move(help)};
  }

  [[nodiscard]] SyntaxError empty_file() const {
    SyntaxError error =
        at({0, 0}, "the file is empty", "a configuration is an object: { \"listen\": ... }");
    error.at_end = true;
    return error;
  }

  [[nodiscard]] SyntaxError ended() const {
    SyntaxError error = state_.open.empty()
                            ? at({text_.size(), 0}, "the file ends too early")
                            : at({state_.open.back(), 1},
                                 fmt::format("this '{}' is not closed", text_[state_.open.back()]),
                                 fmt::format("it needs a '{}'", closing()));
    error.at_end = true;
    return error;
  }

  [[nodiscard]] SyntaxError after_opening() const {
    if (!at_end() && (byte() == '}' || byte() == ']')) return wrong_bracket();
    return in_object() ? no_key() : no_value();
  }

  [[nodiscard]] SyntaxError after_key() {
    if (at_end()) return ended();
    if (byte() != ':')
      return at(state_.last, "expected ':' after this key", "a member is \"key\": value");
    skip(':');
    return no_value();
  }

  [[nodiscard]] SyntaxError after_value() {
    if (at_end()) return ended();
    if (byte() == ',') {
      skip(',');
      return in_object() ? no_key() : no_value();
    }
    if (byte() == '}' || byte() == ']') return wrong_bracket();
    if (!is_word_byte(byte()) && std::string_view("\"{[:").find(byte()) == std::string_view::npos) {
      return unexpected();
    }
    const char last_byte = text_[state_.last.offset];
    const bool adjacent = next_ == state_.last.offset + state_.last.size;
    if (adjacent && is_word_byte(byte()) && is_word_byte(last_byte)) {
      return bad_scalar(state_.last.offset);
    }
    const bool after_bracket = last_byte == '}' || last_byte == ']';
    return at(state_.last,
              fmt::format("expected ',' or '{}' after this {}", closing(),
                          after_bracket ? "bracket" : "value"),
              "what stands side by side is separated by commas");
  }

  [[nodiscard]] char closing() const { return in_object() ? '}' : ']'; }

  [[nodiscard]] SyntaxError wrong_bracket() const {
    return at({next_, 1}, fmt::format("expected '{}' here, not '{}'", closing(), byte()),
              fmt::format("a '{}' is still open", text_[state_.open.back()]));
  }

  [[nodiscard]] SyntaxError after_document() const {
    const bool is_bracket = byte() == '}' || byte() == ']';
    return at({next_, 1}, "nothing may follow the end of the configuration",
              is_bracket ? fmt::format("a '{}' too many, here or before", byte())
                         : "it is one value: an object, or a list in an included file");
  }

  [[nodiscard]] SyntaxError no_key() const {
    if (at_end()) return ended();
    if (byte() == '"') return bad_string();
    if (byte() == ',' || byte() == ':') return stray_separator();
    const std::size_t size = word_size(text_, next_);
    if (size == 0) return unexpected();
    const std::string word(text_.substr(next_, size));
    return at({next_, size}, "a key must be in double quotes",
              fmt::format("write {}", quote(word)));
  }

  [[nodiscard]] SyntaxError no_value() const {
    if (at_end()) return ended();
    const char first = byte();
    if (first == '"') return bad_string();
    if (first == ',' || first == ':') return stray_separator();
    if (first == '}' || first == ']') {
      return at({next_, 1}, fmt::format("expected a value, not '{}'", first));
    }
    return is_word_byte(first) ? bad_scalar(next_) : unexpected();
  }

  [[nodiscard]] SyntaxError stray_separator() const {
    return at({next_, 1}, fmt::format("something is missing before this '{}'", byte()),
              byte() == ',' ? "one comma is enough" : "a key stands before it");
  }

  // A word, or a number that JSON does not know: 01, +1, .5, 0x10, 8080abc, 1e999.
  [[nodiscard]] SyntaxError bad_scalar(std::size_t start) const {
    const std::size_t size = word_size(text_, start);
    const std::string_view word = text_.substr(start, size);
    if (begins_number(word.front())) {
      const bool right = number_size(text_, start) == size;
      return at({start, size},
                fmt::format("{} is {}", quote(word), right ? "too large" : "not a number"),
                right ? "" : "strings need double quotes");
    }
    const auto meant = closest(word, kWords);
    return at({start, size}, fmt::format("{} is not a value", quote(word)),
              meant ? fmt::format("did you mean {}?", *meant) : "strings need double quotes");
  }

  [[nodiscard]] SyntaxError bad_string() const {
    INVARIANT(stopped_at_ > 0);
    const std::size_t stopped = std::min(stopped_at_, text_.size()) - 1;
    if (static_cast<unsigned char>(text_[stopped]) < 0x20) {
      return at({stopped, 1}, "a tab inside a string must be written as \\t");
    }
    const std::size_t backslash = text_.rfind('\\', stopped);
    if (backslash == std::string_view::npos || backslash < next_) {
      return at({next_, 1}, "this string is not valid");
    }
    return at({backslash, 2}, "this escape is not valid",
              "allowed: \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits "
              "(surrogates in pairs)");
  }

  [[nodiscard]] SyntaxError unexpected() const {
    if (at_end()) return ended();
    const std::size_t size = decode_utf8(text_, next_).size;
    std::string help;
    if (byte() == '\'') help = "strings need double quotes";
    if (byte() == '#' || byte() == '/') help = "comments begin with // or stand in /* */";
    return at({next_, size}, fmt::format("unexpected {}", quote(text_.substr(next_, size))),
              std::move(help));
  }

  const std::string_view text_;
  const ParseState& state_;
  const std::size_t stopped_at_;
  std::size_t next_ = 0;  // the byte that did not fit
};

}  // namespace

SyntaxError explain(std::string_view text, const ParseState& state, std::size_t stopped_at) {
  return Explanation(text, state, stopped_at).run();
}

std::size_t skip_blanks(std::string_view text, std::size_t offset) {
  return std::min(text.find_first_not_of(" \t\r\n", offset), text.size());
}

std::size_t number_size(std::string_view text, std::size_t offset) {
  const auto digits_end = [text](std::size_t from) {
    return std::min(text.find_first_not_of("0123456789", from), text.size());
  };
  const auto is_one_of = [text](std::size_t at, std::string_view bytes) {
    return at < text.size() && bytes.find(text[at]) != std::string_view::npos;
  };
  const std::size_t integer = offset + (is_one_of(offset, "-") ? 1 : 0);
  std::size_t end = is_one_of(integer, "0") ? integer + 1 : digits_end(integer);
  if (end == integer) return 0;
  if (is_one_of(end, ".") && digits_end(end + 1) > end + 1) end = digits_end(end + 1);
  if (is_one_of(end, "eE")) {
    const std::size_t exponent = end + (is_one_of(end + 1, "+-") ? 2 : 1);
    if (digits_end(exponent) > exponent) end = digits_end(exponent);
  }
  return end - offset;
}

}  // namespace config
