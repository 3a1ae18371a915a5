#include "tests/config/document_text.h"

#include <fmt/format.h>

#include <utility>

namespace config {

Node text_node(std::string text) {
  Node node;
  node.kind = Node::Kind::kString;
  node.string = std::move(text);
  return node;
}

Node integer_node(std::int64_t value) {
  Node node;
  node.kind = Node::Kind::kInteger;
  node.integer = value;
  return node;
}

Node boolean_node(bool value) {
  Node node;
  node.kind = Node::Kind::kBoolean;
  node.boolean = value;
  return node;
}

Node empty_node(Node::Kind kind) {
  Node node;
  node.kind = kind;
  return node;
}

Node list_node(Node item) {
  Node node = empty_node(Node::Kind::kList);
  node.items.push_back(std::move(item));
  return node;
}

std::string text_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "null";
    case Node::Kind::kBoolean:
      return node.boolean ? "true" : "false";
    case Node::Kind::kInteger:
      return std::to_string(node.integer);
    case Node::Kind::kFraction:
      return std::to_string(node.fraction);
    case Node::Kind::kString: {
      std::string text = "\"";
      for (const char c : node.string) {
        const bool escaped = c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
        text += escaped ? fmt::format("\\u{:04x}", static_cast<unsigned>(c)) : std::string(1, c);
      }
      return text + "\"";
    }
    case Node::Kind::kList: {
      std::string text;
      for (const Node& item : node.items) text += (text.empty() ? "" : ", ") + text_of(item);
      return "[" + text + "]";
    }
    case Node::Kind::kObject: {
      std::string text;
      for (const Member& member : node.members) {
        text += (text.empty() ? "" : ",\n") + text_of(text_node(member.key)) + ": " +
                text_of(member.value);
      }
      return "{" + text + "}";
    }
  }
  return {};
}

}  // namespace config
