#include "config/answer_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/bounds.h"
#include "config/field_text.h"
#include "config/reader.h"

namespace config {
namespace {

constexpr std::array<std::size_t, 5> kRedirectStatuses = {301, 302, 303, 307, 308};
constexpr const char* kRedirectStatusHelp = "allowed: 301, 302, 303, 307, 308";

constexpr std::array<std::string_view, 6> kPlaceholders = {"scheme", "host", "path",
                                                           "query",  "uri",  "rest"};
constexpr const char* kPlaceholderHelp =
    "placeholders: {scheme} {host} {path} {query} {uri} {rest}";

constexpr std::size_t kNoContent = 204;
constexpr std::size_t kResetContent = 205;
constexpr std::size_t kNotModified = 304;

std::optional<ValueError> check_placeholders(std::string_view to) {
  for (std::size_t open = to.find('{'); open != std::string_view::npos; open = to.find('{', open)) {
    const std::size_t close = to.find('}', open);
    if (close == std::string_view::npos) {
      return ValueError{fmt::format("{} has a '{{' without its '}}'", quote(to)), kPlaceholderHelp};
    }
    const std::string_view name = to.substr(open + 1, close - open - 1);
    if (std::find(kPlaceholders.begin(), kPlaceholders.end(), name) == kPlaceholders.end()) {
      return ValueError{
          fmt::format("{} is not a placeholder", quote(to.substr(open, close - open + 1))),
          kPlaceholderHelp};
    }
    open = close;
  }
  return std::nullopt;
}

struct Foreign {
  std::string_view variable;
  std::string_view placeholder;  // ours
};

// nginx's.
constexpr std::array<Foreign, 9> kForeign = {{{"$scheme", "{scheme}"},
                                              {"$host", "{host}"},
                                              {"$http_host", "{host}"},
                                              {"$server_name", "{host}"},
                                              {"$request_uri", "{uri}"},
                                              {"$uri", "{path}"},
                                              {"$args", "{query}"},
                                              {"$query_string", "{query}"},
                                              {"$1", "{rest}"}}};

std::optional<ValueError> check_foreign_variable(std::string_view to) {
  for (const auto& [variable, placeholder] : kForeign) {
    if (to.find(variable) == std::string_view::npos) continue;
    return ValueError{fmt::format("{} is not a placeholder", quote(variable)),
                      fmt::format("write {}", placeholder)};
  }
  return std::nullopt;
}

std::optional<ValueError> check_target(std::string_view to) {
  if (to.empty()) return ValueError{"to must not be empty", "such as \"https://{host}{uri}\""};
  if (auto error = check_foreign_variable(to)) return error;
  const bool begins = to.starts_with('/') || to.starts_with('{') || to.starts_with("http://") ||
                      to.starts_with("https://");
  if (!begins) {
    return ValueError{fmt::format("{} is not where a redirect can go", quote(to)),
                      "it begins with \"/\", \"http://\", \"https://\" or a placeholder"};
  }
  return check_placeholders(to);
}

void read_target(Report& report, const Member& member, Redirect& redirect) {
  auto to = read_checked(report, member.value, member.key, check_target);
  if (to) redirect.to = std::move(*to);
}

void read_redirect_status(Report& report, const Member& member, Redirect& redirect) {
  const auto number = read_integer(report, member.value, member.key, kRedirectStatusHelp);
  if (!number) return;
  const auto status = static_cast<std::size_t>(*number);
  const auto* const end = kRedirectStatuses.end();
  if (std::find(kRedirectStatuses.begin(), end, status) == end) {
    report.error(member.value.span, fmt::format("{} is not a status of a redirect", *number),
                 kRedirectStatusHelp);
    return;
  }
  redirect.status = static_cast<int>(status);
}

void read_respond_status(Report& report, const Member& member, Respond& respond) {
  std::size_t status = 0;
  read_count(report, &member, kRespondKeys.find("status")->shape.bounds, status);
  if (status == kNotModified) {
    report.error(member.value.span, "304 answers a condition, and this has none",
                 "a status from 200 to 599 but 304");
  } else if (status != 0) {
    respond.status = static_cast<int>(status);
  }
}

// Any text, line ends included.
void read_body(Report& report, const Member& member, Respond& respond) {
  if (member.value.kind == Node::Kind::kString) {
    respond.body = member.value.string;
  } else {
    const bool is_json =
        member.value.kind == Node::Kind::kObject || member.value.kind == Node::Kind::kList;
    report_kind(report, member.value, member.key, "a string",
                is_json ? "JSON is a text too: \"{\\\"ok\\\": true}\"" : "");
  }
  const bool has_none = respond.status == kNoContent || respond.status == kResetContent;
  if (has_none && !respond.body.empty()) {
    report.error(member.value.span, fmt::format("status {} has no body", respond.status),
                 "leave body out, or write another status");
  }
}

void read_type(Report& report, const Member& member, Respond& respond) {
  auto type = read_checked(report, member.value, member.key, check_media_type);
  if (type) respond.type = std::move(*type);
}

}  // namespace

Redirect read_redirect(Report& report, const Member& member) {
  Redirect redirect;
  const ObjectReader reader(report, member, kRedirectKeys);
  if (const Member* to = reader.require("to")) read_target(report, *to, redirect);
  if (const Member* status = reader.find("status")) read_redirect_status(report, *status, redirect);
  return redirect;
}

Respond read_respond(Report& report, const Member& member) {
  Respond respond;
  const ObjectReader reader(report, member, kRespondKeys);
  if (const Member* status = reader.find("status")) read_respond_status(report, *status, respond);
  if (const Member* body = reader.find("body")) read_body(report, *body, respond);
  if (const Member* type = reader.find("type")) read_type(report, *type, respond);
  return respond;
}

}  // namespace config
