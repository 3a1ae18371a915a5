#include "server/app/admin_site.h"

#include <memory>
#include <utility>

#include "server/app/live_page.h"
#include "server/app/metrics_text.h"
#include "server/app/status_json.h"
#include "server/handlers/event_stream.h"
#include "server/handlers/fixed_response.h"
#include "server/handlers/generated_text.h"
#include "server/handlers/health.h"

namespace server {
namespace {

// The page has one style sheet and one script, known by their digests, and talks to nobody else.
ResponsePolicy page_policy() {
  ResponsePolicy policy;
  policy.fields = "Content-Security-Policy: default-src 'none'; script-src '" +
                  std::string(kLivePageScript) + "'; style-src '" + std::string(kLivePageStyle) +
                  "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
                  "frame-ancestors 'none'; require-trusted-types-for 'script'\r\n"
                  "Cache-Control: no-store\r\n"
                  "Referrer-Policy: no-referrer\r\n"
                  "X-Content-Type-Options: nosniff\r\n";
  return policy;
}

}  // namespace

void add_admin_site(Router& router, core::EventLoop& loop, AdminPages pages) {
  std::vector<Router::Route> routes;
  const auto add = [&routes](const char* path, std::unique_ptr<Handler> action) -> Router::Route& {
    Router::Route& route = routes.emplace_back();
    route.patterns.emplace_back(path);
    route.methods = {Method::kGet};
    route.action = std::move(action);
    return route;
  };
  const auto status = [view = pages.view] { return status_json(view()); };
  add("/healthz",
      std::make_unique<Health>(config::Health::kLive, pages.ready, std::move(pages.lives)));
  add("/readyz", std::make_unique<Health>(config::Health::kReady, pages.ready));
  add("/metrics", std::make_unique<GeneratedText>(std::string(MetricsText::kType),
                                                  [view = pages.view] { return metrics(view()); }));
  add("/status", std::make_unique<GeneratedText>("application/json", status));
  add("/events", std::make_unique<EventStream>(loop, status, EventStream::Options()));
  add("/", std::make_unique<FixedResponse>(200, std::string(kLivePage), "text/html; charset=utf-8"))
      .policy = page_policy();
  router.add_site({}, std::move(routes));
}

}  // namespace server
