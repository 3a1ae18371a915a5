// tidy: long because each step of the walk calls the next, and the words are one table
#include "tests/config/random_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "config/keys.h"
#include "config/values.h"
#include "tests/config/document_text.h"

namespace config {
namespace {

using Kind = Shape::Kind;
using Texts = std::vector<std::string>;

// What strings mean no shape says: right ones, by key.
const std::map<std::string_view, Texts>& texts_by_key() {
  static const std::map<std::string_view, Texts> kAll = {
      {"$schema", {"https://ouro.example/schema.json"}},
      {"include", {"/no-such-*.jsonc"}},
      {"proxy_protocol", {"10.0.0.0/8", "::1", "unix:", "192.168.0.0/16"}},
      {"trusted_proxies", {"10.0.0.0/8", "2001:db8::/32", "127.0.0.1"}},
      {"client_ip_header", {"X-Real-IP", "Forwarded"}},
      {"access", {"stdout", "stderr", "./access.log", "/var/log/ouro/access.log"}},
      {"certificate", {"a.pem", "/etc/tls/b.pem", "./c d.pem"}},
      {"key", {"a.key", "/etc/tls/b.key"}},
      {"stapling", {"a.ocsp", "/run/ocsp/b"}},
      {"ca", {"ca.pem", "../ca.pem"}},
      {"users_file", {"users", "/etc/ouro/users", "../a b"}},
      {"realm", {"Downloads", "\xC3\xBC \"x\" \\ $${y}"}},
      {"ticket_keys", {"tickets/a", "/run/b", "c"}},
      {"root", {"/srv", "www", "./a b", "../up", "."}},
      {"strip_prefix", {""}},
      {"index", {"index.html", "index.htm", "a b.html"}},
      {"fallback", {"/index.html", "/a/404.html"}},
      {"extensions", {"html", "HTM"}},
      {"types", {"text/plain; charset=utf-8", "application/geo+json"}},
      {"to", {"https://{host}{uri}", "/new{rest}", "{scheme}://b.example/", "http://c.example"}},
      {"body", {"", "hello\n", "say \"x\" \\ $${y}", "\xC3\xBC\t"}},
      {"type", {"text/html", "text/plain; charset=utf-8"}},
      {"origins", {"https://a.example", "http://b.example:8080", "null"}},
      {"headers", {"X-A", "*", "x-b", ""}},
      {"cache_control", {"no-cache", "max-age=60, immutable"}},
      {"path", {"/", "/**", "/a/**", "/x/*.html", "/docs/**/b"}},
      {"error_pages", {"404.html", "/srv/50x.html"}}};
  return kAll;
}

const std::map<std::string_view, Texts>& names_by_key() {
  static const std::map<std::string_view, Texts> kAll = {
      {"types", {"geojson", "Foo", "md"}},
      {"headers", {"X-Frame-Options", "x-content-type-options", "Server", "A"}},
      {"error_pages", {"404", "500", "503"}}};
  return kAll;
}

// The numbers of HTTP have a meaning too.
const std::vector<std::size_t>& statuses(const Shape& shape) {
  static const std::vector<std::size_t> kRedirects = {301, 302, 303, 307, 308};
  static const std::vector<std::size_t> kAnswers = {200, 201, 404, 410, 503, 599};
  return shape.bounds.max == kRedirects.back() ? kRedirects : kAnswers;
}

Member* find(Node& object, std::string_view key) {
  for (Member& member : object.members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

void put(Node& object, std::string_view key, Node value) {
  if (Member* member = find(object, key)) {
    member->value = std::move(value);
  } else {
    object.members.push_back({std::string(key), {}, std::move(value)});
  }
}

class Maker {
 public:
  explicit Maker(std::mt19937& random) : random_(random) {}

  Node object(const Keys& keys) {
    Node node = empty_node(Node::Kind::kObject);
    if (&keys == &kSiteKeys) site_has_tls_ = can_have(true) && (!can_have(false) || one_in(2));
    const std::size_t actions = static_cast<std::size_t>(
        std::count_if(keys.begin(), keys.end(), [](const Key& key) { return key.action; }));
    std::size_t before_action = below(actions);
    for (const Key& key : keys) {
      bool wanted = key.action ? before_action-- == 0 : key.required || one_in(2);
      if (&keys == &kSiteKeys && key.name == "tls") wanted = site_has_tls_;
      if (wanted || key.name == "sites") put(node, key.name, value_in(keys, key));
    }
    correct(keys, node);
    std::shuffle(node.members.begin(), node.members.end(), random_);
    return node;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % std::max<std::size_t>(bound, 1); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  std::size_t between(std::size_t min, std::size_t max) {
    const std::size_t span = one_in(2) ? std::min<std::size_t>(max - min, 50) : max - min;
    return min + below(span + 1);
  }
  template <typename Values>
  auto pick(const Values& values) {
    return values[below(values.size())];
  }

  Node value_in(const Keys& keys, const Key& key) {
    if (&keys == &kSiteKeys && key.name == "listen") return listeners_of_site();
    return value(key.shape, key.name);
  }

  Node value(const Shape& shape, std::string_view key) { return maybe_variable(plain(shape, key)); }

  // Without a variable at its top.
  Node plain(const Shape& shape, std::string_view key) {
    if (shape.nullable && one_in(6)) return {};
    switch (shape.kind) {
      case Kind::kBoolean:
        if (!shape.words.empty() && one_in(3)) return text_node(std::string(pick(shape.words)));
        return boolean_node(one_in(2));
      case Kind::kInteger:
        return integer(shape, key);
      case Kind::kDuration:
        return text_node(duration(shape.durations));
      case Kind::kSize:
        return size(shape.bounds);
      case Kind::kByteRate:
        return text_node(format_byte_rate(between(shape.bounds.min, shape.bounds.max)));
      case Kind::kWord:
        return text_node(std::string(pick(shape.words)));
      case Kind::kText:
      case Kind::kSecret:
      case Kind::kPath:
        return text_node(text(key));
      case Kind::kAddress:
        return text_node(address());
      case Kind::kList:
        return list(shape, key);
      case Kind::kMap:
        return map(shape, key);
      case Kind::kObject:
        return object(*shape.keys);
      case Kind::kEither:
        return plain(one_in(2) ? *shape.item : *shape.other, key);
    }
    return {};
  }

  Node integer(const Shape& shape, std::string_view key) {
    if (shape.automatic && one_in(3)) return text_node("auto");
    const std::size_t number =
        key == "status" ? pick(statuses(shape)) : between(shape.bounds.min, shape.bounds.max);
    return integer_node(static_cast<std::int64_t>(number));
  }

  // Whole seconds: some keys have no others.
  std::string duration(DurationBounds bounds) {
    const auto min = std::chrono::ceil<std::chrono::seconds>(bounds.min).count();
    const auto max = std::chrono::floor<std::chrono::seconds>(bounds.max).count();
    const std::size_t seconds =
        between(static_cast<std::size_t>(min), static_cast<std::size_t>(max));
    return format_duration(std::chrono::seconds(seconds));
  }

  Node size(SizeBounds bounds) {
    const std::size_t bytes = between(bounds.min, bounds.max);
    if (one_in(2)) return integer_node(static_cast<std::int64_t>(bytes));
    return text_node(format_size(bytes));
  }

  std::string text(std::string_view key) {
    if (key == "hosts") return host();
    const auto known = texts_by_key().find(key);
    if (known != texts_by_key().end()) return pick(known->second);
    throw std::logic_error("random_document.cc needs right values for " + std::string(key));
  }

  std::string host() { return fmt::format("{}h{}.example", one_in(3) ? "*." : "", ++hosts_); }

  std::string address() {
    const std::size_t port = 1000 + ++addresses_made_;
    switch (below(4)) {
      case 0:
        return fmt::format("127.0.0.1:{}", port);
      case 1:
        return fmt::format("[::1]:{}", port);
      case 2:
        return fmt::format("unix:{}s{}", one_in(2) ? "/run/" : "", port);
      default:
        return fmt::format(":{}", port);
    }
  }

  Node list(const Shape& shape, std::string_view key) {
    Node node = empty_node(Node::Kind::kList);
    const std::size_t least = shape.not_empty || key == "sites" ? 1 : 0;
    for (std::size_t count = least + below(3); count > 0; --count) {
      Node item = plain(*shape.item, key);
      if (key == "listen") remember(item);
      const bool known = item.kind == Node::Kind::kString &&
                         std::any_of(node.items.begin(), node.items.end(), [&](const Node& other) {
                           return other.string == item.string;
                         });
      const bool no_token = key == "headers" && item.string.empty();
      if (!known && !no_token) node.items.push_back(std::move(item));
    }
    for (Node& item : node.items) item = maybe_variable(std::move(item));
    return node;
  }

  void remember(Node& listener) {
    const Node* node = &listener;
    if (const Member* address = find(listener, "address")) node = &address->value;
    // The plain form is what a site compares with.
    std::string plain_text = node->string;
    const std::size_t begin = plain_text.find(":-");
    if (begin != std::string::npos) {
      plain_text = plain_text.substr(begin + 2, plain_text.size() - begin - 3);
    }
    const Member* const tls = find(listener, "tls");
    const bool is_self_signed =
        tls != nullptr && tls->value.string.find("self-signed") != std::string::npos;
    const bool is_on = tls != nullptr &&
                       (tls->value.boolean || tls->value.string.find("true") != std::string::npos);
    addresses_.push_back({plain_text, !is_on, is_on || is_self_signed});
  }

  // Whether there is a listener for sites with TLS, or without.
  [[nodiscard]] bool can_have(bool tls) const {
    return std::any_of(addresses_.begin(), addresses_.end(),
                       [tls](const Address& address) { return address.fits(tls); });
  }

  Node listeners_of_site() {
    Node node = empty_node(Node::Kind::kList);
    for (const Address& address : addresses_) {
      if (!address.fits(site_has_tls_) || !(node.items.empty() || one_in(2))) continue;
      node.items.push_back(maybe_variable(text_node(address.text)));
    }
    return node;
  }

  Node map(const Shape& shape, std::string_view key) {
    Node node = empty_node(Node::Kind::kObject);
    const auto known = names_by_key().find(key);
    if (known == names_by_key().end()) {
      throw std::logic_error("random_document.cc needs right names for " + std::string(key));
    }
    for (const std::string& name : known->second) {
      if (one_in(2)) put(node, name, value(*shape.item, key));
    }
    return node;
  }

  // What has to fit together.
  void correct(const Keys& keys, Node& node) {
    if (&keys == &kCorsKeys && one_in(4)) {
      put(node, "origins", list_node(text_node("*")));
      put(node, "credentials", boolean_node(false));
    }
    if (&keys == &kRouteKeys) {
      Member* const files = find(node, "files");
      if (files == nullptr || !one_in(3)) return;
      put(files->value, "strip_prefix", text_node("/app"));
      put(node, "path", text_node("/app/**"));
    }
    if (&keys == &kConfigKeys && can_have(true)) add_tls_site(node);
    if (&keys == &kSiteKeys) {
      if (Member* const tls = find(node, "tls")) ask_clients_once(tls->value);
      const Member* const hosts = find(node, "hosts");
      if (hosts != nullptr && !hosts->value.items.empty()) return;
      if (std::exchange(has_default_site_, true)) put(node, "hosts", list_node(text_node(host())));
    }
  }

  // A listener with TLS needs a site with a certificate.
  void add_tls_site(Node& config) {
    site_has_tls_ = true;
    Node tls = object(kSiteTlsKeys);
    Node site = empty_node(Node::Kind::kObject);
    put(site, "hosts", list_node(text_node(host())));
    put(site, "tls", std::move(tls));
    put(site, "routes", list_node(object(kRouteKeys)));
    find(config, "sites")->value.items.push_back(std::move(site));
  }

  static void ask_clients_once(Node& tls) {
    bool asked = false;
    for (Node& item : tls.items) {
      const Member* const asking = find(item, "client_auth");
      if (asking == nullptr || asking->value.kind == Node::Kind::kNull) continue;
      if (std::exchange(asked, true)) put(item, "client_auth", {});
    }
  }

  Node maybe_variable(Node node) {
    using NodeKind = Node::Kind;
    std::string text = node.string;
    if (node.kind == NodeKind::kInteger) text = std::to_string(node.integer);
    if (node.kind == NodeKind::kBoolean) text = node.boolean ? "true" : "false";
    const bool scalar = node.kind == NodeKind::kInteger || node.kind == NodeKind::kBoolean ||
                        node.kind == NodeKind::kString;
    const bool fits = text.find_first_of("$}\"\\\n") == std::string::npos;
    if (!scalar || !fits || !one_in(10)) return node;
    return text_node(fmt::format("${{env:OURO_TEST_UNSET:-{}}}", text));
  }

  std::mt19937& random_;
  std::size_t hosts_ = 0;
  std::size_t addresses_made_ = 0;
  struct Address {
    std::string text;
    bool plain;  // whether sites without TLS may be there, and with
    bool tls;
    [[nodiscard]] bool fits(bool has_tls) const { return has_tls ? tls : plain; }
  };
  std::vector<Address> addresses_;  // of the top "listen"
  bool site_has_tls_ = false;       // the site that is being made
  bool has_default_site_ = false;
};

void collect(Node& node, std::vector<Node*>& all) {
  all.push_back(&node);
  for (Node& item : node.items) collect(item, all);
  for (Member& member : node.members) collect(member.value, all);
}

Node other_value(std::mt19937& random) {
  Node fraction = empty_node(Node::Kind::kFraction);
  fraction.fraction = 1.5;
  const std::vector<Node> values = {{},
                                    boolean_node(true),
                                    integer_node(-1),
                                    integer_node(7),
                                    integer_node(1'000'000'000'000),
                                    fraction,
                                    text_node("text"),
                                    text_node(""),
                                    text_node("7"),
                                    text_node("7sx"),
                                    text_node("7KiBx"),
                                    text_node("true"),
                                    text_node("$${env:A}"),
                                    empty_node(Node::Kind::kList),
                                    list_node(text_node("text")),
                                    empty_node(Node::Kind::kObject)};
  return values[random() % values.size()];
}

void change_member(Node& object, std::mt19937& random) {
  Member& member = object.members[random() % object.members.size()];
  switch (random() % 3) {
    case 0:
      member.key += 'x';
      break;
    case 1:
      member.key.erase(member.key.begin());
      break;
    default:
      object.members.erase(object.members.begin() + (&member - object.members.data()));
  }
}

// A route gets one action more; whatever else it is gets a key of a route.
void add_action(Node& object, std::mt19937& random) {
  Maker maker(random);
  Node route = maker.object(kRouteKeys);
  for (Member& member : route.members) {
    if (kRouteKeys.find(member.key)->action && find(object, member.key) == nullptr) {
      object.members.push_back(std::move(member));
      return;
    }
  }
}

}  // namespace

Node random_document(std::mt19937& random) { return Maker(random).object(kConfigKeys); }

void change_something(Node& document, std::mt19937& random) {
  std::vector<Node*> all;
  collect(document, all);
  // The top has keys of its own, and there is only one of it.
  Node& node = random() % 10 == 0 ? document : *all[random() % all.size()];
  const std::size_t choice = random() % 4;
  if (choice == 0 && !node.members.empty()) {
    change_member(node, random);
  } else if (choice == 1 && node.kind == Node::Kind::kObject) {
    add_action(node, random);
  } else {
    node = other_value(random);
  }
}

}  // namespace config
