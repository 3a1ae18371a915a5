// Host names as certificates and SNI know them: how they are compared, and which entry of a server
// answers for one. Immutable once filled; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/string_map.h"

namespace core {

// Lower case, without the dot that ends an absolute name; an IP address as inet_ntop(3) writes it.
[[nodiscard]] std::string canonical_host(std::string_view host);

// Whether the canonical `name` ("a.example", "*.example", an address) stands for `host`, canonical
// too. A "*" stands for exactly one label, and never for a part of an address.
[[nodiscard]] bool name_covers(std::string_view name, std::string_view host);

// Host name -> index of the entry: the exact name, then "*.x", then the default entry.
class HostTable {
 public:
  // False when another entry has the same name already; "" is the default entry's.
  [[nodiscard]] bool add(std::string_view name, std::size_t entry);

  [[nodiscard]] std::optional<std::size_t> find(std::string_view host) const;
  [[nodiscard]] std::optional<std::size_t> default_entry() const { return default_entry_; }

 private:
  StringMap<std::size_t> exact_;
  StringMap<std::size_t> wildcards_;  // "*.x" under ".x"
  std::optional<std::size_t> default_entry_;
};

}  // namespace core
