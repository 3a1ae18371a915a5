#include "config/cors_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/field_text.h"
#include "config/methods_reader.h"
#include "config/reader.h"

namespace config {
namespace {

constexpr const char* kOriginHelp = "such as \"https://app.example\", or \"*\" for everybody";

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// RFC 6454 6.2: scheme, host, and a port unless it is the scheme's own. A browser sends it in this
// form, and it is compared byte by byte.
std::optional<ValueError> check_origin(std::string_view origin) {
  if (origin == "*" || origin == "null") return std::nullopt;
  const ValueError error{fmt::format("{} is not an origin", quote(origin)), kOriginHelp};
  const std::size_t colon = origin.find("://");
  if (colon == std::string_view::npos || colon == 0) return error;
  const std::string_view host = origin.substr(colon + 3);
  const std::size_t end = host.find_first_of("/?#");
  if (host.empty() || end == 0 || host.find_first_of("*@ ,") != std::string_view::npos) {
    return error;
  }
  if (end != std::string_view::npos) {
    return ValueError{error.message, fmt::format("without a path: write {}",
                                                 quote(origin.substr(0, colon + 3 + end)))};
  }
  const bool own_port = (origin.starts_with("https:") && host.ends_with(":443")) ||
                        (origin.starts_with("http:") && host.ends_with(":80"));
  if (own_port) {
    return ValueError{error.message, fmt::format("without its scheme's own port: write {}",
                                                 quote(origin.substr(0, origin.rfind(':'))))};
  }
  return std::nullopt;
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
    std::string origin = lower(*text);
    if (const auto error = check_origin(origin)) {
      report.error(item.span, error->message, error->help);
    } else if (std::find(origins.begin(), origins.end(), origin) != origins.end()) {
      report.error(item.span, fmt::format("duplicate origin {}", quote(*text)));
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
    if (is_token(*name)) {
      names.push_back(std::move(*name));
    } else {
      report.error(item.span, fmt::format("{} is not a header name", quote(*name)),
                   "letters, digits and '-', such as \"X-Request-Id\"; \"*\" for any");
    }
  }
  return names;
}

void read_max_age(Report& report, const ObjectReader& reader, Cors& cors) {
  std::chrono::milliseconds age = cors.max_age;
  reader.read("max_age", age);
  cors.max_age = std::chrono::floor<std::chrono::seconds>(age);
  if (cors.max_age != age) {
    report.error(reader.find("max_age")->value.span, "max_age counts whole seconds");
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
