#include "config/listen_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "config/address.h"
#include "config/boolean_reader.h"
#include "config/field_text.h"
#include "config/peers.h"
#include "config/reader.h"

namespace config {
namespace {

constexpr std::string_view kListenItem = "an item of \"listen\"";

}  // namespace

std::optional<ListenAddress> read_address(Report& report, const Node& node,
                                          std::string_view base_directory) {
  std::string help;
  if (node.kind == Node::Kind::kInteger) help = fmt::format("write \":{}\"", node.integer);
  const auto text = read_string(report, node, "an address", std::move(help));
  if (!text) return std::nullopt;
  auto address = parse_listen_address(*text);
  if (!address) {
    report.error(node.span, address.error().message, address.error().help);
    return std::nullopt;
  }
  if (!address->unix_path.empty()) {
    address->unix_path = resolve_path(address->unix_path, base_directory);
  }
  address->place = report.place(node.span);
  return std::move(*address);
}

std::string identity(const ListenAddress& address) {
  if (!address.unix_path.empty()) return address.unix_path;
  return fmt::format("{} {}", address.host, address.port);
}

namespace {

void read_peers(Report& report, const Member* member, PeerList& peers) {
  if (member == nullptr) return;
  const std::vector<Node>* items = read_list(report, *member, "such as [\"10.0.0.0/8\"]");
  if (items == nullptr) return;
  for (const Node& item : *items) {
    const auto text = read_string(report, item, "a network");
    if (!text) continue;
    if (const auto error = add_peers(*text, peers)) {
      report.error(item.span, error->message, error->help);
    }
  }
}

void read_client_ip_header(Report& report, const Member* member, std::string& target) {
  if (member == nullptr) return;
  auto name = read_string(report, member->value, member->key);
  if (!name) return;
  if (!is_token(*name)) {
    report.error(member->value.span, fmt::format("{} is not the name of a field", quote(*name)),
                 "such as \"X-Forwarded-For\", \"Forwarded\" or \"X-Real-IP\"");
    return;
  }
  target = std::move(*name);
}

// False: it cannot be told.
bool read_listen_tls(Report& report, const ObjectReader& reader, ListenTls& target) {
  const Member* const member = reader.find("tls");
  if (member == nullptr) return !reader.misspelled("tls");
  const auto index = find_switch(report, *member, kListenKeys.find("tls")->shape.words,
                                 "certificates stand in \"tls\" of the sites");
  if (index) target = static_cast<ListenTls>(*index);
  return index.has_value();
}

// Each is another one.
bool is_any_port(const ListenAddress& address) {
  return address.unix_path.empty() && address.port == 0;
}

struct Item {
  Listen listen;
  Span span;  // of the address
};

std::optional<Item> read_item(Report& report, const Node& node, std::string_view base_directory) {
  Item item;
  const Node* address_node = &node;
  bool knows_tls = true;
  if (node.kind == Node::Kind::kObject) {
    const ObjectReader reader(report, node, kListenItem, node.span, kListenKeys);
    knows_tls = read_listen_tls(report, reader, item.listen.tls);
    read_peers(report, reader.find("proxy_protocol"), item.listen.proxy_protocol);
    read_peers(report, reader.find("trusted_proxies"), item.listen.trusted_proxies);
    read_client_ip_header(report, reader.find("client_ip_header"), item.listen.client_ip_header);
    const Member* address = reader.require("address");
    if (address == nullptr) return std::nullopt;
    address_node = &address->value;
  } else if (node.kind != Node::Kind::kString) {
    std::string help;
    if (node.kind == Node::Kind::kInteger) help = fmt::format("write \":{}\"", node.integer);
    report_kind(report, node, kListenItem, "a string or an object", std::move(help));
    return std::nullopt;
  }
  auto address = read_address(report, *address_node, base_directory);
  if (!address || !knows_tls) return std::nullopt;
  item.listen.address = std::move(*address);
  item.span = address_node->span;
  return item;
}

}  // namespace

std::vector<Listen> read_listen(Report& report, const Member* member,
                                std::string_view base_directory) {
  std::vector<Listen> listens;
  if (member == nullptr) return listens;
  if (member->value.kind == Node::Kind::kInteger) {
    report_kind(report, member->value, member->key, "a list",
                fmt::format("write [\":{}\"]", member->value.integer));
    return listens;
  }
  const std::vector<Node>* items = read_list(report, *member);
  if (items == nullptr) return listens;
  if (items->empty()) {
    report.error(member->value.span, "listen must not be empty", "such as [\":8080\"]");
  }
  if (items->size() > kListenAddressesMax) {
    report.error(member->key_span,
                 fmt::format("listen has more than {} addresses", kListenAddressesMax));
    return listens;
  }
  std::map<std::string, Place> seen;
  for (const Node& node : *items) {
    auto item = read_item(report, node, base_directory);
    if (!item) continue;
    const ListenAddress& address = item->listen.address;
    const auto [first, added] = seen.try_emplace(identity(address), address.place);
    if (!added && !is_any_port(address)) {
      report.error(item->span, fmt::format("duplicate address {}", quote(address.text)),
                   first_at(address.place, first->second));
      continue;
    }
    listens.push_back(std::move(item->listen));
  }
  return listens;
}

Admin read_admin(Report& report, const Member* member, std::string_view base_directory,
                 const std::vector<Listen>& listens) {
  Admin admin;
  if (member == nullptr) return admin;
  const ObjectReader reader(report, *member, kAdminKeys);
  const Member* address = reader.find("address");
  if (address == nullptr) return admin;
  admin.is_default = false;
  if (address->value.kind == Node::Kind::kNull) {
    admin.address.reset();
  } else if (auto read = read_address(report, address->value, base_directory)) {
    const auto taken = std::find_if(listens.begin(), listens.end(), [&read](const Listen& listen) {
      return !is_any_port(*read) && identity(listen.address) == identity(*read);
    });
    if (taken != listens.end()) {
      report.error(address->value.span, fmt::format("duplicate address {}", quote(read->text)),
                   first_at(read->place, taken->address.place));
    }
    admin.address = std::move(read);
  }
  return admin;
}

}  // namespace config
