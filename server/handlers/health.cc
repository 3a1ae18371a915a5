#include "server/handlers/health.h"

namespace server {

void Health::start(Exchange& exchange) {
  Response& response = exchange.response;
  // A cache would answer for a server that has gone (RFC 9111 4.2.2: 405 may be kept too).
  response.fields.add("Cache-Control", "no-store");
  const Method method = exchange.request.method;
  if (method != Method::kGet && method != Method::kHead) {
    response.fields.add("Allow", "GET, HEAD, OPTIONS");
    respond_with_status(exchange, method == Method::kOptions ? 204 : 405);
    return;
  }
  const bool lives = lives_ == nullptr || lives_();
  const bool good = asked_ == config::Health::kLive ? lives : ready_.load();
  response.status = good ? 200 : 503;
  response.fields.add("Content-Type", "text/plain; charset=utf-8");
  response.body = BytesBody{asked_ == config::Health::kLive ? (good ? "ok\n" : "a loop is held\n")
                                                            : (good ? "ready\n" : "draining\n"),
                            {}};
  exchange.respond();
}

}  // namespace server
