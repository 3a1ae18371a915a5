#include "config/binding.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/base/invariant.h"

namespace config {
namespace {

constexpr const char* kCertificateHelp =
    "give a site \"tls\": { \"certificate\": \"a.pem\", \"key\": \"a.key\" }";
constexpr const char* kUnansweredHelp =
    "every request there gets 421; to send them to TLS, add a site: { \"routes\": "
    "[{ \"redirect\": { \"to\": \"https://{host}{uri}\" } }] }";

bool fits_one(const Listen& listen, bool has_tls) {
  return listen.tls == ListenTls::kSelfSigned || (listen.tls == ListenTls::kOn) == has_tls;
}

// Where a listener has this key, or the listener itself.
Span span_of(const Node& item, std::string_view key) {
  const auto found = std::find_if(item.members.begin(), item.members.end(),
                                  [key](const Member& member) { return member.key == key; });
  return found == item.members.end() ? item.span : found->value.span;
}

// Of each listener, whether a site is on it.
std::vector<bool> answered(const Config& config) {
  std::vector<bool> all(config.listen.size(), false);
  for (const Site& site : config.sites) {
    if (site.listen.empty()) all.assign(all.size(), true);
    for (const std::size_t listener : site.listen) all[listener] = true;
  }
  return all;
}

}  // namespace

Binding::Binding(const std::vector<Listen>& listens) : listens_(listens) {
  for (const Listen& listen : listens_) {
    const bool with = fits_one(listen, true);
    const bool without = fits_one(listen, false);
    fitting_[0] += without ? 1 : 0;
    fitting_[1] += with ? 1 : 0;
    overlaps_ = overlaps_ || (with && without);
  }
}

bool Binding::fits(std::size_t listener, bool has_tls) const {
  INVARIANT(listener < listens_.size());
  return fits_one(listens_[listener], has_tls);
}

std::vector<std::size_t> Binding::listeners_for(bool has_tls) const {
  std::vector<std::size_t> all;
  if (fitting_[has_tls ? 1 : 0] == listens_.size()) return all;
  for (std::size_t listener = 0; listener < listens_.size(); ++listener) {
    if (fits(listener, has_tls)) all.push_back(listener);
  }
  return all;
}

std::string Binding::addresses_for(bool has_tls) const {
  std::string text;
  for (const Listen& listen : listens_) {
    if (!fits_one(listen, has_tls)) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", quote(listen.address.text));
  }
  return text;
}

std::optional<Place> Binding::claim(const std::string& host, const Place& place, bool has_tls,
                                    const std::vector<std::size_t>& listen) {
  Claims& claims = hosts_[host];
  const Place* first = nullptr;
  if (listen.empty()) first = find_first(claims, has_tls);
  for (const std::size_t listener : listen) {
    if (first == nullptr) first = find_first(claims, listener);
  }
  // A copy: it may stand where the new one will.
  std::optional<Place> result;
  if (first != nullptr) result = *first;
  for (const std::size_t listener : listen) claims.by_listener.try_emplace(listener, place);
  std::optional<Place>& everywhere = claims.everywhere[has_tls ? 1 : 0];
  if (listen.empty() && !everywhere) everywhere = place;
  return result;
}

const Place* Binding::find_first(const Claims& claims, bool has_tls) const {
  for (const bool other : {false, true}) {
    const auto& everywhere = claims.everywhere[other ? 1 : 0];
    if (everywhere && (other == has_tls || overlaps_)) return &*everywhere;
  }
  for (const auto& [listener, place] : claims.by_listener) {
    if (fits(listener, has_tls)) return &place;
  }
  return nullptr;
}

const Place* Binding::find_first(const Claims& claims, std::size_t listener) const {
  for (const bool has_tls : {false, true}) {
    const auto& everywhere = claims.everywhere[has_tls ? 1 : 0];
    if (everywhere && fits(listener, has_tls)) return &*everywhere;
  }
  const auto known = claims.by_listener.find(listener);
  return known == claims.by_listener.end() ? nullptr : &known->second;
}

void check_answered(Report& report, const std::vector<Node>& items, const Config& config) {
  INVARIANT(items.size() == config.listen.size());
  const std::vector<bool> all = answered(config);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i]) continue;
    const Listen& listen = config.listen[i];
    const std::string address = quote(listen.address.text);
    if (listen.tls == ListenTls::kOn) {
      report.error(span_of(items[i], "tls"), fmt::format("no site with tls is on {}", address),
                   kCertificateHelp);
    } else {
      report.warning(span_of(items[i], "address"), fmt::format("no site is on {}", address),
                     kUnansweredHelp);
    }
  }
}

}  // namespace config
