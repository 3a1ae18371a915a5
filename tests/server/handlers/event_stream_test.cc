// Goal: all clients get the same events, each made once and only for somebody; who is slow misses
// some; more clients than there may be are refused. Method: exchanges without connections, whose
// content the test takes when it likes, and a loop that it turns.

#include "server/handlers/event_stream.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <variant>

namespace {

using server::BodySource;
using server::EventStream;

// Who listens.
class Client {
 public:
  explicit Client(EventStream& stream) { stream.start(exchange_); }

  // The next event; empty: there is none yet.
  std::string take() {
    server::BodyPiece piece;
    BodySource& source = *std::get<server::StreamBody>(exchange_.response.body).source;
    if (source.take(piece) != BodySource::Next::kPiece) return "";
    return std::string(std::get<server::BytesBody>(piece).bytes);
  }
  [[nodiscard]] int status() const { return exchange_.response.status; }
  [[nodiscard]] std::string fields() const { return std::string(exchange_.response.fields.text()); }
  [[nodiscard]] std::size_t told() const { return told_; }

 private:
  void on_progress() { ++told_; }

  std::size_t told_ = 0;
  server::Exchange exchange_{core::Callback<void()>::to<&Client::on_progress>(*this)};
};

struct Stage {
  explicit Stage(std::size_t clients_max = 16)
      : stream(*loop, [this] { return std::to_string(++made); },
               {std::chrono::milliseconds(10), std::chrono::seconds(2), clients_max}) {}

  // Until so many have been made.
  void turn_until_made(int count) {
    while (made < count) loop->turn();
  }

  // A tick that is due has come.
  void turn_past_tick() {
    passed_ = false;
    loop->timers().set(later_, core::Clock::now() + std::chrono::milliseconds(50));
    while (!passed_) loop->turn();
  }

  int made = 0;
  std::unique_ptr<core::EventLoop> loop = std::move(*core::EventLoop::create(core::Engine{}));
  EventStream stream;

 private:
  void on_later() {
    passed_ = true;
    loop->check(end_of_turn_);  // or the turn would go on to wait for what never comes
  }
  void on_end_of_turn() {}
  bool passed_ = false;
  core::Task end_of_turn_{core::Callback<void()>::to<&Stage::on_end_of_turn>(*this)};
  core::Timer later_{core::Callback<void()>::to<&Stage::on_later>(*this)};
};

std::string event(int number) { return "retry: 2000\ndata: " + std::to_string(number) + "\n\n"; }

}  // namespace

TEST_CASE("all clients get the same events, each made once") {
  Stage stage;
  Client one(stage.stream);
  Client two(stage.stream);
  CHECK(one.status() == 200);
  CHECK(one.fields() == "Content-Type: text/event-stream\r\nCache-Control: no-store\r\n");
  for (int number = 1; number <= 3; ++number) {
    stage.turn_until_made(number);
    REQUIRE(stage.made == number);
    for (Client* client : {&one, &two}) {
      CHECK(client->told() == static_cast<std::size_t>(number));  // first: that it is answered
      CHECK(client->take() == event(number));
      CHECK(client->take() == "");
    }
  }
}

TEST_CASE("who takes none for a while gets the newest and no older one") {
  Stage stage;
  Client slow(stage.stream);
  stage.turn_until_made(4);
  CHECK(slow.take() == event(stage.made));
  CHECK(slow.take() == "");
}

TEST_CASE("while nobody listens nothing is made") {
  Stage stage;
  for (int number = 1; number <= 2; ++number) {
    {
      Client client(stage.stream);
      CHECK(client.take() == event(number));
    }
    stage.turn_past_tick();
    CHECK(stage.made == number);
  }
}

TEST_CASE("one client too many is told when to come back, and has its place when one leaves") {
  Stage stage(2);
  const Client one(stage.stream);
  auto two = std::make_unique<Client>(stage.stream);
  const Client refused(stage.stream);
  CHECK(refused.status() == 503);
  CHECK(refused.fields().find("Retry-After: 10\r\n") != std::string::npos);
  two.reset();
  Client three(stage.stream);
  CHECK(three.status() == 200);
  CHECK(three.take() == event(1));
}
