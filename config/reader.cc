#include "config/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "config/boolean_reader.h"
#include "config/suggestion.h"
#include "config/unknown_key.h"
#include "config/utf8.h"
#include "config/values.h"
#include "core/base/invariant.h"
#include "core/base/letter_case.h"

namespace config {
namespace {

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == '\x7F';
  });
}

// A sentence as a remark: "Where it is." -> "where it is".
std::string as_help(std::string_view sentence) {
  std::string help(sentence);
  if (help.ends_with('.')) help.pop_back();
  if (!help.empty()) help[0] = core::to_lower(help[0]);
  return help;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The object that was probably meant by the value of its main key alone: "/srv" for files.
std::string object_help(const Node& node, const Keys& keys) {
  using Kind = Shape::Kind;
  const Key* main =
      std::find_if(keys.begin(), keys.end(), [](const Key& key) { return key.required; });
  if (main == keys.end()) main = keys.begin();
  const Kind kind = main->shape.kind;
  const bool takes_text = kind == Kind::kText || kind == Kind::kPath || kind == Kind::kAddress ||
                          kind == Kind::kDuration;
  if (takes_text && node.kind == Node::Kind::kString && !node.has_variable) {
    return fmt::format("write {{ \"{}\": {} }}", main->name, quote(node.string));
  }
  if (kind == Kind::kInteger && node.kind == Node::Kind::kInteger) {
    return fmt::format("write {{ \"{}\": {} }}", main->name, node.integer);
  }
  return fmt::format("such as {{ \"{}\": ... }}", main->name);
}

// A whole number, or "auto" for 0.
void read_automatic(Report& report, const Member& member, SizeBounds bounds, std::size_t& target) {
  constexpr std::array<std::string_view, 1> kWords = {"auto"};
  const Node& node = member.value;
  const bool is_number = node.has_variable && !node.string.empty() && node.string[0] <= '9';
  if (node.kind == Node::Kind::kString && !node.has_variable && is_digits(node.string)) {
    report_kind(report, node, member.key, "a whole number or \"auto\"",
                fmt::format("write {}", node.string));
  } else if (node.kind == Node::Kind::kString && !is_number) {
    if (find_word(report, node, member.key, kWords)) target = 0;
  } else if (node.kind == Node::Kind::kInteger || is_number) {
    read_count(report, &member, bounds, target);
  } else {
    report_kind(report, node, member.key, "a whole number or \"auto\"");
  }
}

}  // namespace

ObjectReader::ObjectReader(Report& report, const Node& node, std::string_view name, Span label,
                           const Keys& keys)
    : report_(report), node_(node), name_(name), label_(label), keys_(keys) {
  if (node_.kind == Node::Kind::kObject) {
    check_members();
  } else {
    report_kind(report_, node_, name_, "an object", object_help(node_, keys_));
  }
}

ObjectReader::ObjectReader(Report& report, const Member& member, const Keys& keys)
    : ObjectReader(report, member.value, member.key, member.key_span, keys) {}

const Member* ObjectReader::find(std::string_view key) const {
  INVARIANT(keys_.find(key) != nullptr);
  for (const Member& member : node_.members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

const Member* ObjectReader::require(std::string_view key) const {
  const Member* member = find(key);
  const bool reported = node_.kind != Node::Kind::kObject || misspelled(key);
  if (member == nullptr && !reported) {
    report_.error(label_, fmt::format("\"{}\" is missing in {}", key, name_),
                  as_help(keys_.find(key)->meaning));
  }
  return member;
}

bool ObjectReader::misspelled(std::string_view key) const {
  return std::find(misspelled_.begin(), misspelled_.end(), key) != misspelled_.end();
}

void ObjectReader::read(std::string_view key, bool& target) const {
  read_boolean(report_, find(key), target);
}

void ObjectReader::read(std::string_view key, std::chrono::milliseconds& target) const {
  read_duration(report_, find(key), keys_.find(key)->shape.durations, target);
}

void ObjectReader::read(std::string_view key, std::size_t& target) const {
  const Member* const member = find(key);
  if (member == nullptr) return;
  const Shape& shape = keys_.find(key)->shape;
  if (shape.nullable && member->value.kind == Node::Kind::kNull) {
    target = 0;
    return;
  }
  const std::string help = shape.nullable ? "null for none" : "";
  switch (shape.kind) {
    case Shape::Kind::kSize:
      read_size(report_, member, shape.bounds, target);
      return;
    case Shape::Kind::kByteRate:
      read_byte_rate(report_, member, shape.bounds, target, help);
      return;
    default:
      INVARIANT(shape.kind == Shape::Kind::kInteger);
      if (shape.automatic) {
        read_automatic(report_, *member, shape.bounds, target);
      } else {
        read_count(report_, member, shape.bounds, target, help);
      }
  }
}

std::optional<std::size_t> ObjectReader::find_word(std::string_view key) const {
  const Member* const member = find(key);
  if (member == nullptr) return std::nullopt;
  return config::find_word(report_, member->value, key, keys_.find(key)->shape.words);
}

void ObjectReader::check_members() {
  std::vector<const Member*> seen;  // at most one for each allowed key
  for (const Member& member : node_.members) {
    if (keys_.find(member.key) == nullptr) {
      check_unknown(member);
      continue;
    }
    const auto first = std::find_if(seen.begin(), seen.end(), [&member](const Member* other) {
      return other->key == member.key;
    });
    if (first == seen.end()) {
      seen.push_back(&member);
      continue;
    }
    report_.error(member.key_span, fmt::format("duplicate key {}", quote(member.key)),
                  first_at(report_.place(member.key_span), report_.place((*first)->key_span)));
  }
}

void ObjectReader::check_unknown(const Member& member) {
  auto [help, meant] = advise_on_key(member.key, keys_);
  report_.error(member.key_span, fmt::format("unknown key {}", quote(member.key)), std::move(help));
  if (!meant.empty()) misspelled_.push_back(meant);
}

void report_kind(Report& report, const Node& node, std::string_view name, std::string_view expected,
                 std::string help) {
  if (node.refused) return;
  report.error(node.span, fmt::format("{} must be {}, not {}", name, expected, describe(node.kind)),
               std::move(help));
}

void report_word(Report& report, const Node& node, std::string_view name, std::string_view word,
                 std::span<const std::string_view> allowed) {
  report.error(node.span, fmt::format("{} is not a valid value for {}", quote(word), name),
               suggestion_help(word, allowed));
}

std::optional<std::string> read_string(Report& report, const Node& node, std::string_view name,
                                       std::string help) {
  if (node.kind != Node::Kind::kString) {
    report_kind(report, node, name, "a string", std::move(help));
  } else if (node.refused) {
    return std::nullopt;
  } else if (has_control_character(node.string)) {
    report.error(node.span, fmt::format("{} must not have control characters", name));
  } else {
    return node.string;
  }
  return std::nullopt;
}

std::optional<std::size_t> find_word(Report& report, const Node& node, std::string_view name,
                                     std::span<const std::string_view> allowed) {
  const auto word = read_string(report, node, name, suggestion_help({}, allowed));
  if (!word) return std::nullopt;
  const auto known = std::find(allowed.begin(), allowed.end(), *word);
  if (known != allowed.end()) return static_cast<std::size_t>(known - allowed.begin());
  report_word(report, node, name, *word, allowed);
  return std::nullopt;
}

std::optional<std::int64_t> read_integer(Report& report, const Node& node, std::string_view name,
                                         std::string help) {
  if (node.kind == Node::Kind::kInteger) return node.integer;
  if (!node.has_variable) {
    // Of "404 Not Found" the number.
    const auto digits = std::string_view(node.string).substr(0, node.string.find(' '));
    if (help.empty() && is_digits(digits)) help = fmt::format("write {}", digits);
    report_kind(report, node, name, "a whole number", std::move(help));
    return std::nullopt;
  }
  std::int64_t value = 0;
  const char* const end = node.string.data() + node.string.size();
  const auto [rest, error] = std::from_chars(node.string.data(), end, value);
  if (error == std::errc{} && rest == end) return value;
  report.error(node.span,
               fmt::format("{} must be a whole number, not {}", name, quote(node.string)),
               std::move(help));
  return std::nullopt;
}

const std::vector<Node>* read_list(Report& report, const Member& member, std::string help) {
  if (member.value.kind == Node::Kind::kList) return &member.value.items;
  if (member.value.kind == Node::Kind::kString) {
    help = fmt::format("write [{}]", quote(member.value.string));
  }
  report_kind(report, member.value, member.key, "a list", std::move(help));
  return nullptr;
}

std::string first_at(const Place& here, const Place& first) {
  const std::string file = here.file == first.file ? "" : printable(first.file) + ":";
  return fmt::format("the first is at {}{}:{}", file, first.line, first.column);
}

void read_duration(Report& report, const Member* member, DurationBounds bounds,
                   std::chrono::milliseconds& target) {
  if (member == nullptr) return;
  const Node& node = member->value;
  if (node.kind == Node::Kind::kInteger) {
    report_kind(report, node, member->key, "a duration", "a string with a unit, such as \"30s\"");
    return;
  }
  const auto text = read_string(report, node, member->key, "a duration, such as \"30s\"");
  if (!text) return;
  const auto value = parse_duration(*text);
  if (!value) {
    report.error(node.span, value.error().message, value.error().help);
  } else if (!bounds.contains(*value)) {
    report.error(node.span, fmt::format("{} must be from {} to {}", member->key,
                                        format_duration(bounds.min), format_duration(bounds.max)));
  } else {
    target = *value;
  }
}

void read_size(Report& report, const Member* member, SizeBounds bounds, std::size_t& target) {
  if (member == nullptr) return;
  const Node& node = member->value;
  std::optional<std::uint64_t> size;
  if (node.kind == Node::Kind::kInteger) {
    // A negative one becomes larger than any bound.
    size = static_cast<std::uint64_t>(node.integer);
  } else if (const auto text =
                 read_string(report, node, member->key, "a size, such as \"16KiB\"")) {
    const auto parsed = parse_size(*text);
    if (parsed) {
      size = *parsed;
    } else {
      report.error(node.span, parsed.error().message, parsed.error().help);
    }
  }
  if (!size) return;
  if (!bounds.contains(*size)) {
    report.error(node.span, fmt::format("{} must be from {} to {}", member->key,
                                        format_size(bounds.min), format_size(bounds.max)));
    return;
  }
  target = *size;
}

void read_byte_rate(Report& report, const Member* member, SizeBounds bounds, std::size_t& target,
                    std::string help) {
  if (member == nullptr) return;
  const Node& node = member->value;
  const auto text = read_string(report, node, member->key, "a rate, such as \"240B/s\", or null");
  if (!text) return;
  const auto rate = parse_byte_rate(*text);
  if (!rate) {
    report.error(node.span, rate.error().message, rate.error().help);
  } else if (!bounds.contains(*rate)) {
    report.error(node.span,
                 fmt::format("{} must be from {} to {}", member->key, format_byte_rate(bounds.min),
                             format_byte_rate(bounds.max)),
                 std::move(help));
  } else {
    target = *rate;
  }
}

void read_count(Report& report, const Member* member, SizeBounds bounds, std::size_t& target,
                std::string help) {
  if (member == nullptr) return;
  const Node& node = member->value;
  const auto number = read_integer(report, node, member->key);
  if (!number) return;
  const auto value = static_cast<std::size_t>(*number);  // negative: larger than any bound
  if (!bounds.contains(value)) {
    report.error(node.span,
                 fmt::format("{} must be from {} to {}", member->key, bounds.min, bounds.max),
                 std::move(help));
    return;
  }
  target = value;
}

std::string resolve_path(std::string_view path, std::string_view base_directory) {
  INVARIANT(base_directory.starts_with('/'));
  if (path.starts_with('/')) return std::string(path);
  while (path.starts_with("./")) {
    path.remove_prefix(2);
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  }
  if (path.empty() || path == ".") return std::string(base_directory);
  const std::string_view slash = base_directory.ends_with('/') ? "" : "/";
  return fmt::format("{}{}{}", base_directory, slash, path);
}

}  // namespace config
