#include "server/app/served_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "config/address.h"
#include "config/json_text.h"
#include "config/utf8.h"

namespace server {
namespace {

using Text = core::Result<std::string, std::string>;

constexpr const char* kDefaultListen = "127.0.0.1:8080";
constexpr std::string_view kUnix = "unix:";

Text root_of(const std::string& directory) {
  std::error_code error;
  const std::string root = std::filesystem::canonical(directory, error).string();
  const auto refuse = [&directory](const std::string& reason) {
    return core::unexpected(fmt::format("cannot serve {}: {}", directory, reason));
  };
  if (error) return refuse(error.message());
  if (!std::filesystem::is_directory(root, error)) return refuse("Not a directory");
  if (config::find_invalid_utf8(root)) return refuse("its name is not UTF-8");
  return root;
}

// As it may stand in a file.
Text address_of(const std::string& text) {
  const auto address = config::parse_listen_address(text);
  if (!address) {
    const auto& [message, help] = address.error();
    return core::unexpected(
        fmt::format("--listen {}: {}{}{}", text, message, help.empty() ? "" : "; ", help));
  }
  if (address->unix_path.empty()) return text;
  std::error_code error;
  const std::string path = std::filesystem::absolute(address->unix_path, error).string();
  if (error) return core::unexpected(fmt::format("--listen {}: {}", text, error.message()));
  return std::string(kUnix) + path;
}

// As it stands in "listen".
std::string listener_of(const std::string& address, bool tls) {
  const std::string literal = config::literal_string(address);
  return tls ? fmt::format(R"({{ "address": {}, "tls": "self-signed" }})", literal) : literal;
}

// The files of a folder are named from its root.
std::string path_in_folder(std::string_view file) {
  while (file.starts_with("./")) file.remove_prefix(2);
  return (file.starts_with('/') ? "" : "/") + std::string(file);
}

}  // namespace

Text configuration_of(const ServeCommand& command) {
  auto root = root_of(command.directory);
  if (!root) return root;
  std::vector<std::string> listen;
  for (const std::string& text : command.listen) {
    auto address = address_of(text);
    if (!address) return address;
    listen.push_back(listener_of(*address, command.tls));
  }
  if (listen.empty()) listen.push_back(listener_of(kDefaultListen, command.tls));
  std::vector<std::string> files = {"\"root\": " + config::literal_string(*root)};
  if (command.listing) files.emplace_back("\"listing\": true");
  if (!command.fallback.empty()) {
    files.push_back("\"fallback\": " + config::literal_string(path_in_folder(command.fallback)));
  }
  return fmt::format(
      "{{\n"
      "  \"listen\": [{}],\n"
      "  \"sites\": [\n"
      "    {{\n"
      "      \"routes\": [\n"
      "        {{ \"files\": {{ {} }} }}\n"
      "      ]\n"
      "    }}\n"
      "  ]\n"
      "}}\n",
      fmt::join(listen, ", "), fmt::join(files, ", "));
}

}  // namespace server
