#include "core/tls/host_table.h"

#include <arpa/inet.h>

#include <array>

#include "core/base/letter_case.h"

namespace core {
namespace {

std::optional<std::string> canonical_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::array<char, INET6_ADDRSTRLEN> written{};
  const int family = text.find(':') == std::string::npos ? AF_INET : AF_INET6;
  if (::inet_pton(family, text.c_str(), address.data()) != 1) return std::nullopt;
  return ::inet_ntop(family, address.data(), written.data(), written.size());
}

bool is_address(std::string_view canonical) {
  return canonical.find(':') != std::string_view::npos ||
         canonical.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

std::string canonical_host(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string name = lower_case(host);
  if (!is_address(name)) return name;
  return canonical_address(name).value_or(name);
}

bool name_covers(std::string_view name, std::string_view host) {
  if (name == host) return !host.empty();
  if (!name.starts_with("*.") || is_address(host)) return false;
  const auto dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 && host.substr(dot) == name.substr(1);
}

bool HostTable::add(std::string_view name, std::size_t entry) {
  if (name.empty()) {
    if (default_entry_) return false;
    default_entry_ = entry;
    return true;
  }
  const auto canonical = canonical_host(name);
  auto& map = canonical.starts_with("*.") ? wildcards_ : exact_;
  const auto key = canonical.starts_with("*.") ? canonical.substr(1) : canonical;
  return map.emplace(key, entry).second;
}

std::optional<std::size_t> HostTable::find(std::string_view host) const {
  const auto canonical = canonical_host(host);
  if (const auto found = exact_.find(canonical); found != exact_.end()) return found->second;
  const auto dot = canonical.find('.');
  if (dot != std::string::npos && dot > 0 && !is_address(canonical)) {
    const auto found = wildcards_.find(std::string_view(canonical).substr(dot));
    if (found != wildcards_.end()) return found->second;
  }
  return default_entry_;
}

}  // namespace core
