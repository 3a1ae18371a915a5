// SiteReader: the sites of a configuration with their hosts and routes, and what must hold between
// them: no host twice, one default site. One thread; the report outlives it; used once per file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/document.h"
#include "config/reader.h"
#include "config/report.h"

namespace config {

class SiteReader {
 public:
  // `base_directory` is absolute: relative roots start there.
  SiteReader(Report& report, std::string_view base_directory)
      : report_(report), base_directory_(base_directory) {}

  // The member "sites". What is wrong goes to the report.
  [[nodiscard]] std::vector<Site> read(const Member& member);

 private:
  [[nodiscard]] Site read_site(const Node& node);
  [[nodiscard]] std::vector<std::string> read_hosts(const Node& site, const Member* member);
  void read_host(const Node& node, std::vector<std::string>& hosts);
  void note_default_site(Span span);
  [[nodiscard]] std::vector<Route> read_routes(const Member& member, const Filters& inherited);

  Report& report_;
  std::string_view base_directory_;
  std::map<std::string, Place> hosts_;  // of all sites until now
  std::optional<Place> default_site_;
};

}  // namespace config
