// ProtectedRoutes: the routes of a simulated life, of which some ask for a password (guard.h): the
// server's own BasicAuth in front of whoever answers. It sees every request with a password come
// and every answer to it be decided, by the action or by a page, and knows whether that was right
// by the users file as it is at that moment. Loop's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "server/auth/basic_auth.h"
#include "server/http/exchange.h"
#include "tests/simulation/users_files.h"

namespace simulation {

class ProtectedRoutes final : public server::Handler, private server::StatusPages {
 public:
  // Of exchanges with credentials.
  struct Counts {
    std::uint64_t offered = 0;  // known early enough for their content
    std::uint64_t asked = 0;    // the others
    // What came of these; if nothing did the client has left, or waits.
    std::uint64_t let_in = 0;
    std::uint64_t wrong = 0;
    std::uint64_t busy = 0;
    std::uint64_t failed = 0;

    [[nodiscard]] std::uint64_t answered() const { return let_in + wrong + busy + failed; }
  };

  ProtectedRoutes(server::PasswordGate& gate, const UsersFiles& files, server::Handler& open);

  void admit(server::Exchange& exchange) override;
  void open_body(server::Exchange& exchange) override { route_of(exchange).open_body(exchange); }
  void start(server::Exchange& exchange) override;

  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  class Action;
  // Of an exchange with a guard.
  struct Visit {
    std::size_t version = 0;  // of the files, when the head was complete
    bool offered = false;     // its user was known then
    bool started = false;
  };

  [[nodiscard]] bool try_respond(server::Exchange& exchange, int status) override;
  [[nodiscard]] server::Handler& route_of(const server::Exchange& exchange);
  [[nodiscard]] static Guard guard_of(const server::Exchange& exchange);
  void on_offer(const server::Exchange& exchange);
  void on_entry(const server::Exchange& exchange);

  const UsersFiles& files_;
  server::Handler& open_;
  std::vector<std::unique_ptr<server::BasicAuth>> routes_;     // by realm
  std::unordered_map<const server::Exchange*, Visit> visits_;  // the last of each
  Counts counts_;
};

}  // namespace simulation
