#include "config/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "config/diagnostic.h"
#include "config/file_text.h"
#include "config/reader.h"
#include "config/values.h"

namespace config {
namespace {

constexpr std::string_view kOpening = "${";
constexpr std::string_view kEnvironment = "env:";
constexpr std::string_view kFile = "file:";
constexpr std::string_view kDefault = ":-";
constexpr const char* kForms =
    "known: \"${env:NAME}\", \"${env:NAME:-default}\", \"${file:PATH}\"; \"$${\" writes \"${\"";

using Text = core::Result<std::string, ValueError>;

Text refuse(std::string message, std::string help) {
  return core::unexpected(ValueError{std::move(message), std::move(help)});
}

Text refuse_form(std::string_view inner) {
  return refuse(fmt::format("{} is not a variable", quote(fmt::format("${{{}}}", inner))), kForms);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || c == '_';
  });
}

Text environment_value(std::string_view inner) {
  const std::string_view text = inner.substr(kEnvironment.size());
  const std::size_t name_size = std::min(text.find(kDefault), text.size());
  const std::string name(text.substr(0, name_size));
  if (!is_name(name)) return refuse_form(inner);
  const bool has_default = name_size < text.size();
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nobody sets any
  if (has_default && (value == nullptr || *value == '\0')) {
    return std::string(text.substr(name_size + kDefault.size()));
  }
  if (value != nullptr) return std::string(value);
  return refuse(fmt::format("environment variable {} is not set", name),
                fmt::format("set it, or write a default: \"${{env:{}:-default}}\"", name));
}

Text file_value(std::string_view inner, std::string_view base_directory) {
  const std::string_view path = inner.substr(kFile.size());
  if (path.empty() || path.find('\0') != std::string_view::npos) return refuse_form(inner);
  const std::string absolute = resolve_path(path, base_directory);
  auto text = read_file(absolute, kVariableFileBytesMax);
  if (!text) {
    return refuse(fmt::format("{}: {}", quote(absolute), text.error().message),
                  "it must exist and be readable when the configuration is loaded");
  }
  if (text->size() > kVariableFileBytesMax) {
    return refuse(fmt::format("{} has more than {} bytes", quote(absolute), kVariableFileBytesMax),
                  "a file that is a value holds a word or a few lines");
  }
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  return std::move(*text);
}

class Replacer {
 public:
  Replacer(Report& report, std::string_view base_directory)
      : report_(report), base_directory_(base_directory) {}

  // The document is not deep: kDocumentDepthMax.
  void replace(Node& node) {
    if (node.kind == Node::Kind::kString) replace_string(node);
    for (Node& item : node.items) replace(item);
    for (Member& member : node.members) replace(member.value);
  }

 private:
  void replace_string(Node& node) {
    if (node.string.find(kOpening) == std::string::npos) return;
    auto text = expand(node);
    if (text) {
      node.string = std::move(*text);
      return;
    }
    report_.error(node.span, text.error().message, text.error().help);
    node.string.clear();
    node.has_variable = false;
    node.refused = true;
  }

  Text expand(Node& node) {
    const std::string_view text = node.string;
    std::string result;
    std::size_t from = 0;
    for (std::size_t at = text.find(kOpening); at != std::string_view::npos;
         at = text.find(kOpening, from)) {
      const std::size_t inner = at + kOpening.size();
      if (at > from && text[at - 1] == '$') {
        result += text.substr(from, at - 1 - from);
        result += kOpening;
        from = inner;
        continue;
      }
      const std::size_t close = text.find('}', inner);
      if (close == std::string_view::npos) {
        return refuse(fmt::format("{} has a \"${{\" without its '}}'", quote(text)), kForms);
      }
      auto value = value_of(text.substr(inner, close - inner));
      if (!value) return value;
      result += text.substr(from, at - from);
      result += *value;
      node.has_variable = true;
      from = close + 1;
    }
    return result += text.substr(from);
  }

  Text value_of(std::string_view inner) {
    Text value = inner.starts_with(kEnvironment) ? environment_value(inner)
                 : inner.starts_with(kFile)      ? file_value(inner, base_directory_)
                                                 : refuse_form(inner);
    if (!value) return value;
    bytes_ += value->size();
    if (bytes_ <= kVariableBytesMax) return value;
    return refuse(fmt::format("variables give more than {} bytes", kVariableBytesMax),
                  "of all that stand in this file");
  }

  Report& report_;
  std::string_view base_directory_;
  std::size_t bytes_ = 0;  // of all values until now
};

}  // namespace

void replace_variables(Report& report, Node& root, std::string_view base_directory) {
  Replacer(report, base_directory).replace(root);
}

}  // namespace config
