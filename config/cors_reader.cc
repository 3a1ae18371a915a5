#include "config/cors_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/field_text.h"
#include "config/methods_reader.h"
#include "config/reader.h"
#include "core/base/letter_case.h"

namespace config {
namespace {

constexpr const char* kOriginHelp = "such as \"https://app.example\", or \"*\" for everybody";

// Of "a.example:8443" or "[::1]:8443"; what stands before it is not looked at.
bool has_right_port(std::string_view host) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::size_t kPortDigitsMax = 5;
  constexpr unsigned kPortMax = 65'535;
  const std::size_t colon = host.rfind(':');
  if (colon == std::string_view::npos || host.ends_with(']')) return true;
  const std::string_view port = host.substr(colon + 1);
  unsigned number = 0;
  if (port.find_first_not_of(kDigits) != std::string_view::npos) return false;
  if (port.empty() || port.size() > kPortDigitsMax) return false;
  static_cast<void>(std::from_chars(port.data(), port.data() + port.size(), number));
  return colon > 0 && number <= kPortMax;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

// RFC 6454 6.2: scheme, host, and a port unless it is the scheme's own. A browser sends it in this
// form, and it is compared byte by byte.
std::optional<ValueError> check_origin(std::string_view origin) {
  if (origin == "*" || origin == "null") return std::nullopt;
  const auto refuse = [origin](std::string help) {
    return ValueError{fmt::format("{} is not an origin", quote(origin)), std::move(help)};
  };
  if (!is_ascii(origin)) return refuse("international names are written in their xn-- form");
  const std::size_t scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos || scheme_end == 0) return refuse(kOriginHelp);
  const std::size_t start = scheme_end + 3;
  const std::size_t end = std::min(origin.find_first_of("/?#", start), origin.size());
  const std::string_view host = origin.substr(start, end - start);
  if (host.empty() || host.find_first_of("*@, ") != std::string_view::npos) {
    return refuse(kOriginHelp);
  }
  if (!has_right_port(host)) return refuse(kOriginHelp);
  if (end < origin.size()) {
    return refuse(fmt::format("without a path: write {}", quote(origin.substr(0, end))));
  }
  const bool own_port = (origin.starts_with("https:") && host.ends_with(":443")) ||
                        (origin.starts_with("http:") && host.ends_with(":80"));
  if (!own_port) return std::nullopt;
  return refuse(fmt::format("without its scheme's own port: write {}",
                            quote(origin.substr(0, origin.rfind(':')))));
}

std::vector<std::string> read_origins(Report& report, const Member& member) {
  std::vector<std::string> origins;
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return origins;
  if (items->empty()) {
    report.error(member.value.span, "origins must not be empty", kOriginHelp);
  }
  for (const Node& item : *items) {
    const auto text = read_string(report, item, "an origin", kOriginHelp);
    if (!text) continue;
    std::string origin = core::lower_case(*text);
    if (const auto error = check_origin(origin)) {
      report.error(item.span, error->message, error->help);
    } else if (std::find(origins.begin(), origins.end(), origin) != origins.end()) {
      report.error(item.span, fmt::format("duplicate origin {}", quote(*text)), "leave one out");
    } else {
      origins.push_back(std::move(origin));
    }
  }
  if (items->size() > 1 && std::find(origins.begin(), origins.end(), "*") != origins.end()) {
    report.error(member.value.span, "\"*\" beside other origins", "\"*\" alone is everybody");
  }
  return origins;
}

std::vector<std::string> read_header_names(Report& report, const Member& member) {
  std::vector<std::string> names;
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return names;
  for (const Node& item : *items) {
    auto name = read_string(report, item, "the name of a header");
    if (!name) continue;
    const bool known = std::any_of(names.begin(), names.end(), [&name](const std::string& other) {
      return same_name(other, *name);
    });
    if (!is_token(*name)) {
      report.error(item.span, fmt::format("{} is not a header name", quote(*name)),
                   "letters, digits and '-', such as \"X-Request-Id\"; \"*\" for any");
    } else if (known) {
      report.error(item.span, fmt::format("duplicate header {}", quote(*name)), "leave one out");
    } else {
      names.push_back(std::move(*name));
    }
  }
  return names;
}

void read_max_age(Report& report, const ObjectReader& reader, Cors& cors) {
  std::chrono::milliseconds age = cors.max_age;
  reader.read("max_age", age);
  cors.max_age = std::chrono::floor<std::chrono::seconds>(age);
  if (cors.max_age != age) {
    report.error(reader.find("max_age")->value.span, "max_age counts whole seconds",
                 "such as \"10m\"");
  }
}

}  // namespace

std::optional<Cors> read_cors(Report& report, const Member& member) {
  if (member.value.kind == Node::Kind::kNull) return std::nullopt;
  Cors cors;
  const ObjectReader reader(report, member, kCorsKeys);
  if (const Member* origins = reader.require("origins")) {
    cors.origins = read_origins(report, *origins);
  }
  if (const Member* methods = reader.find("methods")) cors.methods = read_methods(report, *methods);
  if (const Member* headers = reader.find("headers")) {
    cors.headers = read_header_names(report, *headers);
  }
  reader.read("credentials", cors.credentials);
  read_max_age(report, reader, cors);
  // The Fetch standard, 3.2.5: a browser takes no wildcard together with credentials.
  if (cors.credentials && cors.origins == std::vector<std::string>{"*"}) {
    report.error(reader.find("credentials")->value.span, "credentials for every origin",
                 "name the origins that may send them");
  }
  return cors;
}

}  // namespace config
