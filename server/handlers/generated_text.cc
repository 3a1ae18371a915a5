#include "server/handlers/generated_text.h"

namespace server {

void GeneratedText::start(Exchange& exchange) {
  Response& response = exchange.response;
  // Of the moment (RFC 9111 5.2.2.5).
  response.fields.add("Cache-Control", "no-store");
  response.fields.add("Content-Type", type_);
  response.status = 200;
  response.body = TextBody{make_()};
  exchange.respond();
}

}  // namespace server
