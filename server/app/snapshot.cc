#include "server/app/snapshot.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/base/invariant.h"
#include "server/app/files_lane.h"
#include "server/app/summary.h"
#include "server/auth/basic_auth.h"
#include "server/dispatch/filters.h"
#include "server/dispatch/redirect.h"
#include "server/handlers/error_pages.h"
#include "server/handlers/fixed_response.h"
#include "server/handlers/health.h"
#include "server/handlers/static_files.h"

namespace server {
namespace {

// Of a route that needs nothing of the file system.
std::unique_ptr<Handler> make_action(const config::Route& route, const std::atomic<bool>& ready) {
  if (const auto* redirect = std::get_if<config::Redirect>(&route.action)) {
    std::vector<PathPattern> patterns(route.path.begin(), route.path.end());
    return std::make_unique<Redirect>(redirect->to, redirect->status, std::move(patterns));
  }
  if (const auto* health = std::get_if<config::Health>(&route.action)) {
    return std::make_unique<Health>(*health, ready);
  }
  const auto& respond = std::get<config::Respond>(route.action);
  return std::make_unique<FixedResponse>(respond.status, respond.body, respond.type);
}

std::string directory_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

}  // namespace

core::Result<std::shared_ptr<const Snapshot>, Snapshot::Failure> Snapshot::compile(
    config::Config config) {
  std::shared_ptr<Snapshot> snapshot(new Snapshot(std::move(config)));
  if (auto opened = snapshot->open_roots(); !opened) return core::unexpected(opened.error());
  if (auto opened = snapshot->open_page_directories(); !opened) {
    return core::unexpected(opened.error());
  }
  auto certificates = load_certificates(snapshot->config(), snapshot->ticket_keys_);
  if (!certificates) {
    CertificateFailure& failure = certificates.error().front();
    return core::unexpected(Failure{failure.place, {std::move(failure.message)}});
  }
  snapshot->certificates_ = std::move(*certificates);
  if (auto read = snapshot->read_users(); !read) return core::unexpected(read.error());
  return snapshot;
}

core::Result<void, Snapshot::Failure> Snapshot::open_roots() {
  std::map<std::string, std::shared_ptr<core::JobQueue>> queues;  // one for each root
  for (const config::Site& site : config_.sites) {
    for (const config::Route& route : site.routes) {
      const auto* const files = std::get_if<config::Files>(&route.action);
      if (files == nullptr) continue;
      auto root = RootDirectory::open(files->root);
      if (!root) return core::unexpected(Failure{files->place, root.error()});
      std::shared_ptr<core::JobQueue>& queue = queues[files->root];
      if (queue == nullptr) queue = make_root_queue(config_.lanes.files);
      sources_.push_back(
          std::make_unique<const FileSource>(FileSource{std::move(*root), *files, queue}));
    }
  }
  return {};
}

// A page may come later, its directory may not. They have queues of their own: what is said when a
// root is overloaded does not wait behind it.
core::Result<void, Snapshot::Failure> Snapshot::open_page_directories() {
  for (const config::Site& site : config_.sites) {
    for (const auto& [status, page] : site.error_pages) {
      const std::string directory = directory_of(page.path);
      if (page_sources_.contains(directory)) continue;
      auto root = RootDirectory::open(directory);
      if (!root) {
        const int error = root.error().errno_value;
        return core::unexpected(Failure{
            page.place, core::system_error("cannot open the directory of " + page.path, error)});
      }
      config::Files options;
      options.symlinks = config::Symlinks::kFollow;  // whoever names a page means it
      options.index.clear();
      page_sources_.emplace(directory, std::make_unique<const FileSource>(
                                           FileSource{std::move(*root), std::move(options)}));
    }
  }
  return {};
}

core::Result<void, Snapshot::Failure> Snapshot::read_users() {
  auto users = load_users(config_);
  if (!users) {
    UsersFailure& failure = users.error().front();
    return core::unexpected(Failure{failure.place, {std::move(failure.message)}});
  }
  users_ = std::move(*users);
  return {};
}

HttpLimits Snapshot::http_limits() const {
  const config::Limits& limits = config_.limits;
  return {limits.header_timeout, limits.body_timeout, limits.keepalive_timeout, limits.header_size,
          limits.header_fields,  limits.body_size,    limits.body_rate};
}

void Snapshot::build_router(Router& router, FileCache& cache, const std::atomic<bool>& ready,
                            PasswordGate* gate, std::span<RouteCounts> counts) const {
  INVARIANT(counts.empty() || counts.size() == route_labels_.all().size());
  std::size_t next_source = 0;
  const auto numbers = users_files(config_);
  for (std::size_t site_index = 0; site_index < config_.sites.size(); ++site_index) {
    const config::Site& site = config_.sites[site_index];
    std::vector<Router::Route> routes;
    for (const config::Route& route : site.routes) {
      Router::Route built;
      for (const std::string& pattern : route.path) built.patterns.emplace_back(pattern);
      for (const std::string& method : route.methods) {
        built.methods.push_back(parse_method(method));
      }
      built.policy = compile_policy(route.filters);
      built.body_bytes_max = route.filters.body_size;
      built.record = {
          fmt::format("{} {} {}", summarize_hosts(site), fmt::join(route.path, ", "),
                      summarize_action(route)),
          counts.empty() ? nullptr : &counts[route_labels_.index_of(site_index, routes.size())]};
      if (std::holds_alternative<config::Files>(route.action)) {
        built.action = std::make_unique<StaticFiles>(*sources_[next_source++], cache);
      } else {
        built.action = make_action(route, ready);
      }
      if (const auto& auth = route.filters.basic_auth) {
        INVARIANT(gate != nullptr);
        built.action =
            std::make_unique<BasicAuth>(auth->realm, users_number(numbers, auth->users_file.path),
                                        *gate, std::move(built.action));
      }
      routes.push_back(std::move(built));
    }
    router.add_site(site.hosts, std::move(routes), compile_policy(site.filters), site.listen,
                    make_pages(site, cache));
  }
}

std::unique_ptr<StatusPages> Snapshot::make_pages(const config::Site& site,
                                                  FileCache& cache) const {
  if (site.error_pages.empty()) return nullptr;
  auto pages = std::make_unique<ErrorPages>(cache);
  for (const auto& [status, page] : site.error_pages) {
    pages->add(status, *page_sources_.at(directory_of(page.path)),
               page.path.substr(page.path.rfind('/')));
  }
  return pages;
}

}  // namespace server
