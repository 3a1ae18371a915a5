#include "config/effective.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "config/annotated_text.h"
#include "config/document.h"
#include "config/field_text.h"
#include "config/json_text.h"
#include "config/keys.h"
#include "config/value_text.h"
#include "core/base/invariant.h"

namespace config {
namespace {

using Kind = Shape::Kind;

constexpr const char* kDefault = "default";
constexpr std::size_t kListBytesMax = 80;  // a longer one has a line for each item

// In a comment: on its line whatever it holds, and harmless to a terminal.
std::string in_comment(std::string_view text) {
  const std::string quoted = json_string(text);
  return quoted.substr(1, quoted.size() - 2);
}

std::string before(std::string_view key) {
  return key.empty() ? std::string() : json_string(key) + ": ";
}

const Member* find(const Node* object, std::string_view key) {
  if (object == nullptr) return nullptr;
  for (const Member& member : object->members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

bool holds_scalars(const Shape& list) {
  return list.item->kind != Kind::kObject && list.item->kind != Kind::kEither;
}

// What a list, or a value instead of it, is when it may be both.
const Shape& shape_of(const Shape& either, const Node& node) {
  const bool is_other = node.kind == Node::Kind::kList || either.other->kind == Kind::kObject;
  return is_other ? *either.other : *either.item;
}

// The file that a value stands in, and whether a route has it from its site.
struct From {
  const SourceFile* file = nullptr;
  bool inherited = false;

  [[nodiscard]] std::string place(Span span) const {
    const Place place = file->source.place_at(span.offset);
    return fmt::format("{}{}:{}:{}", inherited ? "site, " : "", in_comment(place.file), place.line,
                       place.column);
  }
};

// A field with what is set for it last; without a node, the default.
struct Header {
  std::string name;
  std::string text;
  std::string comment;
};

class Printer {
 public:
  explicit Printer(const Loaded& loaded) : files_(loaded.files) { INVARIANT(!files_.empty()); }

  [[nodiscard]] std::string print() {
    const SourceFile& main = *files_.front();
    text_.note(fmt::format("{} with every default. Behind each value is where it stands.",
                           in_comment(main.source.file_name())));
    text_.open("{", {});
    for (const Key& key : kConfigKeys) print_top(key, &main.root, {&main});
    text_.close("}");
    return text_.text();
  }

 private:
  void print_top(const Key& key, const Node* root, From from) {
    const Member* const member = find(root, key.name);
    if (key.name == "sites") {
      print_sites(member, from);
    } else if (key.name == "include" && member != nullptr) {
      text_.add(before(key.name) + "[]", from.place(member->key_span) + ", its sites stand below");
    } else if (&key == kConfigKeys.find("admin")) {
      print_admin(key, member, from);
    } else {
      print_key(key, member, from);
    }
  }

  // An address that nobody asked for may be another's; one that is written down has to be free.
  void print_admin(const Key& key, const Member* member, From from) {
    const Key& address = *kAdminKeys.find("address");
    const Node* const object = member == nullptr ? nullptr : &member->value;
    text_.open(before(key.name) + "{", {});
    for (const Key& inner : kAdminKeys) {
      const Member* const inner_member = find(object, inner.name);
      if (inner_member != nullptr || inner.name != address.name) {
        print_key(inner, inner_member, from);
      } else {
        text_.note(fmt::format("{}{} is the default, unless somebody else listens there",
                               before(address.name), address.standard));
      }
    }
    text_.close("}");
  }

  void print_sites(const Member* member, From from) {
    text_.open("\"sites\": [", member == nullptr ? "" : from.place(member->key_span));
    if (member != nullptr) print_sites_of(member->value, from);
    for (std::size_t i = 1; i < files_.size(); ++i)
      print_sites_of(files_[i]->root, {files_[i].get()});
    text_.close("]");
  }

  // A site, or a list of them.
  void print_sites_of(const Node& node, From from) {
    if (node.kind == Node::Kind::kObject) print_site(node, from);
    for (const Node& item : node.items) print_site(item, from);
  }

  void print_site(const Node& node, From from) {
    std::vector<Header> headers = default_headers();
    text_.open("{", from.place(node.span));
    for (const Key& key : kSiteKeys) {
      const Member* const member = find(&node, key.name);
      if (key.name == "headers") {
        merge(member, from, headers);
        print_headers(headers);
      } else if (key.name == "routes") {
        print_routes(member, node, headers, from);
      } else if (key.name != "$schema") {
        print_key(key, member, from);
      }
    }
    text_.close("}");
  }

  void print_routes(const Member* member, const Node& site, const std::vector<Header>& headers,
                    From from) {
    if (member == nullptr) return;  // it is required
    text_.open("\"routes\": [", from.place(member->key_span));
    for (const Node& route : member->value.items) print_route(route, site, headers, from);
    text_.close("]");
  }

  void print_route(const Node& node, const Node& site, std::vector<Header> headers, From from) {
    for (Header& header : headers) {
      if (header.comment != kDefault) header.comment = "site, " + header.comment;
    }
    text_.open("{", from.place(node.span));
    for (const Key& key : kRouteKeys) {
      const Member* const own = find(&node, key.name);
      const Member* const inherited = key.inherited ? find(&site, key.name) : nullptr;
      if (key.name == "headers") {
        merge(own, from, headers);
        print_headers(headers);
      } else if (own == nullptr && key.name == "auth" && find(&node, "health") != nullptr) {
        text_.add(before(key.name) + "null", "default of health");  // as route_reader.cc has it
      } else if (own == nullptr && inherited != nullptr) {
        print_key(key, inherited, {from.file, true});
      } else {
        print_key(key, own, from);
      }
    }
    text_.close("}");
  }

  static std::vector<Header> default_headers() {
    const auto standard = parse_document(kSiteKeys.find("headers")->standard);
    INVARIANT(standard.has_value());
    std::vector<Header> headers;
    for (const Member& member : standard->members) {
      headers.push_back({member.key, json_string(member.value.string), kDefault});
    }
    return headers;
  }

  // As filters_reader.cc does it.
  void merge(const Member* member, From from, std::vector<Header>& headers) {
    if (member == nullptr) return;
    const Shape& shape = *kSiteKeys.find("headers")->shape.item;
    for (const Member& field : member->value.members) {
      Header header{field.key, {}, from.place(field.key_span)};
      header.text = scalar(shape, field.value, from, header.comment);
      const auto known = std::find_if(
          headers.begin(), headers.end(),
          [&header](const Header& other) { return same_name(other.name, header.name); });
      if (known == headers.end()) {
        headers.push_back(std::move(header));
      } else {
        *known = std::move(header);
      }
    }
  }

  void print_headers(const std::vector<Header>& headers) {
    text_.open("\"headers\": {", {});
    for (const auto& [name, text, comment] : headers) text_.add(before(name) + text, comment);
    text_.close("}");
  }

  // `object` is nullptr where it was left out.
  void print_members(const Keys& keys, const Node* object, From from) {
    for (const Key& key : keys) print_key(key, find(object, key.name), from);
  }

  void print_key(const Key& key, const Member* member, From from) {
    if (member != nullptr) {
      print_value(key.name, key.shape, member->value, from, from.place(member->key_span));
    } else if (!key.standard.empty()) {
      text_.add(before(key.name) + std::string(key.standard), kDefault);
    } else if (key.shape.kind == Kind::kObject && !key.action) {
      text_.open(before(key.name) + "{", {});
      print_members(*key.shape.keys, nullptr, from);
      text_.close("}");
    } else if (!key.action && key.name != "$schema") {
      text_.note(fmt::format("{} is not set", json_string(key.name)));
    }
  }

  void print_value(std::string_view key, const Shape& shape, const Node& node, From from,
                   std::string comment) {
    if (node.kind == Node::Kind::kNull) {
      text_.add(before(key) + "null", std::move(comment));
    } else if (shape.kind == Kind::kEither) {
      print_value(key, shape_of(shape, node), node, from, std::move(comment));
    } else if (shape.kind == Kind::kObject) {
      text_.open(before(key) + "{", std::move(comment));
      if (node.kind == Node::Kind::kObject) {
        print_members(*shape.keys, &node, from);
      } else {
        print_short(*shape.keys, node, from);
      }
      text_.close("}");
    } else if (shape.kind == Kind::kMap) {
      print_map(key, shape, node, from, std::move(comment));
    } else if (shape.kind == Kind::kList) {
      print_list(key, shape, node, from, std::move(comment));
    } else {
      const std::string value = scalar(shape, node, from, comment);
      text_.add(before(key) + value, std::move(comment));
    }
  }

  // A string that stands for an object with nothing but its first key.
  void print_short(const Keys& keys, const Node& node, From from) {
    for (const Key& key : keys) {
      if (&key == keys.begin()) {
        print_value(key.name, key.shape, node, from, from.place(node.span));
      } else {
        print_key(key, nullptr, from);
      }
    }
  }

  void print_map(std::string_view key, const Shape& shape, const Node& node, From from,
                 std::string comment) {
    if (node.members.empty()) {
      text_.add(before(key) + "{}", std::move(comment));
      return;
    }
    text_.open(before(key) + "{", std::move(comment));
    for (const Member& member : node.members) {
      print_value(member.key, *shape.item, member.value, from, from.place(member.key_span));
    }
    text_.close("}");
  }

  void print_list(std::string_view key, const Shape& shape, const Node& node, From from,
                  std::string comment) {
    if (holds_scalars(shape)) {
      std::vector<std::string> items;
      std::string all = comment;
      for (const Node& item : node.items) items.push_back(scalar(*shape.item, item, from, all));
      std::string list = fmt::format("{}[{}]", before(key), fmt::join(items, ", "));
      if (list.size() <= kListBytesMax) {
        text_.add(list, std::move(all));
        return;
      }
    }
    text_.open(before(key) + "[", std::move(comment));
    for (const Node& item : node.items) {
      print_value({}, *shape.item, item, from, from.place(item.span));
    }
    text_.close("]");
  }

  // The comment names the variables too.
  static std::string scalar(const Shape& shape, const Node& node, From from, std::string& comment) {
    ValueText value = value_text(shape, node, *from.file);
    for (const std::string& variable : value.variables) comment += ", " + in_comment(variable);
    return std::move(value.text);
  }

  const std::vector<std::unique_ptr<const SourceFile>>& files_;
  AnnotatedText text_;
};

}  // namespace

std::string effective_text(const Loaded& loaded) { return Printer(loaded).print(); }

}  // namespace config
