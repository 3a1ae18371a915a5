#include "config/boolean_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "config/reader.h"
#include "config/suggestion.h"

namespace config {
namespace {

// "on" and its like, to the people who write them.
std::string_view meant_boolean(std::string_view word) {
  constexpr std::array<std::string_view, 3> kTrue = {"true", "on", "yes"};
  constexpr std::array<std::string_view, 3> kFalse = {"false", "off", "no"};
  const auto is_word = [word](std::string_view other) { return edit_distance(word, other) == 0; };
  if (std::any_of(kTrue.begin(), kTrue.end(), is_word)) return "true";
  return std::any_of(kFalse.begin(), kFalse.end(), is_word) ? "false" : "";
}

// `true, false or "self-signed"`.
std::string all_values(std::span<const std::string_view> words) {
  std::string text = "true, false";
  for (const std::string_view word : words) {
    text += fmt::format("{}\"{}\"", word == words.back() ? " or " : ", ", word);
  }
  return text;
}

std::string advise(std::string_view value, std::span<const std::string_view> words) {
  if (const std::string_view meant = meant_boolean(value); !meant.empty()) {
    return fmt::format("write {}", meant);
  }
  if (closest(value, words)) return suggestion_help(value, words);
  return fmt::format("allowed: {}", all_values(words));
}

}  // namespace

void read_boolean(Report& report, const Member* member, bool& target) {
  if (member == nullptr) return;
  const Node& node = member->value;
  if (node.kind == Node::Kind::kBoolean) {
    target = node.boolean;
    return;
  }
  const bool is_word = node.string == "true" || node.string == "false";
  if (is_word && node.has_variable) {
    target = node.string == "true";
    return;
  }
  if (node.has_variable) {
    report.error(node.span,
                 fmt::format("{} must be true or false, not {}", member->key, quote(node.string)));
    return;
  }
  const std::string_view meant = meant_boolean(node.string);
  report_kind(report, node, member->key, "true or false",
              meant.empty() ? std::string() : fmt::format("write {}", meant));
}

std::optional<std::size_t> find_switch(Report& report, const Member& member,
                                       std::span<const std::string_view> words, std::string help) {
  constexpr std::array<std::string_view, 2> kBooleans = {"false", "true"};
  const Node& node = member.value;
  if (node.kind == Node::Kind::kBoolean) return node.boolean ? 1 : 0;
  if (node.kind != Node::Kind::kString || node.refused) {
    report_kind(report, node, member.key, all_values(words), std::move(help));
    return std::nullopt;
  }
  const auto index_in = [&node](std::span<const std::string_view> all) {
    return static_cast<std::size_t>(std::find(all.begin(), all.end(), node.string) - all.begin());
  };
  const std::size_t boolean = index_in(kBooleans);
  if (node.has_variable && boolean < kBooleans.size()) return boolean;
  const std::size_t word = index_in(words);
  if (word < words.size()) return kBooleans.size() + word;
  report.error(node.span,
               fmt::format("{} is not a valid value for {}", quote(node.string), member.key),
               advise(node.string, words));
  return std::nullopt;
}

}  // namespace config
