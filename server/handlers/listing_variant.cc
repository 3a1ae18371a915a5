#include "server/handlers/listing_variant.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "server/http/characters.h"
#include "server/http/field.h"

namespace server {
namespace {

using Sort = ListingVariant::Sort;
using Order = ListingVariant::Order;
using Format = ListingVariant::Format;

template <typename Value>
struct Choice {
  std::string_view name;
  Value value;
};

constexpr std::array kSorts{Choice<Sort>{"name", Sort::kName}, Choice<Sort>{"size", Sort::kSize},
                            Choice<Sort>{"modified", Sort::kModified}};
constexpr std::array kOrders{Choice<Order>{"asc", Order::kAscending},
                             Choice<Order>{"desc", Order::kDescending}};
constexpr std::array kFormats{Choice<Format>{"html", Format::kHtml},
                              Choice<Format>{"json", Format::kJson}};

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

// The first parameter of this name whose value is one of `choices`.
template <typename Value, std::size_t Count>
std::optional<Value> find_choice(std::string_view query, std::string_view name,
                                 const std::array<Choice<Value>, Count>& choices) {
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (take_until(value, '=') != name) continue;
    for (const auto& choice : choices) {
      if (choice.name == value) return choice.value;
    }
  }
  return std::nullopt;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
  return text;
}

constexpr int kWeightMax = 1000;

// RFC 9110 12.4.2: "0", "0.5", "1.000"; thousandths. What is no weight counts as the default.
int parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return kWeightMax;
  int weight = (text[0] - '0') * kWeightMax;
  if (text.size() > 1 && text[1] != '.') return kWeightMax;
  int digit = kWeightMax / 10;
  for (std::size_t i = 2; i < text.size(); ++i, digit /= 10) {
    if (!is_digit(text[i])) return kWeightMax;
    weight += (text[i] - '0') * digit;
  }
  return std::min(weight, kWeightMax);
}

int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = trim(take_until(parameters, ';'));
    if (equal_ignoring_case(trim(take_until(value, '=')), "q")) return parse_weight(trim(value));
  }
  return kWeightMax;
}

struct Preference {
  int weight = 0;
  int precision = 0;  // 3 for the type itself, 2 for "type/*", 1 for "*/*"

  [[nodiscard]] bool is_above(const Preference& other) const {
    return std::pair(weight, precision) > std::pair(other.weight, other.precision);
  }
};

// RFC 9110 12.5.1: the most precise range that covers the type gives its weight.
Preference preference_for(std::string_view accept, std::string_view type,
                          std::string_view any_subtype) {
  Preference best;
  while (!accept.empty()) {
    std::string_view parameters = take_list_element(accept);
    const std::string_view range = trim(take_until(parameters, ';'));
    int precision = 0;
    if (range == "*/*") precision = 1;
    if (equal_ignoring_case(range, any_subtype)) precision = 2;
    if (equal_ignoring_case(range, type)) precision = 3;
    if (precision > best.precision) best = {weight_of(parameters), precision};
  }
  return best;
}

Format preferred_format(std::string_view accept) {
  const Preference html = preference_for(accept, "text/html", "text/*");
  const Preference json = preference_for(accept, "application/json", "application/*");
  return json.weight > 0 && json.is_above(html) ? Format::kJson : Format::kHtml;
}

std::string_view take_digits(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_digit(text[size])) ++size;
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

// Numbers of any length; leading zeros do not count.
int compare_numbers(std::string_view left, std::string_view right) {
  left.remove_prefix(std::min(left.find_first_not_of('0'), left.size()));
  right.remove_prefix(std::min(right.find_first_not_of('0'), right.size()));
  if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
  return left.compare(right);
}

template <typename Value>
int compare_values(const Value& left, const Value& right) {
  return static_cast<int>(left > right) - static_cast<int>(left < right);
}

int compare_by(Sort sort, const DirectoryEntry& left, const DirectoryEntry& right) {
  switch (sort) {
    case Sort::kSize:
      return compare_values(left.size, right.size);
    case Sort::kModified:
      return compare_values(left.modified_seconds, right.modified_seconds);
    case Sort::kName:
      break;
  }
  return compare_naturally(left.name, right.name);
}

}  // namespace

ListingVariant parse_listing_variant(std::string_view query, std::string_view accept) {
  ListingVariant variant;
  variant.sort = find_choice(query, "sort", kSorts).value_or(variant.sort);
  variant.order = find_choice(query, "order", kOrders).value_or(variant.order);
  const auto format = find_choice(query, "format", kFormats);
  variant.format = format ? *format : preferred_format(accept);
  return variant;
}

std::string_view media_type_of(Format format) {
  // RFC 8259 11: JSON has no charset parameter, it is UTF-8.
  return format == Format::kJson ? "application/json" : "text/html; charset=utf-8";
}

int compare_naturally(std::string_view left, std::string_view right) {
  const std::string_view whole_left = left;
  const std::string_view whole_right = right;
  while (!left.empty() && !right.empty()) {
    if (is_digit(left.front()) && is_digit(right.front())) {
      const int order = compare_numbers(take_digits(left), take_digits(right));
      if (order != 0) return order;
      continue;
    }
    if (left.front() != right.front()) {
      return static_cast<unsigned char>(left.front()) < static_cast<unsigned char>(right.front())
                 ? -1
                 : 1;
    }
    left.remove_prefix(1);
    right.remove_prefix(1);
  }
  if (left.empty() != right.empty()) return left.empty() ? -1 : 1;
  if (whole_left.size() != whole_right.size()) {
    return whole_left.size() < whole_right.size() ? -1 : 1;
  }
  return whole_left.compare(whole_right);
}

std::vector<const DirectoryEntry*> order_entries(std::span<const DirectoryEntry> entries,
                                                 const ListingVariant& variant) {
  std::vector<const DirectoryEntry*> ordered;
  ordered.reserve(entries.size());
  for (const DirectoryEntry& entry : entries) ordered.push_back(&entry);
  const bool descending = variant.order == Order::kDescending;
  std::ranges::stable_sort(ordered, [&](const DirectoryEntry* left, const DirectoryEntry* right) {
    if (left->is_directory != right->is_directory) return left->is_directory;
    const int order = compare_by(variant.sort, *left, *right);
    if (order != 0) return descending ? order > 0 : order < 0;
    return compare_naturally(left->name, right->name) < 0;
  });
  return ordered;
}

}  // namespace server
