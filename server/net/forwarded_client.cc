#include "server/net/forwarded_client.h"

#include <algorithm>
#include <iterator>

#include "core/io/socket.h"

namespace server {
namespace {

using core::IpAddress;
using MaybeAddress = std::optional<IpAddress>;

constexpr std::size_t kPortDigitsMax = 5;

std::string_view trim(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(first);
  const std::size_t last = text.find_last_not_of(" \t");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= kPortDigitsMax &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// RFC 7239 6: an address, with brackets when it is IPv6, perhaps with a port; X-Forwarded-For has
// IPv6 without brackets too. "unknown" and obfuscated names are no address.
MaybeAddress parse_node(std::string_view text) {
  std::string_view address = text;
  std::string_view after;
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    address = text.substr(1, bracket - 1);
    after = text.substr(bracket + 1);
    if (address.find(':') == std::string_view::npos) return std::nullopt;
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    address = text.substr(0, text.find(':'));
    after = text.substr(address.size());
  }
  if (!after.empty() && (after.front() != ':' || !is_port(after.substr(1)))) return std::nullopt;
  return core::parse_ip_address(address);
}

// RFC 7239 4: takes "name=value" off the pairs of an element. False when it is anything else; so a
// quoted string that a comma has cut in two is no pair, on either side of it.
bool take_pair(std::string_view& pairs, std::string_view& name, std::string_view& value) {
  const std::size_t equals = pairs.find('=');
  if (equals == std::string_view::npos) return false;
  name = trim(pairs.substr(0, equals));
  if (name.find_first_of("\"; \t") != std::string_view::npos) return false;
  pairs.remove_prefix(equals + 1);
  if (pairs.starts_with('"')) {
    // Nothing in a quoted address needs a backslash; what has one does not matter here, or lies.
    const std::size_t quote = pairs.find('"', 1);
    if (quote == std::string_view::npos) return false;
    value = pairs.substr(1, quote - 1);
    if (value.find('\\') != std::string_view::npos) return false;
    pairs = trim(pairs.substr(quote + 1));
    if (!pairs.empty() && pairs.front() != ';') return false;
  } else {
    value = trim(pairs.substr(0, pairs.find(';')));
    pairs.remove_prefix(std::min(pairs.find(';'), pairs.size()));
    if (value.find('"') != std::string_view::npos) return false;
  }
  if (!pairs.empty()) pairs.remove_prefix(1);
  return true;
}

MaybeAddress parse_forwarded_element(std::string_view element) {
  MaybeAddress address;
  bool found = false;
  while (!element.empty()) {
    std::string_view name;
    std::string_view value;
    if (!take_pair(element, name, value)) return std::nullopt;
    if (!equal_ignoring_case(name, "for")) continue;
    if (found) return std::nullopt;  // RFC 7239 4: each parameter at most once
    found = true;
    address = parse_node(value);
  }
  return address;
}

std::string_view take_last_element(std::string_view& list) {
  const std::size_t comma = list.rfind(',');
  const std::string_view element = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list.remove_suffix(element.size() + (comma == std::string_view::npos ? 0 : 1));
  return trim(element);
}

// The walk, over the elements of one line after the other.
class Walk {
 public:
  Walk(const MaybeAddress& peer, const PeerList& trusted) : trusted_(trusted), client_(peer) {}

  // False when it is over.
  bool step(const MaybeAddress& element) {
    if (!element) return false;
    client_ = element;
    return ++steps_ < kForwardedElementsMax && trusted_.contains(client_);
  }
  [[nodiscard]] const MaybeAddress& client() const { return client_; }

 private:
  const PeerList& trusted_;
  MaybeAddress client_;
  std::size_t steps_ = 0;
};

MaybeAddress client_of_list(const MaybeAddress& peer, const PeerList& trusted,
                            const FieldList& fields, std::string_view name) {
  const bool rfc7239 = equal_ignoring_case(name, "Forwarded");
  Walk walk(peer, trusted);
  for (auto field = std::make_reverse_iterator(fields.end());
       field != std::make_reverse_iterator(fields.begin()); ++field) {
    if (!equal_ignoring_case(field->name, name)) continue;
    std::string_view list = field->value;
    do {
      const std::string_view element = take_last_element(list);
      if (!walk.step(rfc7239 ? parse_forwarded_element(element) : parse_node(element))) {
        return walk.client();
      }
    } while (!list.empty());
  }
  return walk.client();
}

}  // namespace

MaybeAddress forwarded_client(const MaybeAddress& peer, const PeerList& trusted,
                              const FieldList& fields, std::string_view field_name) {
  if (!trusted.contains(peer)) return peer;
  if (equal_ignoring_case(field_name, "X-Forwarded-For") ||
      equal_ignoring_case(field_name, "Forwarded")) {
    return client_of_list(peer, trusted, fields, field_name);
  }
  if (fields.count_of(field_name) != 1) return peer;
  const MaybeAddress client = parse_node(fields.find(field_name)->value);
  return client ? client : peer;
}

}  // namespace server
