// Suggestions for a word that is not known: the allowed one that was probably meant, or the list of
// all of them. Any thread; pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace config {

// Optimal string alignment (Damerau-Levenshtein without overlapping transpositions): the number of
// insertions, deletions, substitutions and swaps of neighbours. ASCII letters compare without case.
[[nodiscard]] std::size_t edit_distance(std::string_view left, std::string_view right);

// The closest candidate, when it is close enough to be a slip of the fingers.
[[nodiscard]] std::optional<std::string_view> closest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

// `did you mean "listen"?`, or `allowed: "listen", "sites"` when nothing is close.
[[nodiscard]] std::string suggestion_help(std::string_view word,
                                          std::span<const std::string_view> candidates);

}  // namespace config
