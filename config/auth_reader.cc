#include "config/auth_reader.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "config/file_path_reader.h"
#include "config/reader.h"
#include "config/utf8.h"

namespace config {
namespace {

constexpr const char* kAuthHelp =
    "such as { \"basic\": { \"users_file\": \"users.htpasswd\" } }, or null for everybody";
constexpr FileRole kUsersFile = {"users_file", "users.htpasswd", "ouro does not start without it"};

// "anna:$2b$10$...", which htpasswd and `ouro hash-password` print.
bool is_line_of_users(std::string_view text) {
  return text.find(":$") != std::string_view::npos || text.find(":{") != std::string_view::npos;
}

void read_users_file(Report& report, const Member& member, std::string_view base_directory,
                     BasicAuth& basic) {
  if (is_line_of_users(member.value.string)) {
    report.error(member.value.span, "users_file is the path of a file, not what stands in it",
                 fmt::format("such as {}", quote(kUsersFile.example)));
    return;
  }
  auto path = read_file_path(report, member.value, kUsersFile, base_directory);
  if (path) basic.users_file = std::move(*path);
}

// RFC 7617 2: a quoted-string, in UTF-8 as we announce it.
void read_realm(Report& report, const Member& member, std::string& target) {
  auto realm = read_string(report, member.value, member.key, "such as \"Downloads\"");
  if (!realm) return;
  const Span span = member.value.span;
  if (realm->empty()) {
    report.error(span, "realm must not be empty", "leave it out for \"Restricted\"");
  } else if (realm->size() > kRealmBytesMax) {
    report.error(span, fmt::format("realm has more than {} bytes", kRealmBytesMax),
                 "a few words, which browsers show");
  } else if (find_invalid_utf8(*realm)) {
    report.error(span, "realm is not UTF-8");  // a variable's
  } else {
    target = std::move(*realm);
  }
}

}  // namespace

std::optional<BasicAuth> read_auth(Report& report, const Member& member,
                                   std::string_view base_directory) {
  const Node::Kind kind = member.value.kind;
  if (kind == Node::Kind::kNull) return std::nullopt;
  if (kind != Node::Kind::kObject) {
    report_kind(report, member.value, member.key, "an object or null", kAuthHelp);
    return std::nullopt;
  }
  // An empty one may be meant to ask as well as not to ask: it is refused.
  const Member* const found = ObjectReader(report, member, kAuthKeys).require("basic");
  if (found == nullptr || found->value.kind == Node::Kind::kNull) return std::nullopt;
  BasicAuth basic;
  basic.place = report.place(found->key_span);
  const ObjectReader reader(report, *found, kBasicAuthKeys);
  if (const Member* file = reader.require("users_file")) {
    read_users_file(report, *file, base_directory, basic);
  }
  if (const Member* realm = reader.find("realm")) read_realm(report, *realm, basic.realm);
  return basic;
}

}  // namespace config
