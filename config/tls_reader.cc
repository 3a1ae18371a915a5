#include "config/tls_reader.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "config/file_path_reader.h"
#include "config/reader.h"

namespace config {
namespace {

constexpr std::string_view kNoStart = "ouro does not start without it";
constexpr std::string_view kNoStapling = "nothing is stapled as long as it is missing";
constexpr const char* kPairHelp = "such as { \"certificate\": \"a.pem\", \"key\": \"a.key\" }";

// `loss` is what happens without the file.
std::optional<PlacedPath> read_path(Report& report, const Node& node, std::string_view name,
                                    std::string_view base_directory, std::string_view loss) {
  if (node.string.find("-----BEGIN") != std::string::npos) {
    report.error(node.span, fmt::format("{} is the path of a file, not what stands in it", name),
                 "such as \"a.pem\"");
    return std::nullopt;
  }
  return read_file_path(report, node, {name, "a.pem", loss}, base_directory);
}

// Leaves `target` alone when `member` is nullptr or wrong.
void read_path(Report& report, const Member* member, std::string_view base_directory,
               PlacedPath& target) {
  if (member == nullptr) return;
  auto path = read_path(report, member->value, member->key, base_directory, kNoStart);
  if (path) target = std::move(*path);
}

// One asks every client of the site, so it stands once.
void read_client_auth(Report& report, const Member& member, std::string_view base_directory,
                      SiteTls& tls) {
  if (member.value.kind == Node::Kind::kNull) return;
  ClientAuth client_auth;
  client_auth.place = report.place(member.key_span);
  const ObjectReader reader(report, member, kClientAuthKeys);
  read_path(report, reader.require("ca"), base_directory, client_auth.ca);
  reader.read_word("mode", client_auth.mode);
  if (tls.client_auth) {
    report.error(member.key_span, "a second client_auth",
                 fmt::format("one holds for all certificates of the site; {}",
                             first_at(client_auth.place, tls.client_auth->place)));
    return;
  }
  tls.client_auth = std::move(client_auth);
}

void read_pair(Report& report, const ObjectReader& reader, std::string_view base_directory,
               SiteTls& tls) {
  KeyPair pair;
  read_path(report, reader.require("certificate"), base_directory, pair.certificate);
  read_path(report, reader.require("key"), base_directory, pair.key);
  const Member* const stapling = reader.find("stapling");
  if (stapling != nullptr && stapling->value.kind != Node::Kind::kNull) {
    pair.stapling = read_path(report, stapling->value, stapling->key, base_directory, kNoStapling);
  }
  if (const Member* client_auth = reader.find("client_auth")) {
    read_client_auth(report, *client_auth, base_directory, tls);
  }
  tls.certificates.push_back(std::move(pair));
}

}  // namespace

Tls read_tls(Report& report, const Member* member, std::string_view base_directory) {
  Tls tls;
  if (member == nullptr) return tls;
  const ObjectReader reader(report, *member, kTlsKeys);
  reader.read_word("min_version", tls.min_version);
  const Member* const keys = reader.find("ticket_keys");
  const std::vector<Node>* const items = keys == nullptr ? nullptr : read_list(report, *keys);
  if (items == nullptr) return tls;
  for (const Node& item : *items) {
    auto path = read_path(report, item, "an item of \"ticket_keys\"", base_directory, kNoStart);
    if (path) tls.ticket_keys.push_back(std::move(*path));
  }
  return tls;
}

std::optional<SiteTls> read_site_tls(Report& report, const Member& member,
                                     std::string_view base_directory) {
  SiteTls tls;
  const Node& node = member.value;
  if (node.kind == Node::Kind::kObject) {
    read_pair(report, ObjectReader(report, member, kSiteTlsKeys), base_directory, tls);
    return tls;
  }
  if (node.kind != Node::Kind::kList) {
    report_kind(report, node, member.key, "an object or a list of objects", kPairHelp);
    return std::nullopt;
  }
  if (node.items.empty()) report.error(node.span, "tls must not be empty", kPairHelp);
  for (const Node& item : node.items) {
    const ObjectReader reader(report, item, "an item of \"tls\"", item.span, kSiteTlsKeys);
    read_pair(report, reader, base_directory, tls);
  }
  return tls.certificates.empty() ? std::nullopt : std::optional(std::move(tls));
}

}  // namespace config
