#include "config/route_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/answer_reader.h"
#include "config/files_reader.h"
#include "config/filters_reader.h"
#include "config/path_pattern.h"
#include "config/reader.h"
#include "config/suggestion.h"

namespace config {
namespace {

constexpr std::array<std::string_view, 9> kRouteKeys = {"path",          "methods",   "headers",
                                                        "cache_control", "body_size", "access_log",
                                                        "files",         "redirect",  "respond"};
// The last ones.
constexpr auto kActions = std::span<const std::string_view>(kRouteKeys).last(3);
constexpr std::array<std::string_view, 7> kMethods = {"GET",    "HEAD",  "POST",   "PUT",
                                                      "DELETE", "PATCH", "OPTIONS"};

constexpr const char* kActionHelp = "exactly one of \"files\", \"redirect\", \"respond\"";

std::vector<std::string> read_patterns(Report& report, const Member& member) {
  std::vector<std::string> patterns;
  const auto read_one = [&](const Node& node) {
    auto pattern = read_string(report, node, "a path pattern");
    if (!pattern) return;
    if (const auto error = check_path_pattern(*pattern)) {
      report.error(node.span, error->message, error->help);
      return;
    }
    patterns.push_back(std::move(*pattern));
  };
  const Node& value = member.value;
  if (value.kind == Node::Kind::kString) {
    read_one(value);
  } else if (value.kind == Node::Kind::kList) {
    if (value.items.empty()) report.error(value.span, "path must not be empty");
    for (const Node& item : value.items) read_one(item);
  } else {
    report_kind(report, value, member.key, "a string or a list");
  }
  return patterns;
}

// Methods are case-sensitive (RFC 9110 9.1), so "get" would never match.
std::string method_help(std::string_view word) {
  for (const std::string_view method : kMethods) {
    if (edit_distance(word, method) == 0) return fmt::format("write \"{}\"", method);
  }
  return suggestion_help(word, kMethods);
}

std::vector<std::string> read_methods(Report& report, const Member& member) {
  std::vector<std::string> methods;
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return methods;
  if (items->empty()) {
    report.error(member.value.span, "methods must not be empty", "leave it out for any method");
  }
  for (const Node& item : *items) {
    auto method = read_string(report, item, "a method");
    if (!method) continue;
    if (std::find(kMethods.begin(), kMethods.end(), *method) == kMethods.end()) {
      report.error(item.span, fmt::format("{} is not a method", quote(*method)),
                   method_help(*method));
    } else if (std::find(methods.begin(), methods.end(), *method) != methods.end()) {
      report.error(item.span, fmt::format("duplicate method {}", quote(*method)));
    } else {
      methods.push_back(std::move(*method));
    }
  }
  return methods;
}

// The first of the file; a second one is reported, and read for its own errors.
std::vector<const Member*> find_actions(Report& report, const Node& node,
                                        const ObjectReader& reader) {
  std::vector<const Member*> actions;
  bool misspelled = false;
  for (const std::string_view key : kActions) {
    if (const Member* action = reader.find(key)) actions.push_back(action);
    misspelled = misspelled || reader.misspelled(key);
  }
  std::sort(actions.begin(), actions.end(), [](const Member* left, const Member* right) {
    return left->key_span.offset < right->key_span.offset;
  });
  if (actions.size() > 1) {
    report.error(actions[1]->key_span,
                 fmt::format("\"{}\" beside \"{}\" in a route", actions[1]->key, actions[0]->key),
                 fmt::format("{}; {}", first_at(report.place(actions[0]->key_span)), kActionHelp));
  } else if (actions.empty() && !misspelled && node.kind == Node::Kind::kObject) {
    report.error(node.span, "a route without an action", kActionHelp);
  }
  return actions;
}

Action read_action(Report& report, const Member& member, const std::vector<std::string>& patterns,
                   std::string_view base_directory) {
  if (member.key == "redirect") return read_redirect(report, member);
  if (member.key == "respond") return read_respond(report, member);
  return read_files(report, member, patterns, base_directory);
}

}  // namespace

Route read_route(Report& report, const Node& node, const Filters& inherited,
                 std::string_view base_directory) {
  Route route;
  route.place = report.place(node.span);
  const ObjectReader reader(report, node, "a route", node.span, kRouteKeys);
  if (const Member* path = reader.find("path")) route.path = read_patterns(report, *path);
  if (const Member* methods = reader.find("methods")) {
    route.methods = read_methods(report, *methods);
  }
  route.filters = read_filters(report, reader, inherited);
  // Without "path" because the key is misspelled says nothing about the patterns.
  const auto patterns = reader.misspelled("path") ? std::vector<std::string>() : route.path;
  for (const Member* action : find_actions(report, node, reader)) {
    route.action = read_action(report, *action, patterns, base_directory);
  }
  return route;
}

}  // namespace config
