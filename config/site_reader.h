// SiteReader: the sites of a configuration with their hosts and routes, and what must hold between
// them, in whichever file they stand: on one listener no host comes twice, and one site takes the
// hosts that none names. One thread; used once per configuration.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/binding.h"
#include "config/config.h"
#include "config/document.h"
#include "config/reader.h"
#include "config/report.h"

namespace config {

class SiteReader {
 public:
  // `listens` outlives the reader. `all_are_read` unless some of them were wrong: then a site's
  // "listen" may mean one of those.
  explicit SiteReader(const std::vector<Listen>& listens, bool all_are_read = true)
      : listens_(listens), all_are_read_(all_are_read), binding_(listens) {}

  // What is wrong goes to the report of the file that `node` is in. `base_directory` is absolute:
  // relative paths start there.
  [[nodiscard]] Site read(Report& report, const Node& node, std::string_view base_directory);

 private:
  void read_hosts(Report& report, const ObjectReader& reader, const Node& node, Site& site);
  void read_host(Report& report, const Node& node, Site& site);
  // Remembers who is first on each listener of the site; false: somebody was, which is reported.
  [[nodiscard]] bool claim(Report& report, Span span, const Site& site, const std::string& host);
  // False: it cannot be told where the site is.
  [[nodiscard]] bool find_place(Report& report, const ObjectReader& reader, const Node& node,
                                std::string_view base_directory, Site& site) const;
  [[nodiscard]] bool read_listen(Report& report, const Member& member,
                                 std::string_view base_directory, bool knows_tls, Site& site) const;
  [[nodiscard]] bool add_listener(Report& report, const Node& node, std::string_view base_directory,
                                  bool knows_tls, Site& site) const;
  [[nodiscard]] bool check_fit(Report& report, const Node& node, std::size_t listener,
                               const Site& site) const;

  const std::vector<Listen>& listens_;
  const bool all_are_read_;
  bool is_placed_ = true;  // the site that is being read
  Binding binding_;
};

}  // namespace config
