#include "config/route_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "config/answer_reader.h"
#include "config/files_reader.h"
#include "config/filters_reader.h"
#include "config/methods_reader.h"
#include "config/path_pattern.h"
#include "config/reader.h"

namespace config {
namespace {

constexpr std::array<std::string_view, 4> kActions = {"files", "redirect", "respond", "health"};
constexpr const char* kActionHelp =
    "exactly one of \"files\", \"redirect\", \"respond\", \"health\"";

std::vector<std::string> read_patterns(Report& report, const Member& member) {
  std::vector<std::string> patterns;
  const auto read_one = [&](const Node& node) {
    auto pattern = read_checked(report, node, "a path pattern", check_path_pattern);
    if (pattern) patterns.push_back(std::move(*pattern));
  };
  const Node& value = member.value;
  if (value.kind == Node::Kind::kString) {
    read_one(value);
  } else if (value.kind == Node::Kind::kList) {
    if (value.items.empty())
      report.error(value.span, "path must not be empty", "leave it out for every path");
    for (const Node& item : value.items) read_one(item);
  } else {
    report_kind(report, value, member.key, "a string or a list");
  }
  return patterns;
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
    const Span second = actions[1]->key_span;
    const std::string first = first_at(report.place(second), report.place(actions[0]->key_span));
    report.error(second,
                 fmt::format("\"{}\" beside \"{}\" in a route", actions[1]->key, actions[0]->key),
                 fmt::format("{}; {}", first, kActionHelp));
  } else if (actions.empty() && !misspelled && node.kind == Node::Kind::kObject) {
    report.error(node.span, "a route without an action", kActionHelp);
  }
  return actions;
}

Action read_action(Report& report, const ObjectReader& reader, const Member& member,
                   const std::vector<std::string>& patterns, std::string_view base_directory) {
  if (member.key == "redirect") return read_redirect(report, member);
  if (member.key == "respond") return read_respond(report, member);
  if (member.key == "files") return read_files(report, member, patterns, base_directory);
  Health health = Health::kLive;
  reader.read_word(member.key, health);
  return health;
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
  route.filters = read_filters(report, reader, inherited, base_directory);
  // A balancer has no password.
  const bool is_health = reader.find("health") != nullptr;
  if (is_health && reader.find("auth") == nullptr) route.filters.basic_auth.reset();
  // Without "path" because the key is misspelled says nothing about the patterns.
  const auto patterns = reader.misspelled("path") ? std::vector<std::string>() : route.path;
  for (const Member* action : find_actions(report, node, reader)) {
    route.action = read_action(report, reader, *action, patterns, base_directory);
  }
  return route;
}

}  // namespace config
