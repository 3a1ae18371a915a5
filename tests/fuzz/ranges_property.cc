// Ranges and preconditions. The input is lines "Name: value": Method, Now, Size, ETag and
// Last-Modified (the latter in seconds) describe what is served, the rest are fields of the
// request.
#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string>

#include "server/http/conditional.h"
#include "server/http/entity_tag.h"
#include "server/http/range.h"
#include "tests/fuzz/properties.h"
#include "tests/specification/byte_ranges.h"
#include "tests/specification/preconditions.h"

namespace fuzz {
namespace {

using Lines = std::map<std::string, std::string, std::less<>>;

// A model that looks at every byte needs few of them.
constexpr std::int64_t kSizeMax = 300;
constexpr std::int64_t kSecondsMax = 253'402'300'799;

Lines read_lines(std::string_view input) {
  Lines lines;
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string_view line = input.substr(0, end);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos)
      lines[std::string(line.substr(0, colon))] = line.substr(colon + 2);
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  return lines;
}

std::optional<std::string> value_of(const Lines& lines, std::string_view name) {
  const auto found = lines.find(name);
  return found == lines.end() ? std::nullopt : std::optional(found->second);
}

std::int64_t number_of(const Lines& lines, std::string_view name, std::int64_t max) {
  std::int64_t number = 0;
  for (const char c : value_of(lines, name).value_or("")) {
    if (c >= '0' && c <= '9') number = std::min(number * 10 + (c - '0'), max);
  }
  return number;
}

// Coalesced ranges hold the same bytes, each once.
std::string coalescing_problem(std::span<server::ByteRange> ranges) {
  std::array<int, kSizeMax> wanted{};
  for (const server::ByteRange& one : ranges) {
    for (std::uint64_t byte = 0; byte < one.length; ++byte) wanted[one.first + byte] = 1;
  }
  std::array<int, kSizeMax> held{};
  for (const server::ByteRange& one : ranges.first(server::coalesce(ranges))) {
    for (std::uint64_t byte = 0; byte < one.length; ++byte) ++held[one.first + byte];
  }
  return held == wanted ? "" : "coalesced";
}

std::string range_problem(std::string_view field, std::uint64_t size) {
  std::array<server::ByteRange, server::kRangesMax> ranges;
  const server::RangeSet set = server::parse_ranges(field, size, ranges);
  const auto specified = specification::select_bytes(field, size, server::kRangesMax);
  if (specified.ignored != (set.kind == server::RangeKind::kNone)) return "ignored or not";
  if (specified.ignored) return "";

  if (set.requested != specified.ranges.size()) return "how many are requested";
  std::size_t index = 0;
  for (const specification::SelectedBytes& one : specified.ranges) {
    if (one.count == 0) continue;
    if (index == set.satisfiable) return "too few";
    if (ranges[index] != server::ByteRange{one.first, one.count}) {
      return "range " + std::to_string(index);
    }
    ++index;
  }
  if (index != set.satisfiable) return "too many";
  const bool satisfiable = set.kind == server::RangeKind::kSatisfiable;
  if (satisfiable != (index > 0)) return "satisfiable or not";
  return coalescing_problem(std::span(ranges).first(set.satisfiable));
}

// Sizes that no model can count.
std::string large_range_problem(std::string_view field, std::uint64_t size) {
  std::array<server::ByteRange, server::kRangesMax> ranges;
  const server::RangeSet set = server::parse_ranges(field, size, ranges);
  if (set.satisfiable > set.requested) return "more than requested";
  for (const server::ByteRange& one : std::span(ranges).first(set.satisfiable)) {
    if (one.length == 0 || one.length > size || one.first > size - one.length) return "outside";
  }
  return "";
}

server::Method method_of(std::string_view text) { return server::parse_method(text); }

std::string condition_problem(const Lines& lines) {
  const std::int64_t now = number_of(lines, "Now", kSecondsMax);
  specification::Selected selected;
  selected.etag = value_of(lines, "ETag").value_or("");
  if (!specification::is_tag(selected.etag)) selected.etag.clear();
  if (value_of(lines, "Last-Modified")) {
    selected.last_modified = number_of(lines, "Last-Modified", kSecondsMax);
  }
  const std::string method = value_of(lines, "Method").value_or("GET");
  const specification::Conditions conditions{
      value_of(lines, "If-Match"), value_of(lines, "If-None-Match"),
      value_of(lines, "If-Modified-Since"), value_of(lines, "If-Unmodified-Since"),
      value_of(lines, "If-Range")};

  const server::Validators validators{selected.etag, selected.last_modified};
  const server::Preconditions preconditions{conditions.if_match, conditions.if_none_match,
                                            conditions.if_modified_since,
                                            conditions.if_unmodified_since, conditions.if_range};
  const server::Outcome outcome =
      server::evaluate(preconditions, validators, method_of(method), now);
  const int status = outcome == server::Outcome::kNotModified          ? 304
                     : outcome == server::Outcome::kPreconditionFailed ? 412
                                                                       : 0;
  if (status != specification::precondition_status(conditions, selected, method, now)) {
    return "preconditions: " + std::to_string(status);
  }
  if (!conditions.if_range) return "";
  const bool counts = server::range_applies(*conditions.if_range, validators, now);
  return counts == specification::range_counts(conditions, selected, now) ? "" : "If-Range";
}

std::string tag_problem(const Lines& lines) {
  for (const auto& [name, value] : lines) {
    if (server::entity_tag_size(value) != specification::tag_size(value)) return "tag: " + value;
  }
  const auto size = static_cast<std::uint64_t>(number_of(lines, "Size", kSecondsMax));
  const std::int64_t seconds = number_of(lines, "Last-Modified", kSecondsMax);
  for (const bool weak : {false, true}) {
    const server::EntityTag tag = server::render_etag(seconds, 999'999'999, size, weak);
    if (!specification::is_tag(tag.view())) return "our tag is none";
    const bool strong_match =
        server::etag_list_matches(tag.view(), tag.view(), server::EtagComparison::kStrong);
    if (strong_match == weak) return "our tag and itself";
  }
  return "";
}

}  // namespace

std::string ranges_problem(std::string_view input) {
  const Lines lines = read_lines(input);
  const std::string range = value_of(lines, "Range").value_or("");
  const auto size = static_cast<std::uint64_t>(number_of(lines, "Size", kSizeMax));
  std::string problem = range_problem(range, size);
  for (const std::uint64_t large : {UINT64_MAX, UINT64_MAX - 1, std::uint64_t{1} << 63}) {
    if (problem.empty()) problem = large_range_problem(range, large);
  }
  if (problem.empty()) problem = condition_problem(lines);
  if (problem.empty()) problem = tag_problem(lines);
  return problem;
}

}  // namespace fuzz
