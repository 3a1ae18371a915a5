#include "config/host_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>

#include "config/diagnostic.h"
#include "core/base/letter_case.h"

namespace config {
namespace {

constexpr std::size_t kNameBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;
constexpr std::string_view kWildcard = "*.";
constexpr std::string_view kNginxAnyName = "_";  // by its custom; no client ever asks for it

bool is_label_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), is_label_byte);
}

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  for (;;) {
    const std::size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

// Why a name is wrong, for the mistakes that are common.
std::string help_for(std::string_view text) {
  if (text == "*" || text == kNginxAnyName)
    return "a site without \"hosts\" answers for every name";
  if (text.find('/') != std::string_view::npos) return "a name alone, without scheme and path";
  if (text.find(':') != std::string_view::npos) return "a name alone, without port";
  if (text.find('*') != std::string_view::npos) {
    return "'*' can only be the whole first label: \"*.example.org\"";
  }
  if (text.ends_with('.')) return "leave the last dot out";
  const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  if (!std::all_of(text.begin(), text.end(), is_ascii)) {
    return "international names are written in their xn-- form";
  }
  return "such as \"www.example.org\" or \"*.example.org\"";
}

}  // namespace

core::Result<std::string, ValueError> parse_host_name(std::string_view text) {
  std::string name = core::lower_case(text);
  const std::size_t prefix = name.starts_with(kWildcard) ? kWildcard.size() : 0;
  const bool is_right = name != kNginxAnyName && is_name(std::string_view(name).substr(prefix));
  if (is_right) return name;
  return core::unexpected(
      ValueError{fmt::format("{} is not a host name", quote(text)), help_for(text)});
}

}  // namespace config
