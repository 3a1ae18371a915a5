#include "server/app/start_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

#include "server/app/summary.h"
#include "server/app/version.h"

namespace server {
namespace {

class Table {
 public:
  void row(std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(text_), "  {:<8}  {}\n", name, value);
  }
  [[nodiscard]] std::string text() && { return std::move(text_); }
  explicit Table(std::string_view title) : text_(fmt::format("{}\n", title)) {}

 private:
  std::string text_;
};

std::string engine_text(const core::Engine& engine) {
  if (engine.io_uring) return "io_uring";
  if (engine.reason.empty()) return "epoll";
  return fmt::format("epoll, because io_uring is not available: {}", engine.reason);
}

}  // namespace

std::string start_table(const config::Config& config, const StartFacts& facts) {
  Table table(fmt::format("ouro {}", kVersion));
  table.row("engine", engine_text(facts.engine));
  table.row("loops",
            fmt::format("{} (at most {} connections)", facts.loops, facts.connections_max));
  if (facts.proof) table.row("proof", "each turn is known exactly, at the price of system calls");
  for (const std::string& address : facts.addresses) table.row("listen", address);
  if (!facts.admin.empty()) table.row("admin", facts.admin);
  if (!facts.logins.empty()) table.row("auth", facts.logins);
  for (std::size_t i = 0; i < config.sites.size(); ++i) {
    const config::Site& site = config.sites[i];
    for (const config::Route& route : site.routes) {
      const auto& auth = route.filters.basic_auth;
      const std::string passwords = auth ? "  " + summarize_auth(*auth) : "";
      table.row("site",
                fmt::format("{}  {}  {}{}", summarize_hosts(site), fmt::join(route.path, ", "),
                            summarize_action(route), passwords));
    }
    if (i >= facts.certificates.size()) continue;
    for (const std::string& line : facts.certificates[i]) table.row("tls", line);
  }
  return std::move(table).text();
}

}  // namespace server
