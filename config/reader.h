// ObjectReader walks one object of the document against the keys it may have, and the read_x
// functions turn nodes into values. Whatever is wrong goes to the Report with its place, once: a
// value that was refused reads as absent, so nothing that follows from it is reported too. One
// thread; document and report outlive the reader.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/bounds.h"
#include "config/document.h"
#include "config/keys.h"
#include "config/report.h"
#include "config/values.h"

namespace config {

class ObjectReader {
 public:
  // `name` words the errors ("limits"); `label` is where a missing key is reported: the object's
  // own key, or its bracket. `keys` are the allowed ones and outlive the reader. Reports a node
  // that is no object, unknown keys and duplicates (the first one counts).
  ObjectReader(Report& report, const Node& node, std::string_view name, Span label,
               const Keys& keys);
  // The object behind a key.
  ObjectReader(Report& report, const Member& member, const Keys& keys);

  // nullptr when the key is absent. `key` is one of the allowed ones.
  [[nodiscard]] const Member* find(std::string_view key) const;
  // Reports an absent key, unless an unknown one was probably meant to be it.
  [[nodiscard]] const Member* require(std::string_view key) const;
  // Whether an unknown key was probably meant to be this one.
  [[nodiscard]] bool misspelled(std::string_view key) const;

  // By the shape that the key has. These leave `target` alone when the key is absent or wrong.
  void read(std::string_view key, bool& target) const;
  void read(std::string_view key, std::chrono::milliseconds& target) const;
  void read(std::string_view key, std::size_t& target) const;  // "auto" and null are 0
  // The values of `Word` stand in the order of the shape's words.
  template <typename Word>
  void read_word(std::string_view key, Word& target) const {
    if (const auto index = find_word(key)) target = static_cast<Word>(*index);
  }

 private:
  void check_members();
  void check_unknown(const Member& member);
  [[nodiscard]] std::optional<std::size_t> find_word(std::string_view key) const;

  Report& report_;
  const Node& node_;
  std::string_view name_;
  Span label_;
  const Keys& keys_;
  std::vector<std::string_view> misspelled_;  // allowed keys that an unknown one resembles
};

// "limits must be an object, not a list". Silent for a node that was refused already.
void report_kind(Report& report, const Node& node, std::string_view name, std::string_view expected,
                 std::string help = {});

// "\"x\" is not a valid value for engine", with what was meant or is allowed.
void report_word(Report& report, const Node& node, std::string_view name, std::string_view word,
                 std::span<const std::string_view> allowed);

// Reports anything but a string, and strings that no value of ours can be: with control characters.
[[nodiscard]] std::optional<std::string> read_string(Report& report, const Node& node,
                                                     std::string_view name, std::string help = {});

// As read_string(), and reports what `check` has against the string: a std::optional<ValueError>.
template <typename Check>
[[nodiscard]] std::optional<std::string> read_checked(Report& report, const Node& node,
                                                      std::string_view name, Check check,
                                                      std::string help = {}) {
  auto text = read_string(report, node, name, std::move(help));
  if (!text) return std::nullopt;
  const auto error = check(*text);
  if (!error) return text;
  report.error(node.span, error->message, error->help);
  return std::nullopt;
}

// The index of the word that it is; what is none of them is reported.
[[nodiscard]] std::optional<std::size_t> find_word(Report& report, const Node& node,
                                                   std::string_view name,
                                                   std::span<const std::string_view> allowed);

// Reports anything but a whole number, or variables that give one.
[[nodiscard]] std::optional<std::int64_t> read_integer(Report& report, const Node& node,
                                                       std::string_view name,
                                                       std::string help = {});

// nullptr when it is no list. `help` is for what is no string, either.
[[nodiscard]] const std::vector<Node>* read_list(Report& report, const Member& member,
                                                 std::string help = {});

// "the first is at 3:13", said at `here`: with its file, when that is another one.
[[nodiscard]] std::string first_at(const Place& here, const Place& first);

// These leave `target` alone when `member` is nullptr or wrong.
void read_duration(Report& report, const Member* member, DurationBounds bounds,
                   std::chrono::milliseconds& target);
void read_size(Report& report, const Member* member, SizeBounds bounds, std::size_t& target);
// `help` is for a number out of bounds.
void read_count(Report& report, const Member* member, SizeBounds bounds, std::size_t& target,
                std::string help = {});
// Bytes for each second.
void read_byte_rate(Report& report, const Member* member, SizeBounds bounds, std::size_t& target,
                    std::string help = {});

// Strings without control characters that are a path: absolute ones as they are, others
// behind `base_directory`. Kernel rules, not text rules: ".." is left for the kernel to resolve.
[[nodiscard]] std::string resolve_path(std::string_view path, std::string_view base_directory);

}  // namespace config
