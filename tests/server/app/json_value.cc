#include "tests/server/app/json_value.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

namespace test {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool read_text(JsonValue& value) {
    if (!read_value(value)) return false;
    skip_space();
    return rest_.empty();
  }

 private:
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  bool take_mark(std::string_view mark) {
    skip_space();
    return take(mark);
  }

  bool read_value(JsonValue& value) {
    using Kind = JsonValue::Kind;
    skip_space();
    if (take("null")) return true;
    value.kind = Kind::kBoolean;
    if (take("false")) return true;
    if (take("true")) return value.boolean = true;
    value.kind = Kind::kString;
    if (rest_.starts_with('"')) return read_string(value.string);
    value.kind = Kind::kArray;
    if (take("[")) return read_array(value);
    value.kind = Kind::kObject;
    if (take("{")) return read_object(value);
    value.kind = Kind::kNumber;
    return read_number(value.number);
  }

  bool read_array(JsonValue& value) {
    if (take_mark("]")) return true;
    do {
      if (!read_value(value.array.emplace_back())) return false;
    } while (take_mark(","));
    return take_mark("]");
  }

  bool read_object(JsonValue& value) {
    if (take_mark("}")) return true;
    do {
      std::string name;
      skip_space();
      if (!read_string(name) || !take_mark(":")) return false;
      const auto [member, is_new] = value.object.try_emplace(std::move(name));
      if (!is_new || !read_value(member->second)) return false;
    } while (take_mark(","));
    return take_mark("}");
  }

  // Of escapes only those that name one character of ASCII.
  bool read_string(std::string& string) {
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (!take("\"")) return false;
    while (!rest_.empty() && !rest_.starts_with('"')) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (static_cast<unsigned char>(c) < 0x20U) return false;
      if (c == '\\') {
        const std::size_t escape = rest_.empty() ? kEscapes.npos : kEscapes.find(rest_.front());
        if (escape == kEscapes.npos) return false;
        rest_.remove_prefix(1);
        c = kMeant[escape];
      }
      string += c;
    }
    return take("\"");
  }

  // from_chars takes more than the grammar: "inf", "1.", "01".
  bool read_number(double& number) {
    const std::size_t size = std::min(rest_.find_first_not_of("0123456789+-.eE"), rest_.size());
    const std::string_view word = rest_.substr(0, size);
    const std::string_view digits = word.starts_with('-') ? word.substr(1) : word;
    if (digits.empty() || digits.front() < '0' || digits.front() > '9') return false;
    if (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') return false;
    if (word.ends_with('.') || word.find(".e") != word.npos) return false;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    rest_.remove_prefix(size);
    return error == std::errc{} && end == word.data() + word.size();
  }

  std::string_view rest_;
};

}  // namespace

std::optional<JsonValue> read_json(std::string_view text) {
  JsonValue value;
  if (!Reader(text).read_text(value)) return std::nullopt;
  return value;
}

}  // namespace test
