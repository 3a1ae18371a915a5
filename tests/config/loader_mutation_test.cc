// Goal: whatever is in the file, the loader gives either a Config or at least one diagnostic that
// names a place in the file and can be shown; it never crashes, hangs or lets an exception out.
// Method: the sample cut at each byte, each byte replaced, and random edits with a printed seed
// (OURO_TEST_SEED repeats a run).
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "config/loader.h"
#include "tests/config/examples.h"
#include "tests/config/sample.h"

namespace {

constexpr int kRandomRuns = 3000;

// A number of 32 bits: on the command line of a test a person types it.
std::uint32_t seed() {
  const char* given = std::getenv("OURO_TEST_SEED");  // NOLINT(concurrency-mt-unsafe)
  if (given != nullptr) return static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10));
  return std::random_device{}();
}

bool place_is_valid(const config::Diagnostic& diagnostic, std::string_view text) {
  const config::Place& place = diagnostic.place;
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  return place.file == "ouro.jsonc" && place.line >= 1 && place.line <= lines &&
         place.column >= 1 && place.column <= text.size() + 1;
}

// Whether the promise holds for this text.
bool holds(std::string_view text) {
  const config::LoadResult result = config::load_text(text, "ouro.jsonc", "/etc/ouro");
  if (result) return !result->config.listen.empty() && !result->config.sites.empty();
  if (result.error().empty()) return false;
  return std::all_of(result.error().begin(), result.error().end(),
                     [text](const config::Diagnostic& diagnostic) {
                       return place_is_valid(diagnostic, text) && !diagnostic.message.empty() &&
                              config::render(diagnostic).ends_with('\n');
                     });
}

// Pieces that turn up in configurations, right and wrong.
constexpr std::array<std::string_view, 24> kPieces = {
    "{",  "}",    "[",    "]",      ",",       ":",    "\"",       "\\",   "//",   "/*", "*/", "\n",
    "\t", "null", "true", "-1e999", "\\ud800", "\"\"", "\xC3\xBC", "\xFF", "\r\n", "${", "**", "0"};

std::string mutated(std::mt19937& random) {
  std::string text(config::kSample);
  const auto below = [&random](std::size_t bound) {
    return random() % std::max<std::size_t>(bound, 1);
  };
  for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
    const std::size_t offset = below(text.size() + 1);
    switch (below(4)) {
      case 0:
        text.insert(offset, kPieces[below(kPieces.size())]);
        break;
      case 1:
        text.erase(offset, 1 + below(20));
        break;
      case 2:
        text.insert(offset, text.substr(below(text.size()), below(200)));
        break;
      default:
        if (offset < text.size()) text[offset] = static_cast<char>(below(256));
    }
  }
  return text;
}

bool holds_without(std::size_t offset) {
  std::string text(config::kSample);
  text.erase(offset, 1);
  return holds(text);
}

// Each bit of the byte flipped, then bytes that mean something put in its place.
bool holds_with_others_at(std::size_t offset) {
  constexpr std::string_view kBytes("\0\"\\{}[],:/*\n \x80", 14);
  std::string text(config::kSample);
  const auto holds_with = [&](unsigned byte) {
    text[offset] = static_cast<char>(byte);
    return holds(text);
  };
  const auto original = static_cast<unsigned char>(config::kSample[offset]);
  for (unsigned bit = 0; bit < 8; ++bit) {
    if (!holds_with(original ^ (1U << bit))) return false;
  }
  return std::all_of(kBytes.begin(), kBytes.end(),
                     [&](char byte) { return holds_with(static_cast<unsigned char>(byte)); });
}

}  // namespace

TEST_SUITE("config/loader_mutation") {
  TEST_CASE("the sample cut at each byte") {
    for (std::size_t size = 0; size < config::kSample.size(); ++size) {
      CAPTURE(size);
      REQUIRE(holds(config::kSample.substr(0, size)));
    }
  }

  TEST_CASE("each byte of the sample removed, flipped and replaced") {
    for (std::size_t offset = config::first_offset(); offset < config::kSample.size();
         offset += config::kOffsetStride) {
      CAPTURE(offset);
      REQUIRE(holds_without(offset));
      REQUIRE(holds_with_others_at(offset));
    }
  }

  TEST_CASE("random edits") {
    const std::uint32_t first = seed();
    CAPTURE(first);
    MESSAGE("seed " << first);
    std::mt19937 random(first);
    for (int run = 0; run < kRandomRuns; ++run) {
      const std::string text = mutated(random);
      CAPTURE(text);
      REQUIRE(holds(text));
    }
  }
}
