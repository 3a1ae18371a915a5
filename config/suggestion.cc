#include "config/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/base/letter_case.h"

namespace config {
namespace {

// No key or value is nearly as long; it bounds what a hostile file can make us compute.
constexpr std::size_t kWordBytesMax = 64;

using core::to_lower;

// One wrong letter in three: "lisen" finds "listen", "foo" does not find "files".
std::size_t distance_max(std::string_view word) {
  return std::max<std::size_t>(1, word.size() / 3);
}

}  // namespace

std::size_t edit_distance(std::string_view left, std::string_view right) {
  using Row = std::vector<std::size_t>;
  Row before_last(right.size() + 1);
  Row last(right.size() + 1);
  Row row(right.size() + 1);
  for (std::size_t column = 0; column < row.size(); ++column) row[column] = column;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const bool same = to_lower(left[i - 1]) == to_lower(right[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && to_lower(left[i - 1]) == to_lower(right[j - 2]) &&
                           to_lower(left[i - 2]) == to_lower(right[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row.back();
}

std::optional<std::string_view> closest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kWordBytesMax) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t best_distance = distance_max(word) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = candidate;
  }
  return best;
}

std::string suggestion_help(std::string_view word, std::span<const std::string_view> candidates) {
  if (const auto meant = closest(word, candidates)) {
    return fmt::format("did you mean \"{}\"?", *meant);
  }
  std::string help = "allowed: ";
  for (std::size_t index = 0; index < candidates.size(); ++index) {
    fmt::format_to(std::back_inserter(help), "{}\"{}\"", index == 0 ? "" : ", ", candidates[index]);
  }
  return help;
}

}  // namespace config
