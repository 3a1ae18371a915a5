#include "tests/specification/preconditions.h"

#include <vector>

#include "tests/specification/grammar.h"
#include "tests/specification/http_date.h"

namespace specification {
namespace {

bool is_weak(std::string_view tag) { return tag.starts_with("W/"); }

std::string_view opaque(std::string_view tag) { return tag.substr(is_weak(tag) ? 2 : 0); }

// RFC 9110 8.8.3.2
bool equal_tags(std::string_view left, std::string_view right, bool strongly) {
  if (left.empty() || right.empty()) return false;
  if (strongly && (is_weak(left) || is_weak(right))) return false;
  return opaque(left) == opaque(right);
}

// The parts between commas that stand in no quotes.
std::vector<std::string> tag_list(std::string_view field) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (const char c : field) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// RFC 9110 13.1.1, 13.1.2: "*" / #entity-tag. What is neither matches nothing.
bool names_tag(std::string_view field, std::string_view etag, bool strongly) {
  if (without_ows(field) == "*") return true;
  bool found = false;
  for (const std::string& part : tag_list(field)) {
    const std::string_view tag = without_ows(part);
    if (tag.empty()) continue;
    if (!is_tag(tag)) return false;
    found = found || equal_tags(tag, etag, strongly);
  }
  return found;
}

// What the field says about whether it was modified after that date; nothing when it is to be
// ignored (13.1.3, 13.1.4).
std::optional<bool> modified_since(const std::string& field, const Selected& selected,
                                   std::int64_t now) {
  const std::optional<std::int64_t> date = read_date(field, now);
  if (!date || !selected.last_modified) return std::nullopt;
  return *selected.last_modified > *date;
}

}  // namespace

std::size_t tag_size(std::string_view text) {
  const std::size_t quote = is_weak(text) ? 2 : 0;
  if (!text.substr(quote).starts_with('"')) return 0;
  const std::size_t end = text.find('"', quote + 1);
  if (end == std::string_view::npos) return 0;
  for (const char c : text.substr(quote + 1, end - quote - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7F) return 0;  // etagc
  }
  return end + 1;
}

bool is_tag(std::string_view text) { return !text.empty() && tag_size(text) == text.size(); }

// RFC 9110 13.2.2; 13.2.1 for the methods that have no preconditions.
int precondition_status(const Conditions& conditions, const Selected& selected,
                        std::string_view method, std::int64_t now) {
  if (method == "CONNECT" || method == "OPTIONS" || method == "TRACE") return 0;
  const bool reads = method == "GET" || method == "HEAD";
  if (conditions.if_match) {  // step 1
    if (!names_tag(*conditions.if_match, selected.etag, true)) return 412;
  } else if (conditions.if_unmodified_since) {  // step 2
    if (modified_since(*conditions.if_unmodified_since, selected, now) == true) return 412;
  }
  if (conditions.if_none_match) {  // step 3
    if (names_tag(*conditions.if_none_match, selected.etag, false)) return reads ? 304 : 412;
  } else if (conditions.if_modified_since && reads) {  // step 4
    if (modified_since(*conditions.if_modified_since, selected, now) == false) return 304;
  }
  return 0;
}

bool range_counts(const Conditions& conditions, const Selected& selected, std::int64_t now) {
  const std::string& field = *conditions.if_range;
  if (field.substr(0, 3).find('"') != std::string::npos) {
    return is_tag(field) && equal_tags(field, selected.etag, true);
  }
  // 8.8.2.2: a date is strong once the second that it names is over.
  const std::optional<std::int64_t> date = read_date(field, now);
  return date && selected.last_modified == date && now > *date;
}

}  // namespace specification
