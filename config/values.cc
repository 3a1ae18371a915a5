#include "config/values.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>

#include "config/diagnostic.h"
#include "config/suggestion.h"
#include "core/base/invariant.h"

namespace config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Ascending: formatting takes the last that divides.
constexpr std::array<Unit, 4> kDurationUnits = {
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::array<Unit, 5> kSizeUnits = {{{"B", 1},
                                             {"KiB", 1ULL << 10U},
                                             {"MiB", 1ULL << 20U},
                                             {"GiB", 1ULL << 30U},
                                             {"TiB", 1ULL << 40U}}};

// Fits a signed 64-bit count of milliseconds.
constexpr std::uint64_t kValueMax = std::numeric_limits<std::int64_t>::max();

struct Quantity {
  std::uint64_t number = 0;
  std::string_view unit;
};

std::optional<Quantity> split(std::string_view text) {
  Quantity quantity;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, quantity.number);
  if (error != std::errc{}) return std::nullopt;
  quantity.unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  return quantity;
}

std::optional<std::uint64_t> scale(const Quantity& quantity, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (unit.name != quantity.unit) continue;
    if (quantity.number > kValueMax / unit.factor) return std::nullopt;
    return quantity.number * unit.factor;
  }
  return std::nullopt;
}

std::string format(std::uint64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (value % unit.factor == 0 && value >= unit.factor) best = &unit;
  }
  return fmt::format("{}{}", value / best->factor, best->name);
}

// "16k", "16K", "16kb", "16KB" and "16kib" all mean KiB to the people who write them.
std::string_view meant_size_unit(std::string_view unit) {
  for (const Unit& known : kSizeUnits) {
    const std::array<std::string, 3> spellings = {std::string(known.name.substr(0, 1)),
                                                  fmt::format("{}B", known.name.front()),
                                                  std::string(known.name)};
    for (const std::string& spelling : spellings) {
      if (known.factor > 1 && edit_distance(unit, spelling) == 0) return known.name;
    }
  }
  return {};
}

// With a unit that is almost one.
std::optional<std::uint64_t> meant_size(std::string_view text) {
  const auto quantity = split(text);
  if (!quantity) return std::nullopt;
  return scale({quantity->number, meant_size_unit(quantity->unit)}, kSizeUnits);
}

}  // namespace

core::Result<std::chrono::milliseconds, ValueError> parse_duration(std::string_view text) {
  const auto quantity = split(text);
  if (quantity) {
    if (const auto value = scale(*quantity, kDurationUnits)) {
      return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(*value));
    }
  }
  std::string help = "a whole number with ms, s, m or h, such as \"30s\"";
  if (quantity && quantity->unit.empty()) {
    help = fmt::format("it needs a unit: \"{0}s\" or \"{0}ms\"", quantity->number);
  }
  return core::unexpected(ValueError{fmt::format("{} is not a duration", quote(text)), help});
}

core::Result<std::uint64_t, ValueError> parse_size(std::string_view text) {
  auto quantity = split(text);
  std::string help = "a whole number of bytes, or with KiB, MiB, GiB or TiB, such as \"16KiB\"";
  if (quantity) {
    const std::string_view meant = meant_size_unit(quantity->unit);
    const bool misspelled = !meant.empty() && meant != quantity->unit;
    if (quantity->unit.empty()) quantity->unit = kSizeUnits.front().name;
    if (const auto value = scale(*quantity, kSizeUnits)) return *value;
    if (misspelled) help = fmt::format("did you mean \"{}{}\"?", quantity->number, meant);
  }
  return core::unexpected(ValueError{fmt::format("{} is not a size", quote(text)), help});
}

core::Result<std::uint64_t, ValueError> parse_byte_rate(std::string_view text) {
  constexpr std::string_view kPerSecond = "/s";
  const bool has_period = text.ends_with(kPerSecond);
  const auto size_text = has_period ? text.substr(0, text.size() - kPerSecond.size()) : text;
  const auto size = parse_size(size_text);
  if (size && has_period) return *size;
  const auto meant = size ? std::optional(*size) : meant_size(size_text);
  return core::unexpected(
      ValueError{fmt::format("{} is not a rate", quote(text)),
                 meant ? fmt::format("did you mean \"{}\"?", format_byte_rate(*meant))
                       : "bytes for each second, such as \"240B/s\" or \"16KiB/s\""});
}

std::string format_duration(std::chrono::milliseconds duration) {
  INVARIANT(duration.count() >= 0);
  return format(static_cast<std::uint64_t>(duration.count()), kDurationUnits);
}

std::string format_size(std::uint64_t bytes) { return format(bytes, kSizeUnits); }

std::string format_byte_rate(std::uint64_t bytes_per_second) {
  return format_size(bytes_per_second) + "/s";
}

}  // namespace config
