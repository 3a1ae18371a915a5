#include "config/site_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "config/file_text.h"
#include "config/filters_reader.h"
#include "config/host_name.h"
#include "config/listen_reader.h"
#include "config/path_pattern.h"
#include "config/route_reader.h"
#include "config/tls_reader.h"

namespace config {
namespace {

constexpr const char* kListenerHelp =
    "such as { \"address\": \":443\", \"tls\": true } in the top \"listen\"";
constexpr const char* kCertificateHelp =
    "give it \"tls\": { \"certificate\": \"a.pem\", \"key\": \"a.key\" }, or add a plain listener";

// RFC 9110 15.5 and 15.6: what a client or the server did wrong.
std::optional<int> parse_error_status(std::string_view text) {
  int status = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  const bool whole = error == std::errc{} && rest == text.data() + text.size();
  if (!whole || text.size() != 3 || status < 400 || status > 599) return std::nullopt;
  return status;
}

void read_error_page(Report& report, const Member& member, std::string_view base_directory,
                     Site& site) {
  const auto status = parse_error_status(member.key);
  if (!status) {
    report.error(member.key_span,
                 fmt::format("{} is not the status of an error", quote(member.key)),
                 "from \"400\" to \"599\"");
    return;
  }
  const auto path = read_string(report, member.value, "the file of an error page");
  if (!path) return;
  const bool names_file = !path->empty() && !path->ends_with('/');
  if (!names_file) {
    report.error(member.value.span, "an error page must be a file", "such as \"errors/404.html\"");
    return;
  }
  const auto [page, added] = site.error_pages.try_emplace(
      *status, PlacedPath{resolve_path(*path, base_directory), report.place(member.value.span)});
  const auto reason = missing_file(page->second.path);
  if (reason) {
    report.warning(member.value.span, fmt::format("{} {}", quote(page->second.path), *reason),
                   "answers have the built-in page as long as it is missing");
  }
  if (!added) {
    report.error(member.key_span, fmt::format("duplicate status {}", quote(member.key)),
                 first_at(report.place(member.key_span), page->second.place));
  }
}

void read_error_pages(Report& report, const Member& member, std::string_view base_directory,
                      Site& site) {
  if (member.value.kind != Node::Kind::kObject) {
    report_kind(report, member.value, member.key, "an object", "such as {\"404\": \"404.html\"}");
    return;
  }
  for (const Member& page : member.value.members) {
    read_error_page(report, page, base_directory, site);
  }
}

bool covers_path(const Route& route, const std::string& pattern) {
  return std::any_of(route.path.begin(), route.path.end(),
                     [&pattern](const std::string& own) { return covers(own, pattern); });
}

bool has_method(const Route& route, std::string_view method) {
  return std::find(route.methods.begin(), route.methods.end(), method) != route.methods.end();
}

// RFC 9110 9.1: whoever serves GET serves HEAD.
bool covers_methods(const Route& route, const Route& other) {
  if (route.methods.empty()) return true;
  return !other.methods.empty() &&
         std::all_of(other.methods.begin(), other.methods.end(), [&route](const auto& method) {
           return has_method(route, method) || (method == "HEAD" && has_method(route, "GET"));
         });
}

// A route that no request reaches, because an earlier one takes them all.
void warn_if_shadowed(Report& report, const Node& node, const Route& route,
                      const std::vector<Route>& earlier) {
  if (route.path.empty()) return;  // wrong ones
  const auto shadow = std::find_if(earlier.begin(), earlier.end(), [&route](const Route& other) {
    return covers_methods(other, route) &&
           std::all_of(route.path.begin(), route.path.end(), [&other](const std::string& pattern) {
             return covers_path(other, pattern);
           });
  });
  if (shadow == earlier.end()) return;
  report.warning(node.span, "this route never answers",
                 fmt::format("the one at {}:{} takes all of its requests; routes are tried from "
                             "top to bottom",
                             shadow->place.line, shadow->place.column));
}

std::vector<Route> read_routes(Report& report, const Member& member, const Filters& inherited,
                               std::string_view base_directory) {
  std::vector<Route> routes;
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return routes;
  if (items->empty()) {
    report.error(member.value.span, "routes must not be empty",
                 "such as { \"files\": { \"root\": \"/srv/www\" } }");
  }
  for (const Node& item : *items) {
    Route route = read_route(report, item, inherited, base_directory);
    warn_if_shadowed(report, item, route, routes);
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace

Site SiteReader::read(Report& report, const Node& node, std::string_view base_directory) {
  Site site;
  site.place = report.place(node.span);
  const ObjectReader reader(report, node, "a site", node.span, kSiteKeys);
  if (node.kind != Node::Kind::kObject) return site;
  if (const Member* schema = reader.find("$schema")) {
    static_cast<void>(read_string(report, schema->value, schema->key));
  }
  if (const Member* tls = reader.find("tls")) {
    site.tls = read_site_tls(report, *tls, base_directory);
  }
  is_placed_ = find_place(report, reader, node, base_directory, site);
  read_hosts(report, reader, node, site);
  if (const Member* pages = reader.find("error_pages")) {
    read_error_pages(report, *pages, base_directory, site);
  }
  site.filters = read_filters(report, reader, Filters(), base_directory);
  if (const Member* routes = reader.require("routes")) {
    site.routes = read_routes(report, *routes, site.filters, base_directory);
  }
  // Last: until here it is what the site names itself.
  if (site.listen.empty()) site.listen = binding_.listeners_for(site.tls.has_value());
  return site;
}

void SiteReader::read_hosts(Report& report, const ObjectReader& reader, const Node& node,
                            Site& site) {
  const Member* const member = reader.find("hosts");
  if (member == nullptr) {
    // Without "hosts" because the key is misspelled is no default site.
    if (!reader.misspelled("hosts")) static_cast<void>(claim(report, node.span, site, {}));
    return;
  }
  const std::vector<Node>* items = read_list(report, *member);
  if (items == nullptr) return;
  if (items->empty()) static_cast<void>(claim(report, member->key_span, site, {}));
  for (const Node& item : *items) read_host(report, item, site);
}

void SiteReader::read_host(Report& report, const Node& node, Site& site) {
  const auto text = read_string(report, node, "a host");
  if (!text) return;
  auto name = parse_host_name(*text);
  if (!name) {
    report.error(node.span, name.error().message, name.error().help);
  } else if (claim(report, node.span, site, *name)) {
    site.hosts.push_back(std::move(*name));
  }
}

bool SiteReader::claim(Report& report, Span span, const Site& site, const std::string& host) {
  if (!is_placed_) return true;
  const Place place = report.place(span);
  const auto first = binding_.claim(host, place, site.tls.has_value(), site.listen);
  if (!first) return true;
  report.error(
      span,
      host.empty() ? "a second site without hosts" : fmt::format("duplicate host {}", quote(host)),
      first_at(place, *first));
  return false;
}

bool SiteReader::find_place(Report& report, const ObjectReader& reader, const Node& node,
                            std::string_view base_directory, Site& site) const {
  const Member* const tls = reader.find("tls");
  const bool knows_tls = tls != nullptr ? site.tls.has_value() : !reader.misspelled("tls");
  if (const Member* listen = reader.find("listen")) {
    return read_listen(report, *listen, base_directory, knows_tls, site);
  }
  if (!knows_tls || reader.misspelled("listen")) return false;
  if (!all_are_read_ || binding_.is_possible(site.tls.has_value())) return true;
  if (tls != nullptr) {
    report.error(tls->key_span, "a site with tls, but no listener has it", kListenerHelp);
  } else {
    report.error(node.span, "a site without tls, but every listener has it", kCertificateHelp);
  }
  return false;
}

bool SiteReader::read_listen(Report& report, const Member& member, std::string_view base_directory,
                             bool knows_tls, Site& site) const {
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return false;
  if (items->empty()) {
    report.error(member.value.span, "listen must not be empty", "leave it out for every address");
    return false;
  }
  bool is_right = true;
  for (const Node& item : *items) {
    if (!add_listener(report, item, base_directory, knows_tls, site)) is_right = false;
  }
  return is_right;
}

bool SiteReader::add_listener(Report& report, const Node& node, std::string_view base_directory,
                              bool knows_tls, Site& site) const {
  const auto address = read_address(report, node, base_directory);
  if (!address) return false;
  const auto known = std::find_if(
      listens_.begin(), listens_.end(),
      [&address](const Listen& listen) { return identity(listen.address) == identity(*address); });
  if (known == listens_.end()) {
    if (!all_are_read_) return false;
    std::vector<std::string> all;
    for (const Listen& listen : listens_) all.push_back(quote(listen.address.text));
    report.error(
        node.span,
        fmt::format("{} is not an address that the server listens on", quote(address->text)),
        fmt::format("those of the top \"listen\": {}", fmt::join(all, ", ")));
    return false;
  }
  const auto index = static_cast<std::size_t>(known - listens_.begin());
  if (std::find(site.listen.begin(), site.listen.end(), index) != site.listen.end()) {
    report.error(node.span, fmt::format("duplicate address {}", quote(address->text)),
                 "leave one out");
    return false;
  }
  if (!knows_tls || !check_fit(report, node, index, site)) return false;
  site.listen.push_back(index);
  return true;
}

bool SiteReader::check_fit(Report& report, const Node& node, std::size_t listener,
                           const Site& site) const {
  const bool has_tls = site.tls.has_value();
  if (binding_.fits(listener, has_tls)) return true;
  const std::string address = quote(listens_[listener].address.text);
  const std::string others = binding_.addresses_for(has_tls);
  if (!has_tls) {
    report.error(node.span, fmt::format("{} speaks TLS, but the site has no tls", address),
                 kCertificateHelp);
  } else {
    report.error(node.span, fmt::format("{} speaks no TLS, but the site has tls", address),
                 others.empty() ? kListenerHelp : fmt::format("those with TLS: {}", others));
  }
  return false;
}

}  // namespace config
