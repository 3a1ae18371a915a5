#include "server/handlers/fixed_response.h"

#include <utility>

#include "server/http/status.h"

namespace server {

FixedResponse::FixedResponse(int status, std::string body, std::string type)
    : status_(status),
      body_(std::make_shared<const std::string>(std::move(body))),
      type_(std::move(type)) {}

void FixedResponse::start(Exchange& exchange) {
  if (body_forbidden(status_) || (body_->empty() && status_ >= 400)) {
    respond_with_status(exchange, status_);
    return;
  }
  exchange.response.status = status_;
  if (!body_->empty()) exchange.response.fields.add("Content-Type", type_);
  exchange.response.body = BytesBody{*body_, body_};
  exchange.respond();
}

}  // namespace server
