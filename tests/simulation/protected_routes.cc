#include "tests/simulation/protected_routes.h"

#include <utility>

#include "core/base/invariant.h"

namespace simulation {

using Kind = Claim::Kind;

// What stands behind a password.
class ProtectedRoutes::Action final : public server::Handler {
 public:
  explicit Action(ProtectedRoutes& routes) : routes_(routes) {}
  void open_body(server::Exchange& exchange) override {
    routes_.on_offer(exchange);
    routes_.open_.open_body(exchange);
  }
  void start(server::Exchange& exchange) override {
    routes_.on_entry(exchange);
    routes_.open_.start(exchange);
  }

 private:
  ProtectedRoutes& routes_;
};

ProtectedRoutes::ProtectedRoutes(server::PasswordGate& gate, const UsersFiles& files,
                                 server::Handler& open)
    : files_(files), open_(open) {
  for (std::size_t realm = 0; realm < kRealms.size(); ++realm) {
    routes_.push_back(std::make_unique<server::BasicAuth>(kRealms.at(realm), realm, gate,
                                                          std::make_unique<Action>(*this)));
  }
}

Guard ProtectedRoutes::guard_of(const server::Exchange& exchange) {
  const auto guard = read_path(exchange.request.path).guard;
  INVARIANT(guard.has_value());
  return *guard;
}

server::Handler& ProtectedRoutes::route_of(const server::Exchange& exchange) {
  const auto guard = read_path(exchange.request.path).guard;
  return guard ? *routes_.at(guard->realm) : open_;
}

void ProtectedRoutes::admit(server::Exchange& exchange) {
  INVARIANT(exchange.user.empty());
  if (!read_path(exchange.request.path).guard) return;
  visits_.insert_or_assign(&exchange, Visit{files_.version()});
  exchange.status_pages = this;
}

void ProtectedRoutes::start(server::Exchange& exchange) {
  if (read_path(exchange.request.path).guard) {
    Visit& visit = visits_.at(&exchange);
    INVARIANT(!std::exchange(visit.started, true));
    if (guard_of(exchange).says().kind == Kind::kCredentials && !visit.offered) ++counts_.asked;
  }
  route_of(exchange).start(exchange);
}

void ProtectedRoutes::on_offer(const server::Exchange& exchange) {
  INVARIANT(files_.allows(guard_of(exchange)));
  Visit& visit = visits_.at(&exchange);
  INVARIANT(!visit.started && !std::exchange(visit.offered, true));
  ++counts_.offered;
}

// Whose content was taken has been let in by the file as it was then.
void ProtectedRoutes::on_entry(const server::Exchange& exchange) {
  const Guard guard = guard_of(exchange);
  const Visit& visit = visits_.at(&exchange);
  INVARIANT(visit.started && !exchange.user.empty() && exchange.user == guard.says().user);
  INVARIANT(visit.offered ? files_.has_allowed(guard, visit.version) : files_.allows(guard));
  if (!visit.offered) ++counts_.let_in;
}

// Never responds itself.
bool ProtectedRoutes::try_respond(server::Exchange& exchange, int status) {
  if (status == 408) return false;  // the session's: the rest of a request did not come
  const Guard guard = guard_of(exchange);
  INVARIANT(visits_.at(&exchange).started && exchange.user.empty());
  if (guard.says().kind != Kind::kCredentials) {
    INVARIANT(status == (guard.says().kind == Kind::kNone ? 401 : 400));
  } else if (status == 401) {
    INVARIANT(!files_.allows(guard));
    ++counts_.wrong;
  } else {
    INVARIANT(status == 503 || status == 500);
    ++(status == 503 ? counts_.busy : counts_.failed);
  }
  return false;
}

}  // namespace simulation
