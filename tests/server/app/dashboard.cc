#include "tests/server/app/dashboard.h"

#include <cstdint>
#include <set>

#include "config/document.h"

namespace test {
namespace {

using config::Node;

constexpr std::int64_t kColumns = 24;

// A null where there is none.
const Node& child(const Node& node, std::string_view key) {
  static const Node kNone;
  for (const config::Member& member : node.members) {
    if (member.key == key) return member.value;
  }
  return kNone;
}

const std::string& text(const Node& node, std::string_view key) { return child(node, key).string; }

class Reader {
 public:
  Dashboard read(const Node& root) {
    for (const Node& variable : child(child(root, "templating"), "list").items) {
      read_variable(variable);
    }
    for (const Node& note : child(child(root, "annotations"), "list").items) read_query(note, "");
    for (const Node& panel : child(root, "panels").items) read_panel(panel);
    return dashboard_;
  }

 private:
  void problem(const std::string& where, std::string_view what) {
    dashboard_.problems.push_back(where + ": " + std::string(what));
  }

  // label_values(METRIC, LABEL) is as good as count by (LABEL) (METRIC).
  void read_variable(const Node& variable) {
    if (text(variable, "type") != "query") return;
    const std::string where = "the variable " + text(variable, "name");
    check_source(variable, where);
    const std::string& query = text(child(variable, "query"), "query");
    constexpr std::string_view kFunction = "label_values(";
    const std::size_t comma = query.find(", ");
    if (!query.starts_with(kFunction) || comma == std::string::npos || !query.ends_with(')')) {
      return problem(where, "not of the form label_values(METRIC, LABEL)");
    }
    const std::string metric = query.substr(kFunction.size(), comma - kFunction.size());
    const std::string label = query.substr(comma + 2, query.size() - comma - 3);
    dashboard_.queries.push_back({where, "count by (" + label + ") (" + metric + ")", ""});
  }

  void read_query(const Node& query, const std::string& panel) {
    const std::string where = panel.empty() ? "the note " + text(query, "name") : panel;
    check_source(query, where);
    const std::string legend = text(query, panel.empty() ? "titleFormat" : "legendFormat");
    if (text(query, "expr").empty()) problem(where, "a query without an expression");
    dashboard_.queries.push_back({where, text(query, "expr"), legend});
  }

  void read_panel(const Node& panel) {
    const std::string& title = text(panel, "title");
    if (title.empty()) problem("a panel", "no title");
    if (!ids_.insert(child(panel, "id").integer).second) problem(title, "its id is another's");
    check_place(child(panel, "gridPos"), title);
    if (text(panel, "type") == "row") {
      dashboard_.rows.push_back(title);
      return;
    }
    check_source(panel, title);
    const auto& targets = child(panel, "targets").items;
    if (targets.empty()) problem(title, "it asks for nothing");
    for (const Node& target : targets) read_query(target, title);
  }

  // Whose Prometheus it is must be the user's choice.
  void check_source(const Node& node, const std::string& where) {
    if (text(child(node, "datasource"), "uid") != "${datasource}") {
      problem(where, "its data source is not the variable");
    }
  }

  void check_place(const Node& place, const std::string& title) {
    const auto number = [&place](std::string_view key) { return child(place, key).integer; };
    const std::int64_t right = number("x") + number("w");
    const std::int64_t bottom = number("y") + number("h");
    if (number("w") <= 0 || number("h") <= 0 || right > kColumns) problem(title, "has no place");
    for (std::int64_t x = number("x"); x < right; ++x) {
      for (std::int64_t y = number("y"); y < bottom; ++y) {
        if (!taken_.insert({x, y}).second) return problem(title, "covers another");
      }
    }
  }

  Dashboard dashboard_;
  std::set<std::int64_t> ids_;
  std::set<std::pair<std::int64_t, std::int64_t>> taken_;
};

}  // namespace

Dashboard read_dashboard(std::string_view json) {
  const auto root = config::parse_document(json);
  if (!root) return {{}, {}, {"it is no JSON"}};
  return Reader().read(*root);
}

}  // namespace test
