// Binding: which listeners a site answers on, and who has a host there. A site with TLS is on the
// listeners with TLS, a site without on the plain ones; a self-signed listener is for both. A
// site's "listen" chooses among them. One thread; used once per configuration.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/document.h"
#include "config/report.h"

namespace config {

class Binding {
 public:
  // `listens` outlives it.
  explicit Binding(const std::vector<Listen>& listens);

  // Whether a site with TLS, or without, may be on this listener.
  [[nodiscard]] bool fits(std::size_t listener, bool has_tls) const;
  // All such listeners, as in Site::listen; their addresses, for people: `":80", ":81"`.
  [[nodiscard]] std::vector<std::size_t> listeners_for(bool has_tls) const;
  [[nodiscard]] std::string addresses_for(bool has_tls) const;
  // Whether there is one at all.
  [[nodiscard]] bool is_possible(bool has_tls) const { return fitting_[has_tls ? 1 : 0] > 0; }

  // Remembers that `host` is named at `place` for the listeners of `listen`; without any, for all
  // that fit. The first place where it was named for one of them already, if there is one.
  [[nodiscard]] std::optional<Place> claim(const std::string& host, const Place& place,
                                           bool has_tls, const std::vector<std::size_t>& listen);

 private:
  // By listener only when a site names listeners: hosts and addresses are many, their product may
  // not fit in memory.
  struct Claims {
    std::array<std::optional<Place>, 2> everywhere;  // by whether the site has TLS
    std::map<std::size_t, Place> by_listener;
  };
  [[nodiscard]] const Place* find_first(const Claims& claims, bool has_tls) const;
  [[nodiscard]] const Place* find_first(const Claims& claims, std::size_t listener) const;

  const std::vector<Listen>& listens_;
  std::array<std::size_t, 2> fitting_{};  // how many listeners fit, by whether the site has TLS
  bool overlaps_ = false;                 // a listener is for both
  std::map<std::string, Claims> hosts_;   // "": any other host
};

// A listener with TLS that no site with tls is on is an error: it has no certificate. Any other
// without a site is a warning. `items` are those of the file's "listen", one for each listener of
// the configuration, which is right otherwise.
void check_answered(Report& report, const std::vector<Node>& items, const Config& config);

}  // namespace config
