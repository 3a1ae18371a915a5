#include "config/unknown_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "config/suggestion.h"

namespace config {
namespace {

struct Foreign {
  std::string_view word;
  std::string_view key;  // ours
};

// What people bring along from nginx, Caddy, Apache and Traefik.
constexpr std::array<Foreign, 60> kForeign = {{
    {"server", "sites"},
    {"servers", "sites"},
    {"virtual_hosts", "sites"},
    {"vhosts", "sites"},
    {"server_name", "hosts"},
    {"server_names", "hosts"},
    {"domain", "hosts"},
    {"domains", "hosts"},
    {"location", "routes"},
    {"locations", "routes"},
    {"handle", "routes"},
    {"match", "path"},
    {"uri", "path"},
    {"url", "path"},
    {"prefix", "path"},
    {"document_root", "root"},
    {"dir", "root"},
    {"directory", "root"},
    {"file_server", "files"},
    {"static", "files"},
    {"alias", "strip_prefix"},
    {"autoindex", "listing"},
    {"browse", "listing"},
    {"try_files", "fallback"},
    {"gzip", "precompressed"},
    {"gzip_static", "precompressed"},
    {"return", "redirect"},
    {"rewrite", "redirect"},
    {"redir", "redirect"},
    {"add_header", "headers"},
    {"expires", "cache_control"},
    {"client_max_body_size", "body_size"},
    {"worker_processes", "loops"},
    {"port", "address"},
    {"bind", "listen"},
    {"set_real_ip_from", "trusted_proxies"},
    {"real_ip_header", "client_ip_header"},
    {"stub_status", "admin"},
    {"ssl", "tls"},
    {"https", "tls"},
    {"ssl_certificate", "certificate"},
    {"ssl_certificate_key", "key"},
    {"cert", "certificate"},
    {"chain", "certificate"},
    {"fullchain", "certificate"},
    {"private_key", "key"},
    {"ssl_stapling", "stapling"},
    {"ssl_stapling_file", "stapling"},
    {"ssl_client_certificate", "ca"},
    {"ssl_verify_client", "client_auth"},
    {"ssl_protocols", "min_version"},
    {"protocols", "min_version"},
    {"ssl_session_ticket_key", "ticket_keys"},
    {"auth_basic", "auth"},
    {"basic_auth", "auth"},
    {"basicauth", "auth"},
    {"authentication", "auth"},
    {"auth_basic_user_file", "users_file"},
    {"password_file", "users_file"},
    {"htpasswd", "users_file"},
}};

// Keys whose object cannot be reached from here, above all from a listener or a route.
struct Elsewhere {
  std::string_view key;
  std::string_view where;
};
constexpr std::string_view kOfSite = "inside \"tls\" of a site";
constexpr std::string_view kOfFile = "inside \"tls\" of the whole file";
constexpr std::array<Elsewhere, 6> kElsewhere = {{
    {"certificate", kOfSite},
    {"key", kOfSite},
    {"stapling", kOfSite},
    {"client_auth", kOfSite},
    {"min_version", kOfFile},
    {"ticket_keys", kOfFile},
}};

struct Later {
  std::string_view word;
  std::string_view help;
  std::string_view key{};  // ours that it stands for
};

constexpr std::string_view kNoProxy = "ouro passes no request on to another server yet";

constexpr std::string_view kAction = "files";  // or any other action

constexpr std::array<Later, 3> kLater = {{
    {"proxy", kNoProxy, kAction},
    {"proxy_pass", kNoProxy, kAction},
    {"reverse_proxy", kNoProxy, kAction},
}};

// The keys of the objects that a value of this shape is, or holds in lists.
const Keys* keys_inside(const Shape& shape) {
  switch (shape.kind) {
    case Shape::Kind::kObject:
      return shape.keys;
    case Shape::Kind::kList:
      return keys_inside(*shape.item);
    case Shape::Kind::kEither: {
      const Keys* const keys = keys_inside(*shape.item);
      return keys != nullptr ? keys : keys_inside(*shape.other);
    }
    default:
      return nullptr;
  }
}

struct Way {
  std::vector<std::string_view> keys;  // from outside: {"routes", "files"} for "root"
  bool required = false;               // the first of them: the likelier one
  bool inherited = false;              // a filter is meant more often than its lane
};

std::optional<Way> way_to(std::string_view name, const Keys& keys) {
  std::optional<Way> best;
  for (const Key& key : keys) {
    const Keys* const inside = keys_inside(key.shape);
    if (inside == nullptr) continue;
    const Key* const found = inside->find(name);
    auto way = found != nullptr ? Way{{}, false, found->inherited} : way_to(name, *inside);
    if (!way) continue;
    way->keys.insert(way->keys.begin(), key.name);
    way->required = key.required;
    const auto rank = [](const Way& one) {
      return std::tuple(one.keys.size(), !one.required, !one.inherited);
    };
    if (!best || rank(*way) < rank(*best)) best = std::move(way);
  }
  return best;
}

std::string join(const std::vector<std::string_view>& way) {
  std::string text;
  for (auto key = way.rbegin(); key != way.rend(); ++key) {
    text += fmt::format("{}\"{}\"", key == way.rbegin() ? "" : " of ", *key);
  }
  return text;
}

}  // namespace

KeyAdvice advise_on_key(std::string_view name, const Keys& keys) {
  if (const auto way = way_to(name, keys)) {
    return {fmt::format("it belongs inside {}", join(way->keys)), way->keys.front()};
  }
  const auto* const foreign = std::find_if(kForeign.begin(), kForeign.end(),
                                           [name](const auto& one) { return one.word == name; });
  if (foreign != kForeign.end()) {
    if (keys.find(foreign->key) != nullptr) {
      return {fmt::format("here it is \"{}\"", foreign->key), foreign->key};
    }
    if (const auto way = way_to(foreign->key, keys)) {
      return {fmt::format("here it is \"{}\" inside {}", foreign->key, join(way->keys)),
              way->keys.front()};
    }
  }
  const bool is_foreign = foreign != kForeign.end();
  const std::string_view own = is_foreign ? foreign->key : name;
  const auto* const elsewhere = std::find_if(kElsewhere.begin(), kElsewhere.end(),
                                             [own](const auto& one) { return one.key == own; });
  if (elsewhere != kElsewhere.end()) {
    const std::string what = is_foreign ? fmt::format("here it is \"{}\"", own) : "it belongs";
    return {fmt::format("{} {}", what, elsewhere->where), {}};
  }
  const auto* const later = std::find_if(kLater.begin(), kLater.end(),
                                         [name](const auto& one) { return one.word == name; });
  if (later != kLater.end()) {
    const bool is_here = keys.find(later->key) != nullptr;
    return {std::string(later->help), is_here ? later->key : std::string_view()};
  }
  std::vector<std::string_view> names;
  for (const Key& key : keys) names.push_back(key.name);
  return {suggestion_help(name, names), closest(name, names).value_or(std::string_view())};
}

}  // namespace config
