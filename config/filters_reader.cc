#include "config/filters_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/auth_reader.h"
#include "config/bounds.h"
#include "config/cors_reader.h"
#include "config/field_text.h"

namespace config {
namespace {

// They frame the message or speak about the connection; a second hand in them breaks both.
constexpr std::array<std::string_view, 7> kOwnHeaders = {
    "Date",       "Connection", "Content-Length", "Transfer-Encoding",
    "Keep-Alive", "Upgrade",    "Trailer"};

constexpr std::size_t kHeadersMax = 100;  // of one site or route; nobody's clients take more

std::optional<ValueError> check_name(std::string_view name) {
  if (!is_token(name)) {
    return ValueError{fmt::format("{} is not a header name", quote(name)),
                      "letters, digits and '-', such as \"X-Frame-Options\""};
  }
  const bool own = std::any_of(kOwnHeaders.begin(), kOwnHeaders.end(),
                               [name](std::string_view other) { return same_name(name, other); });
  if (!own) return std::nullopt;
  return ValueError{fmt::format("{} is ouro's own header", name),
                    "it writes what is true of the message and the connection: leave it out"};
}

// A string that can be a field's value; what is none has been reported.
std::optional<std::string> read_value(Report& report, const Member& member, std::string help) {
  const auto check = [&member](std::string_view value) {
    return check_field_value(member.key, value);
  };
  return read_checked(report, member.value, member.key, check, std::move(help));
}

std::string help_for(const Node& value) {
  if (value.kind == Node::Kind::kInteger) return fmt::format("write \"{}\"", value.integer);
  return "a value, or null for none";
}

// Sets one field, whatever was inherited for it.
void merge(HeaderChange change, std::vector<HeaderChange>& headers) {
  const auto known = std::find_if(headers.begin(), headers.end(), [&](const HeaderChange& other) {
    return same_name(other.name, change.name);
  });
  if (known == headers.end()) {
    headers.push_back(std::move(change));
  } else {
    *known = std::move(change);
  }
}

void read_header(Report& report, const Member& member, std::vector<HeaderChange>& headers) {
  if (const auto error = check_name(member.key)) {
    report.error(member.key_span, error->message, error->help);
  } else if (member.value.kind == Node::Kind::kNull) {
    merge({member.key, std::nullopt}, headers);
  } else if (auto value = read_value(report, member, help_for(member.value))) {
    merge({member.key, std::move(value)}, headers);
  }
}

void read_headers(Report& report, const Member& member, std::vector<HeaderChange>& headers) {
  if (member.value.kind != Node::Kind::kObject) {
    report_kind(report, member.value, member.key, "an object",
                "such as {\"X-Frame-Options\": \"DENY\"}");
    return;
  }
  if (member.value.members.size() > kHeadersMax) {
    report.error(member.key_span, fmt::format("headers has more than {} names", kHeadersMax));
    return;
  }
  std::vector<const Member*> seen;
  for (const Member& header : member.value.members) {
    const auto first = std::find_if(seen.begin(), seen.end(), [&header](const Member* other) {
      return same_name(other->key, header.key);
    });
    if (first != seen.end()) {
      report.error(header.key_span, fmt::format("duplicate header {}", quote(header.key)),
                   first_at(report.place(header.key_span), report.place((*first)->key_span)));
      continue;
    }
    seen.push_back(&header);
    read_header(report, header, headers);
  }
}

void read_cache_control(Report& report, const Member& member, std::optional<std::string>& target) {
  if (member.value.kind == Node::Kind::kNull) {
    target.reset();
    return;
  }
  std::string help = "such as \"no-cache\", or null for none";
  if (member.value.kind == Node::Kind::kInteger) {
    help = fmt::format("write \"max-age={}\"", member.value.integer);
  }
  auto value = read_value(report, member, std::move(help));
  if (!value) return;
  if (value->empty()) {
    report.error(member.value.span, "cache_control must not be empty", "null for none");
    return;
  }
  target = std::move(value);
}

void read_body_size(Report& report, const Member& member, std::optional<std::size_t>& target) {
  if (member.value.kind == Node::Kind::kNull) {
    target.reset();
    return;
  }
  constexpr std::size_t kUnset = kBodySizeBounds.max + 1;
  std::size_t size = kUnset;
  read_size(report, &member, kBodySizeBounds, size);
  if (size != kUnset) target = size;
}

}  // namespace

Filters read_filters(Report& report, const ObjectReader& reader, const Filters& inherited,
                     std::string_view base_directory) {
  Filters filters = inherited;
  if (const Member* headers = reader.find("headers")) {
    read_headers(report, *headers, filters.headers);
  }
  if (const Member* cache_control = reader.find("cache_control")) {
    read_cache_control(report, *cache_control, filters.cache_control);
  }
  if (const Member* body_size = reader.find("body_size")) {
    read_body_size(report, *body_size, filters.body_size);
  }
  if (const Member* cors = reader.find("cors")) filters.cors = read_cors(report, *cors);
  if (const Member* auth = reader.find("auth")) {
    filters.basic_auth = read_auth(report, *auth, base_directory);
  }
  reader.read("access_log", filters.access_log);
  reader.read("server_timing", filters.server_timing);
  return filters;
}

}  // namespace config
