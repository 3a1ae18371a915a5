#include "server/auth/basic_auth.h"

#include <utility>

#include "core/base/invariant.h"

namespace server {
namespace {

using Read = core::Result<Credentials, CredentialsFailure>;

// RFC 9110 11.6.2: one field, which is no list.
Read read_authorization(const FieldList& fields) {
  if (!fields.may_hold("Authorization")) return core::unexpected(CredentialsFailure::kOtherScheme);
  const std::size_t count = fields.count_of("Authorization");
  if (count == 0) return core::unexpected(CredentialsFailure::kOtherScheme);
  if (count > 1) return core::unexpected(CredentialsFailure::kMalformed);
  return read_credentials(fields.find("Authorization")->value);
}

}  // namespace

std::string basic_challenge(std::string_view realm) {
  std::string challenge = "Basic realm=\"";
  for (const char c : realm) {
    if (c == '"' || c == '\\') challenge += '\\';  // RFC 9110 5.6.4
    challenge += c;
  }
  return challenge + "\", charset=\"UTF-8\"";
}

// An exchange whose password is being checked, kept with it.
class BasicAuth::WaitingForPassword final : public HandlerContext, public PasswordGate::Waiter {
 public:
  WaitingForPassword(BasicAuth& auth, Exchange& exchange, std::string user)
      : auth_(auth), exchange_(exchange), user_(std::move(user)) {}

  void on_answer(const PasswordAnswer& answer) override {
    auth_.on_answer(exchange_, std::move(user_), answer);  // destroys this
  }

 private:
  BasicAuth& auth_;
  Exchange& exchange_;
  std::string user_;
};

BasicAuth::BasicAuth(std::string_view realm, std::size_t users, PasswordGate& gate,
                     std::unique_ptr<Handler> action)
    : challenge_(basic_challenge(realm)), users_(users), gate_(gate), action_(std::move(action)) {
  INVARIANT(action_ != nullptr);
}

void BasicAuth::open_body(Exchange& exchange) {
  auto credentials = read_authorization(exchange.request.fields);
  if (!credentials || !gate_.knows(users_, *credentials)) return;
  exchange.user = std::move(credentials->user);
  action_->open_body(exchange);
}

void BasicAuth::start(Exchange& exchange) {
  if (!exchange.user.empty()) return action_->start(exchange);  // known since open_body()
  auto credentials = read_authorization(exchange.request.fields);
  if (!credentials) {
    const bool malformed = credentials.error() == CredentialsFailure::kMalformed;
    return refuse(exchange, malformed ? 400 : 401);
  }
  if (gate_.knows(users_, *credentials)) return let_in(exchange, std::move(credentials->user));
  auto waiting = std::make_unique<WaitingForPassword>(*this, exchange, credentials->user);
  WaitingForPassword& waiter = *waiting;
  exchange.context = std::move(waiting);
  gate_.wait_for(users_, *credentials, exchange.connection->network_of(exchange.request.fields),
                 waiter);
}

void BasicAuth::on_answer(Exchange& exchange, std::string user, const PasswordAnswer& answer) {
  // The router, which said so, has returned long ago.
  const core::DoingFor doing(&gate_.doing(),
                             exchange.route == nullptr ? nullptr : &exchange.route->name);
  switch (answer.kind) {
    case PasswordAnswer::Kind::kRight:
      return let_in(exchange, std::move(user));
    case PasswordAnswer::Kind::kWrong:
      return refuse(exchange, 401);
    case PasswordAnswer::Kind::kBusy:
      exchange.response.fields.add("Retry-After", std::to_string(answer.retry_after.count()));
      return refuse(exchange, 503);
    case PasswordAnswer::Kind::kFailed:
      return refuse(exchange, 500);
  }
}

void BasicAuth::let_in(Exchange& exchange, std::string user) {
  exchange.user = std::move(user);
  exchange.context.reset();
  action_->start(exchange);
}

void BasicAuth::refuse(Exchange& exchange, int status) const {
  if (status == 401) exchange.response.fields.add("WWW-Authenticate", challenge_);
  respond_with_status(exchange, status);
}

}  // namespace server
