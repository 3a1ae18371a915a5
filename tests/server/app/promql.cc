#include "tests/server/app/promql.h"

#include <algorithm>
#include <array>

namespace test {
namespace {

constexpr std::array<std::string_view, 6> kBeforeLabels{"by",       "without",    "on",
                                                        "ignoring", "group_left", "group_right"};
constexpr std::array<std::string_view, 6> kWords{"and", "or", "unless", "bool", "offset", "inf"};

bool is_one_of(std::string_view word, const std::array<std::string_view, 6>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  PromqlNames read() {
    while (skip_blanks(), !text_.empty() && names_.problem.empty()) read_one();
    return names_;
  }

 private:
  void read_one() {
    const char c = text_.front();
    if (c == '[') {
      skip_past(']');
    } else if (is_digit(c)) {  // a number, with what stands behind it: 0.99, 1e9
      while (!text_.empty() && (is_digit(text_[0]) || text_[0] == '.' || begins_name(text_[0]))) {
        text_.remove_prefix(1);
      }
    } else if (begins_name(c)) {
      read_word();
    } else {
      text_.remove_prefix(1);
    }
  }

  void read_word() {
    const std::string word = take_name();
    skip_blanks();
    const char next = text_.empty() ? '\0' : text_.front();
    if (is_one_of(word, kBeforeLabels) && next == '(') {
      read_labels();
    } else if (next != '(' && !is_one_of(word, kWords) && !groups_follow()) {
      names_.selectors.push_back({word, {}});
      if (next == '{') read_matchers();
    }
  }

  // sum by (loop) (...)
  [[nodiscard]] bool groups_follow() const {
    return text_.starts_with("by ") || text_.starts_with("without ");
  }

  void read_labels() {
    text_.remove_prefix(1);
    while (skip_blanks(), !take(')')) {
      const std::string label = take_name();
      if (label.empty()) return fail("a label");
      names_.grouped_by.push_back(label);
      skip_blanks();
      static_cast<void>(take(','));
    }
  }

  void read_matchers() {
    text_.remove_prefix(1);
    while (skip_blanks(), !take('}')) {
      LabelMatcher matcher;
      matcher.label = take_name();
      skip_blanks();
      while (!text_.empty() && std::string_view("=!~").find(text_[0]) != std::string_view::npos) {
        matcher.comparison += text_[0];
        text_.remove_prefix(1);
      }
      skip_blanks();
      if (matcher.label.empty() || matcher.comparison.empty() || !take('"')) {
        return fail("a matcher");
      }
      const std::size_t end = text_.find('"');
      if (end == std::string_view::npos) return fail("the end of a string");
      matcher.value = text_.substr(0, end);
      text_.remove_prefix(end + 1);
      names_.selectors.back().matchers.push_back(std::move(matcher));
      skip_blanks();
      static_cast<void>(take(','));
    }
  }

  void fail(std::string_view wanted) {
    names_.problem = std::string(wanted) + " was expected before: " + std::string(text_);
  }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::string take_name() {
    std::size_t size = 0;
    while (size < text_.size() &&
           (begins_name(text_[size]) || (size > 0 && is_digit(text_[size])))) {
      ++size;
    }
    std::string name(text_.substr(0, size));
    text_.remove_prefix(size);
    return name;
  }
  void skip_blanks() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n')) text_.remove_prefix(1);
  }
  void skip_past(char c) {
    const std::size_t at = text_.find(c);
    if (at == std::string_view::npos) return fail("a bracket");
    text_.remove_prefix(at + 1);
  }

  std::string_view text_;
  PromqlNames names_;
};

}  // namespace

PromqlNames names_of(std::string_view expression) { return Reader(expression).read(); }

}  // namespace test
