// RouteLabels: under which names the answers of a configuration's routes are counted. Bounded,
// whatever the configuration holds: routes beyond the first are counted together. Immutable.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/config.h"

namespace server {

class RouteLabels {
 public:
  static constexpr std::size_t kLabelsMax = 100;
  static constexpr std::size_t kBytesMax = 100;  // of one name; what is longer ends with "..."
  // Where what no route has answered is counted, and what has no label of its own.
  static constexpr std::size_t kUnrouted = 0;
  static constexpr std::size_t kOther = 1;

  struct Label {
    std::string site;
    std::string route;
    friend bool operator==(const Label&, const Label&) = default;
  };

  explicit RouteLabels(const config::Config& config);

  [[nodiscard]] const std::vector<Label>& all() const { return all_; }
  // Of a route, by its place in the configuration. Routes that are called alike share a label.
  [[nodiscard]] std::size_t index_of(std::size_t site, std::size_t route) const {
    return indices_.at(site).at(route);
  }

 private:
  [[nodiscard]] std::size_t find_or_add(Label label);

  std::vector<Label> all_{{"none", "none"}, {"other", "other"}};
  std::vector<std::vector<std::size_t>> indices_;  // by site and route
};

}  // namespace server
