#include "config/comments.h"

#include <algorithm>

namespace config {
namespace {

class Blanker {
 public:
  explicit Blanker(std::string_view text) : source_(text) { result_.text = text; }

  [[nodiscard]] BlankedText run() {
    while (offset_ < source_.size() && !result_.unterminated) {
      const char byte = source_[offset_];
      const char next = offset_ + 1 < source_.size() ? source_[offset_ + 1] : '\0';
      if (byte == '"') {
        pass_string();
      } else if (byte == '/' && next == '/') {
        blank_until(std::min(source_.find('\n', offset_), source_.size()));
      } else if (byte == '/' && next == '*') {
        blank_block_comment();
      } else {
        pass_byte(byte);
      }
    }
    return std::move(result_);
  }

 private:
  void pass_string() {
    const std::size_t start = offset_++;
    while (offset_ < source_.size() && source_[offset_] != '"' && source_[offset_] != '\n') {
      const bool escapes =
          source_[offset_] == '\\' && offset_ + 1 < source_.size() && source_[offset_ + 1] != '\n';
      offset_ += escapes ? 2 : 1;
    }
    if (offset_ >= source_.size() || source_[offset_] == '\n') {
      end_at({start, std::min(offset_, source_.size()) - start}, "this string is not closed",
             "a string ends with \" on the same line");
      return;
    }
    ++offset_;
    before_ = '"';
  }

  void blank_block_comment() {
    const std::size_t end = source_.find("*/", offset_ + 2);
    if (end == std::string_view::npos) {
      end_at({offset_, 2}, "this comment is not closed", "a comment ends with */");
      return;
    }
    blank_until(end + 2);
  }

  void pass_byte(char byte) {
    const bool blank = byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
    if (byte == ',') {
      const bool after_value =
          before_ != '\0' && before_ != '[' && before_ != '{' && before_ != ',' && before_ != ':';
      comma_ = after_value ? offset_ : std::string_view::npos;
    } else if ((byte == ']' || byte == '}') && before_ == ',' && comma_ != std::string_view::npos) {
      result_.text[comma_] = ' ';
    }
    if (!blank) before_ = byte;
    ++offset_;
  }

  void blank_until(std::size_t end) {
    for (; offset_ < end; ++offset_) {
      if (source_[offset_] != '\n') result_.text[offset_] = ' ';
    }
  }

  void end_at(Span span, std::string message, std::string help) {
    result_.unterminated = SyntaxError{span, std::move(message), std::move(help), true};
    result_.text.resize(span.offset);
  }

  const std::string_view source_;
  BlankedText result_;
  std::size_t offset_ = 0;
  char before_ = '\0';                          // the last byte that is no blank
  std::size_t comma_ = std::string_view::npos;  // the last comma that may turn out to be trailing
};

}  // namespace

BlankedText blank_comments(std::string_view text) { return Blanker(text).run(); }

}  // namespace config
