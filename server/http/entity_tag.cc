#include "server/http/entity_tag.h"

#include <charconv>
#include <system_error>

#include "core/base/invariant.h"

namespace server {
namespace {

constexpr std::string_view kWeakPrefix = "W/";

bool is_ows(char c) { return c == ' ' || c == '\t'; }

std::string_view trim_ows(std::string_view text) {
  while (!text.empty() && is_ows(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_ows(text.back())) text.remove_suffix(1);
  return text;
}

// RFC 9110 8.8.3: etagc is any visible character but the quote, and obs-text.
bool is_etagc(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != '"' && byte != 0x7f;
}

std::string_view opaque_part(std::string_view tag) {
  if (tag.starts_with(kWeakPrefix)) tag.remove_prefix(kWeakPrefix.size());
  return tag;
}

char* append_hex(char* begin, char* end, std::uint64_t value) {
  const auto [next, error] = std::to_chars(begin, end, value, 16);
  INVARIANT(error == std::errc());
  return next;
}

}  // namespace

EntityTag render_etag(std::int64_t mtime_seconds, std::int64_t mtime_nanoseconds,
                      std::uint64_t size, bool weak, std::string_view suffix) {
  INVARIANT(suffix.size() <= EntityTag::kSuffixMax);
  // Unsigned, so that times of any file system wrap instead of overflowing.
  const std::uint64_t nanoseconds = static_cast<std::uint64_t>(mtime_seconds) * 1'000'000'000U +
                                    static_cast<std::uint64_t>(mtime_nanoseconds);
  EntityTag tag;
  char* out = tag.text_.data();
  char* const end = out + tag.text_.size();
  if (weak) out += kWeakPrefix.copy(out, kWeakPrefix.size());
  *out++ = '"';
  out = append_hex(out, end, nanoseconds);
  *out++ = '-';
  out = append_hex(out, end, size);
  if (!suffix.empty()) {
    *out++ = '-';
    out += suffix.copy(out, suffix.size());
  }
  INVARIANT(out < end);
  *out++ = '"';
  tag.size_ = static_cast<std::size_t>(out - tag.text_.data());
  return tag;
}

std::size_t entity_tag_size(std::string_view text) {
  std::size_t i = text.starts_with(kWeakPrefix) ? kWeakPrefix.size() : 0;
  if (i >= text.size() || text[i] != '"') return 0;
  for (++i; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (!is_etagc(text[i])) return 0;
  }
  return 0;
}

bool etags_equal(std::string_view left, std::string_view right, EtagComparison comparison) {
  if (left.empty() || right.empty()) return false;
  if (comparison == EtagComparison::kWeak) return opaque_part(left) == opaque_part(right);
  return left == right && !left.starts_with(kWeakPrefix);
}

bool etag_list_matches(std::string_view field, std::string_view current,
                       EtagComparison comparison) {
  std::string_view rest = trim_ows(field);
  if (rest == "*") return true;
  bool matched = false;
  bool separated = true;  // a comma, or the beginning, stands before `rest`
  while (!rest.empty()) {
    if (rest.front() == ',' || is_ows(rest.front())) {
      separated = separated || rest.front() == ',';
      rest.remove_prefix(1);
      continue;
    }
    const std::size_t size = entity_tag_size(rest);
    if (size == 0 || !separated) return false;
    matched = matched || etags_equal(rest.substr(0, size), current, comparison);
    separated = false;
    rest.remove_prefix(size);
  }
  return matched;
}

}  // namespace server
