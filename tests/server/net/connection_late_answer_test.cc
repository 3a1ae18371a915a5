// Goal: an answer that comes while its connection is being closed, however late, harms nobody.
// Method: a loop that the test turns; its client resets the connection while a request waits, and
// the answer comes in the inbox phase of each of the turns that follow; both engines.
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "tests/server/app/live_server.h"
#include "tests/server/net/turned_loop.h"

namespace {

using test::LoopClient;
using test::TurnedLoop;

constexpr int kTurnsMax = 8;  // more than a connection takes to close

// What waits for its answer, as long as it lives.
class WaitingExchange {
 public:
  void hold(server::Exchange& exchange) {
    exchange_ = &exchange;
    exchange.context = std::make_unique<Context>(*this);
  }
  [[nodiscard]] bool held() const { return exchange_ != nullptr; }
  void respond() {
    if (exchange_ == nullptr) return;
    exchange_->response.status = 200;
    exchange_->respond();
  }

 private:
  class Context final : public server::HandlerContext {
   public:
    explicit Context(WaitingExchange& waiting) : waiting_(waiting) {}
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() override { waiting_.exchange_ = nullptr; }

   private:
    WaitingExchange& waiting_;
  };

  server::Exchange* exchange_ = nullptr;
};

}  // namespace

TEST_CASE("an answer that comes in the turn in which its connection was closed wakes nobody") {
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    for (int turns = 0; turns < kTurnsMax; ++turns) {
      CAPTURE(turns);
      WaitingExchange waiting;
      core::Message answer(core::Callback<void()>::to<&WaitingExchange::respond>(waiting));
      TurnedLoop loop(engine);
      const auto respond_at_once = loop.handler.respond;
      loop.handler.respond = [&](server::Exchange& exchange) {
        if (exchange.request.target_text == "/late") return waiting.hold(exchange);
        respond_at_once(exchange);
      };
      LoopClient client = loop.connect_and_accept();
      client.send(test::get_request("/first"));
      CHECK(loop.turn_until_received(client, "/first"));
      // The connection receives all the time from its second request on, and so sees the reset.
      client.send(test::get_request("/second") + test::get_request("/late"));
      CHECK(loop.turn_until([&] { return waiting.held(); }));
      loop.turn();     // sends the second answer
      client.close();  // over that, unread: a reset
      for (int i = 0; i < turns; ++i) loop.turn();
      loop.post(answer);
      loop.turn();
      CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
    }
  }
}
