#include "config/site_reader.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <utility>

#include "config/host_name.h"
#include "config/path_pattern.h"

namespace config {
namespace {

constexpr std::array<std::string_view, 2> kSiteKeys = {"hosts", "routes"};
constexpr std::array<std::string_view, 2> kRouteKeys = {"path", "files"};
constexpr std::array<std::string_view, 2> kFilesKeys = {"root", "index"};

constexpr std::size_t kFileNameBytesMax = 255;  // NAME_MAX

std::string first_at(const Place& place) {
  return fmt::format("the first is at {}:{}", place.line, place.column);
}

// Why a name is no plain file name.
std::optional<std::string_view> refuse_file_name(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name == "." || name == "..") return "is a directory";
  if (name.find('/') != std::string_view::npos) return "has a '/'";
  if (name.size() > kFileNameBytesMax) return "is longer than a file name can be";
  return std::nullopt;
}

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
  const ObjectReader reader(report_, node, "a site", node.span, kSiteKeys);
  if (node.kind != Node::Kind::kObject) return site;
  // Without "hosts" because the key is misspelled is no default site.
  const Member* hosts = reader.find("hosts");
  if (hosts != nullptr || !reader.misspelled("hosts")) site.hosts = read_hosts(node, hosts);
  if (const Member* routes = reader.require("routes")) site.routes = read_routes(*routes);
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

std::vector<Route> SiteReader::read_routes(const Member& member) {
  std::vector<Route> routes;
  const std::vector<Node>* items = read_list(report_, member);
  if (items == nullptr) return routes;
  if (items->empty()) report_.error(member.value.span, "routes must not be empty");
  for (const Node& item : *items) routes.push_back(read_route(item));
  return routes;
}

Route SiteReader::read_route(const Node& node) {
  Route route;
  const ObjectReader reader(report_, node, "a route", node.span, kRouteKeys);
  if (const Member* path = reader.find("path")) route.path = read_patterns(*path);
  if (const Member* files = reader.require("files")) route.action = read_files(*files);
  return route;
}

std::vector<std::string> SiteReader::read_patterns(const Member& member) {
  std::vector<std::string> patterns;
  const auto read_one = [&](const Node& node) {
    auto pattern = read_string(report_, node, "a path pattern");
    if (!pattern) return;
    if (const auto error = check_path_pattern(*pattern)) {
      report_.error(node.span, error->message, error->help);
      return;
    }
    patterns.push_back(std::move(*pattern));
  };
  const Node& value = member.value;
  if (value.kind == Node::Kind::kString) {
    read_one(value);
  } else if (value.kind == Node::Kind::kList) {
    if (value.items.empty()) report_.error(value.span, "path must not be empty");
    for (const Node& item : value.items) read_one(item);
  } else {
    report_kind(report_, value, member.key, "a string or a list");
  }
  return patterns;
}

Files SiteReader::read_files(const Member& member) {
  Files files;
  const ObjectReader reader(report_, member, kFilesKeys);
  if (const Member* root = reader.require("root")) read_root(*root, files);
  if (const Member* index = reader.find("index")) files.index = read_index(*index);
  return files;
}

void SiteReader::read_root(const Member& member, Files& files) {
  const auto path = read_string(report_, member.value, member.key);
  if (!path) return;
  if (path->empty()) {
    report_.error(member.value.span, "root must not be empty", "\".\" is this file's directory");
    return;
  }
  files.root = resolve_path(*path, base_directory_);
  files.place = report_.place(member.value.span);
}

std::vector<std::string> SiteReader::read_index(const Member& member) {
  std::vector<std::string> names;
  const std::vector<Node>* items = read_list(report_, member);
  if (items == nullptr) return names;
  for (const Node& item : *items) {
    auto name = read_string(report_, item, "an index");
    if (!name) continue;
    if (const auto reason = refuse_file_name(*name)) {
      report_.error(item.span, fmt::format("{} {}", quote(*name), *reason),
                    "an index is a plain file name, such as \"index.html\"");
      continue;
    }
    names.push_back(std::move(*name));
  }
  return names;
}

}  // namespace config
