#include "server/app/snapshot.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "server/app/files_lane.h"
#include "server/dispatch/filters.h"
#include "server/dispatch/redirect.h"
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

}  // namespace

core::Result<std::shared_ptr<const Snapshot>, Snapshot::Failure> Snapshot::compile(
    config::Config config) {
  std::shared_ptr<Snapshot> snapshot(new Snapshot(std::move(config)));
  std::map<std::string, std::shared_ptr<core::JobQueue>> queues;  // one for each root
  for (const config::Site& site : snapshot->config_.sites) {
    for (const config::Route& route : site.routes) {
      const auto* const files = std::get_if<config::Files>(&route.action);
      if (files == nullptr) continue;
      auto root = RootDirectory::open(files->root);
      if (!root) return core::unexpected(Failure{files->place, root.error()});
      std::shared_ptr<core::JobQueue>& queue = queues[files->root];
      if (queue == nullptr) queue = make_root_queue(snapshot->config_.lanes.files);
      snapshot->sources_.push_back(
          std::make_unique<const FileSource>(FileSource{std::move(*root), *files, queue}));
    }
  }
  return snapshot;
}

HttpLimits Snapshot::http_limits() const {
  const config::Limits& limits = config_.limits;
  return {limits.header_timeout, limits.body_timeout, limits.keepalive_timeout, limits.header_size,
          limits.header_fields,  limits.body_size,    limits.body_rate};
}

void Snapshot::build_router(Router& router, FileCache& cache,
                            const std::atomic<bool>& ready) const {
  std::size_t next_source = 0;
  for (const config::Site& site : config_.sites) {
    std::vector<Router::Route> routes;
    for (const config::Route& route : site.routes) {
      Router::Route built;
      for (const std::string& pattern : route.path) built.patterns.emplace_back(pattern);
      for (const std::string& method : route.methods) {
        built.methods.push_back(parse_method(method));
      }
      built.policy = compile_policy(route.filters);
      built.body_bytes_max = route.filters.body_size;
      if (std::holds_alternative<config::Files>(route.action)) {
        built.action = std::make_unique<StaticFiles>(*sources_[next_source++], cache);
      } else {
        built.action = make_action(route, ready);
      }
      routes.push_back(std::move(built));
    }
    router.add_site(site.hosts, std::move(routes), compile_policy(site.filters), site.listen);
  }
}

}  // namespace server
