#include "server/app/snapshot.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "server/handlers/static_files.h"

namespace server {

core::Result<std::shared_ptr<const Snapshot>, Snapshot::Failure> Snapshot::compile(
    config::Config config) {
  std::shared_ptr<Snapshot> snapshot(new Snapshot(std::move(config)));
  std::map<std::string, std::shared_ptr<core::JobQueue>> queues;  // one for each root
  for (const config::Site& site : snapshot->config_.sites) {
    for (const config::Route& route : site.routes) {
      auto root = RootDirectory::open(route.files.root);
      if (!root) return core::unexpected(Failure{route.files.place, root.error()});
      std::shared_ptr<core::JobQueue>& queue = queues[route.files.root];
      if (queue == nullptr) queue = std::make_shared<core::JobQueue>();
      snapshot->sources_.push_back(std::make_unique<const FileSource>(
          FileSource{std::move(*root), route.files.index, queue}));
    }
  }
  return snapshot;
}

HttpLimits Snapshot::http_limits() const {
  const config::Limits& limits = config_.limits;
  return {limits.header_timeout, limits.body_timeout, limits.keepalive_timeout, limits.header_size,
          limits.header_fields,  limits.body_size,    limits.body_rate};
}

void Snapshot::build_router(Router& router, FileCache& cache) const {
  std::size_t next_source = 0;
  for (const config::Site& site : config_.sites) {
    std::vector<Router::Route> routes;
    for (const config::Route& route : site.routes) {
      Router::Route built;
      for (const std::string& pattern : route.path) built.patterns.emplace_back(pattern);
      built.action = std::make_unique<StaticFiles>(*sources_[next_source++], cache);
      routes.push_back(std::move(built));
    }
    router.add_site(site.hosts, std::move(routes));
  }
}

}  // namespace server
