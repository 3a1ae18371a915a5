#include "config/password_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "config/placed_diagnostic.h"

namespace config {
namespace {

namespace fs = std::filesystem;

constexpr const char* kClearHelp =
    "whoever is on the way reads them: give it \"tls\": true, or name the proxy in front of it in "
    "\"trusted_proxies\"";
constexpr const char* kServedHelp = "a route may send it to who asks for it: keep it elsewhere";

Diagnostic warning_at(const Loaded& loaded, const Place& place, std::string message,
                      std::string help) {
  Diagnostic diagnostic = diagnose(loaded, place, std::move(message), std::move(help));
  diagnostic.severity = Diagnostic::Severity::kWarning;
  return diagnostic;
}

// --- On the way.

// Behind a proxy it is the proxy that clients have TLS with.
bool is_clear(const Listen& listen) {
  const ListenAddress& address = listen.address;
  const bool is_local =
      !address.unix_path.empty() || address.host.starts_with("127.") || address.host == "::1";
  return listen.tls == ListenTls::kOff && !is_local && listen.proxy_protocol.empty() &&
         listen.trusted_proxies.empty();
}

const Listen* find_clear(const Config& config, const Site& site) {
  for (std::size_t i = 0; i < config.listen.size(); ++i) {
    const bool is_on = site.listen.empty() ||
                       std::find(site.listen.begin(), site.listen.end(), i) != site.listen.end();
    if (is_on && is_clear(config.listen[i])) return &config.listen[i];
  }
  return nullptr;
}

void warn_of_way(const Loaded& loaded, const Site& site, std::vector<Diagnostic>& warnings) {
  const auto asking = std::find_if(site.routes.begin(), site.routes.end(), [](const Route& route) {
    return route.filters.basic_auth.has_value();
  });
  if (asking == site.routes.end()) return;
  const Listen* const clear = find_clear(loaded.config, site);
  if (clear == nullptr) return;
  warnings.push_back(warning_at(
      loaded, asking->filters.basic_auth->place,
      fmt::format("passwords in the clear on {}", quote(clear->address.text)), kClearHelp));
}

// --- In a file.

// Without links as far as it is there.
fs::path real_path(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  return error ? fs::path(path).lexically_normal() : real;
}

// By the real path; whether names that begin with a dot are served.
using Roots = std::map<fs::path, bool>;

Roots roots_of(const Config& config) {
  std::map<std::string, bool> named;
  for (const Site& site : config.sites) {
    for (const Route& route : site.routes) {
      const auto* const files = std::get_if<Files>(&route.action);
      if (files != nullptr) named[files->root] = named[files->root] || files->dotfiles;
    }
  }
  Roots roots;
  for (const auto& [path, dotfiles] : named) {
    bool& has_dotfiles = roots[real_path(path)];
    has_dotfiles = has_dotfiles || dotfiles;
  }
  return roots;
}

// "/.htpasswd" is not sent, "/.well-known/a" is.
bool is_hidden(const fs::path& name) {
  return name.native().starts_with('.') && name != ".well-known";
}

bool is_served(const fs::path& file, const Roots& roots) {
  bool hidden = false;  // below the folder that is looked at
  fs::path path = file;
  while (path.has_relative_path()) {
    hidden = hidden || is_hidden(path.filename());
    path = path.parent_path();
    const auto root = roots.find(path);
    if (root != roots.end() && (!hidden || root->second)) return true;
  }
  return false;
}

// Each file with the first place that names it.
std::map<std::string, Place> users_files(const Config& config) {
  std::map<std::string, Place> files;
  for (const Site& site : config.sites) {
    for (const Route& route : site.routes) {
      const auto& basic = route.filters.basic_auth;
      if (basic) files.try_emplace(basic->users_file.path, basic->users_file.place);
    }
  }
  return files;
}

}  // namespace

std::vector<Diagnostic> warn_of_passwords(const Loaded& loaded) {
  std::vector<Diagnostic> warnings;
  for (const Site& site : loaded.config.sites) warn_of_way(loaded, site, warnings);
  const auto files = users_files(loaded.config);
  if (files.empty()) return warnings;
  const Roots roots = roots_of(loaded.config);
  for (const auto& [path, place] : files) {
    if (!is_served(real_path(path), roots)) continue;
    warnings.push_back(
        warning_at(loaded, place, fmt::format("{} is below a root", quote(path)), kServedHelp));
  }
  return warnings;
}

}  // namespace config
