// BasicAuth: the Basic scheme (RFC 7617) in front of a route's action: who is not known gets 401
// with the challenge, 400 for credentials that cannot be read, 503 when too many wait, 500 when the
// check failed; for the others the action answers as if it were alone. Loop thread only, one per
// loop and route; owns its action.
//
// A CORS preflight never brings credentials, and the router answers it before this is asked. A
// request's content is offered to the action only when its user is known as soon as the head is
// here; else it is discarded while the password is being checked. Neither the password nor the
// Authorization field goes anywhere but to the gate.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "server/auth/password_gate.h"
#include "server/http/exchange.h"

namespace server {

// The value of WWW-Authenticate. `realm` is UTF-8 without control characters.
[[nodiscard]] std::string basic_challenge(std::string_view realm);

class BasicAuth final : public Handler {
 public:
  // `users`: number of the file in the gate's tables. The gate outlives this.
  BasicAuth(std::string_view realm, std::size_t users, PasswordGate& gate,
            std::unique_ptr<Handler> action);

  void open_body(Exchange& exchange) override;
  void start(Exchange& exchange) override;

 private:
  class WaitingForPassword;

  void refuse(Exchange& exchange, int status) const;
  void on_answer(Exchange& exchange, std::string user, const PasswordAnswer& answer);
  void let_in(Exchange& exchange, std::string user);

  const std::string challenge_;
  const std::size_t users_;
  PasswordGate& gate_;
  const std::unique_ptr<Handler> action_;
};

}  // namespace server
