// Header fields (RFC 9110 5) as views and as text. Values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace server {

// Of a received message: views into its head, which outlives them.
struct Field {
  std::string_view name;
  std::string_view value;  // without surrounding white space
};

// RFC 9110 5.1: names are case-insensitive, and ASCII only.
[[nodiscard]] bool same_letters(std::string_view left, std::string_view right);  // of equal size
[[nodiscard]] inline bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() && same_letters(left, right);  // most names differ in size
}

// RFC 9110 5.6.1: takes the first element off a comma-separated list that is not at its end;
// without the white space around it, and perhaps empty.
[[nodiscard]] std::string_view take_list_element(std::string_view& list);

// RFC 9110 5.6.1: whether a comma-separated list holds `token`, compared without case.
[[nodiscard]] bool list_holds(std::string_view list, std::string_view token);

// The fields of a request in the order of arrival. Cleared and filled again, it allocates nothing.
class FieldList {
 public:
  void clear() {
    fields_.clear();
    marks_ = 0;
  }
  void add(Field field) {
    fields_.push_back(field);
    marks_ |= mark_of(field.name);
  }

  [[nodiscard]] std::size_t count() const { return fields_.size(); }
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }

  // False: there is none of that name. True: look.
  [[nodiscard]] bool may_hold(std::string_view name) const { return (marks_ & mark_of(name)) != 0; }
  // The first of that name; nullptr when absent (an empty value is not the same).
  [[nodiscard]] const Field* find(std::string_view name) const {
    return may_hold(name) ? look_for(name) : nullptr;
  }
  [[nodiscard]] std::size_t count_of(std::string_view name) const {
    return may_hold(name) ? count(name) : 0;
  }

 private:
  // One of 64 bits. Of the names that are asked for most are not there, and so nobody has to
  // compare them; length and last letter tell the usual names apart.
  [[nodiscard]] static constexpr std::uint64_t mark_of(std::string_view name) {
    const std::size_t last = name.empty() ? 0 : static_cast<unsigned char>(name.back()) | 0x20U;
    return std::uint64_t{1} << ((name.size() + 3 * last) % 64);
  }
  [[nodiscard]] const Field* look_for(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;

  std::vector<Field> fields_;
  std::uint64_t marks_ = 0;  // of all names
};

// Fields of an answer as text, one "Name: value\r\n" after the other: the form in which HTTP/1.1
// sends them, simple to take apart for a protocol that does not.
class FieldBlock {
 public:
  void clear() { text_.clear(); }
  // Neither may hold a line break; names and values that come from outside are checked before.
  void add(std::string_view name, std::string_view value);
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace server
