#include "config/site_reader.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "config/filters_reader.h"
#include "config/host_name.h"
#include "config/route_reader.h"

namespace config {
namespace {

constexpr std::array<std::string_view, 6> kSiteKeys = {"hosts",     "headers",    "cache_control",
                                                       "body_size", "access_log", "routes"};
}  // namespace

std::vector<Site> SiteReader::read(const Member& member) {
  std::vector<Site> sites;
  const std::vector<Node>* items = read_list(report_, member);
  if (items == nullptr) return sites;
  if (items->empty()) report_.error(member.value.span, "sites must not be empty");
  for (const Node& item : *items) sites.push_back(read_site(item));
  return sites;
}

Site SiteReader::read_site(const Node& node) {
  Site site;
  site.place = report_.place(node.span);
  const ObjectReader reader(report_, node, "a site", node.span, kSiteKeys);
  if (node.kind != Node::Kind::kObject) return site;
  // Without "hosts" because the key is misspelled is no default site.
  const Member* hosts = reader.find("hosts");
  if (hosts != nullptr || !reader.misspelled("hosts")) site.hosts = read_hosts(node, hosts);
  site.filters = read_filters(report_, reader, Filters());
  if (const Member* routes = reader.require("routes")) {
    site.routes = read_routes(*routes, site.filters);
  }
  return site;
}

std::vector<std::string> SiteReader::read_hosts(const Node& site, const Member* member) {
  std::vector<std::string> hosts;
  if (member == nullptr) {
    note_default_site(site.span);
    return hosts;
  }
  const std::vector<Node>* items = read_list(report_, *member);
  if (items == nullptr) return hosts;
  if (items->empty()) note_default_site(member->key_span);
  for (const Node& item : *items) read_host(item, hosts);
  return hosts;
}

void SiteReader::read_host(const Node& node, std::vector<std::string>& hosts) {
  const auto text = read_string(report_, node, "a host");
  if (!text) return;
  auto name = parse_host_name(*text);
  if (!name) {
    report_.error(node.span, name.error().message, name.error().help);
    return;
  }
  const auto [first, added] = hosts_.try_emplace(*name, report_.place(node.span));
  if (!added) {
    report_.error(node.span, fmt::format("duplicate host {}", quote(*name)),
                  first_at(first->second));
    return;
  }
  hosts.push_back(std::move(*name));
}

void SiteReader::note_default_site(Span span) {
  if (default_site_) {
    report_.error(span, "a second site without hosts", first_at(*default_site_));
  } else {
    default_site_ = report_.place(span);
  }
}

std::vector<Route> SiteReader::read_routes(const Member& member, const Filters& inherited) {
  std::vector<Route> routes;
  const std::vector<Node>* items = read_list(report_, member);
  if (items == nullptr) return routes;
  if (items->empty()) report_.error(member.value.span, "routes must not be empty");
  for (const Node& item : *items)
    routes.push_back(read_route(report_, item, inherited, base_directory_));
  return routes;
}

}  // namespace config
