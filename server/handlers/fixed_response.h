// FixedResponse: the action of a `respond` route: the same answer for everybody. Immutable; loop
// thread only.
#pragma once

#include <memory>
#include <string>

#include "server/http/exchange.h"

namespace server {

class FixedResponse final : public Handler {
 public:
  // An empty body of a status from 400 on becomes the page that any such status has.
  FixedResponse(int status, std::string body, std::string type);

  void start(Exchange& exchange) override;

 private:
  const int status_;
  const std::shared_ptr<const std::string> body_;
  const std::string type_;
};

}  // namespace server
