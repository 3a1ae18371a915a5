#include "config/methods_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "config/reader.h"
#include "config/suggestion.h"

namespace config {
namespace {

using Words = std::span<const std::string_view>;

// Methods are case-sensitive (RFC 9110 9.1), so "get" would never match.
std::string method_help(std::string_view word, Words methods) {
  for (const std::string_view method : methods) {
    if (edit_distance(word, method) == 0) return fmt::format("write \"{}\"", method);
  }
  return suggestion_help(word, methods);
}

}  // namespace

std::vector<std::string> read_methods(Report& report, const Member& member) {
  std::vector<std::string> methods;
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return methods;
  if (items->empty()) {
    report.error(member.value.span, "methods must not be empty", "leave it out, or name some");
  }
  const Words known = kRouteKeys.find("methods")->shape.item->words;
  for (const Node& item : *items) {
    auto method = read_string(report, item, "a method");
    if (!method) continue;
    if (std::find(known.begin(), known.end(), *method) == known.end()) {
      report.error(item.span, fmt::format("{} is not a method", quote(*method)),
                   method_help(*method, known));
    } else if (std::find(methods.begin(), methods.end(), *method) != methods.end()) {
      report.error(item.span, fmt::format("duplicate method {}", quote(*method)), "leave one out");
    } else {
      methods.push_back(std::move(*method));
    }
  }
  return methods;
}

}  // namespace config
