#include "server/app/admin_site.h"

#include <utility>

#include "server/app/metrics_text.h"
#include "server/app/status_json.h"
#include "server/handlers/fixed_response.h"
#include "server/handlers/generated_text.h"
#include "server/handlers/health.h"

namespace server {
namespace {

constexpr const char* kIndex =
    "ouro\n"
    "\n"
    "/healthz  200 while every loop goes on, 503 while one is held\n"
    "/readyz   200 while it takes requests, 503 once it is going to stop\n"
    "/metrics  what Prometheus reads\n"
    "/status   the same and more as JSON\n";

}  // namespace

void add_admin_site(Router& router, AdminPages pages) {
  std::vector<Router::Route> routes;
  const auto add = [&routes](const char* path, std::unique_ptr<Handler> action) {
    Router::Route& route = routes.emplace_back();
    route.patterns.emplace_back(path);
    route.methods = {Method::kGet};
    route.action = std::move(action);
  };
  add("/healthz",
      std::make_unique<Health>(config::Health::kLive, pages.ready, std::move(pages.lives)));
  add("/readyz", std::make_unique<Health>(config::Health::kReady, pages.ready));
  add("/metrics", std::make_unique<GeneratedText>(std::string(MetricsText::kType),
                                                  [view = pages.view] { return metrics(view()); }));
  add("/status", std::make_unique<GeneratedText>(
                     "application/json", [view = pages.view] { return status_json(view()); }));
  add("/", std::make_unique<FixedResponse>(200, kIndex, "text/plain; charset=utf-8"));
  router.add_site({}, std::move(routes));
}

}  // namespace server
