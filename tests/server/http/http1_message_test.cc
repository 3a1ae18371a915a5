// Goal: messages are used again without a trace of their last request, and what grew large is not
// kept. Method: take, dirty, give back, take again.
#include "server/http/http1_message.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using server::Http1Message;
using server::Http1MessagePool;

namespace {

struct Listener final : server::ProgressListener {
  int calls = 0;
  void on_progress() override { ++calls; }
};

}  // namespace

TEST_CASE("an answer reaches whoever has taken the message") {
  Http1MessagePool pool;
  Listener first;
  Listener second;
  auto message = pool.take(first);
  message->exchange.response.status = 200;
  message->exchange.respond();
  pool.give_back(std::move(message));
  message = pool.take(second);
  message->exchange.response.status = 200;
  message->exchange.respond();
  CHECK(first.calls == 1);
  CHECK(second.calls == 1);
}

TEST_CASE("a message is used again, and clean") {
  Http1MessagePool pool;
  Listener listener;
  auto message = pool.take(listener);
  const Http1Message* address = message.get();
  message->head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  message->scan.position = 5;
  message->scan.position = 2;
  message->scan.saw_start_line = true;
  message->exchange.response.status = 200;
  message->exchange.request.fields.add({"Host", "x"});
  message->exchange.respond();
  pool.give_back(std::move(message));
  message = pool.take(listener);
  CHECK(message.get() == address);
  CHECK(message->head.empty());
  CHECK(message->scan.position == 0);
  CHECK(message->scan.position == 0);
  CHECK_FALSE(message->scan.saw_start_line);
  CHECK_FALSE(message->exchange.responded());
  CHECK(message->exchange.request.fields.count() == 0);
}

TEST_CASE("what a handler kept is destroyed when the message is given back, not when reused") {
  struct Flag final : server::HandlerContext {
    explicit Flag(bool& flag) : gone(flag) {}
    ~Flag() override { gone = true; }
    bool& gone;
  };
  bool gone = false;
  Http1MessagePool pool;
  Listener listener;
  auto message = pool.take(listener);
  message->exchange.context = std::make_unique<Flag>(gone);
  pool.give_back(std::move(message));
  CHECK(gone);
}

TEST_CASE("a message whose head grew is not kept") {
  Http1MessagePool pool;
  Listener listener;
  auto message = pool.take(listener);
  message->head.assign(Http1MessagePool::kKeptBytes + 1, 'x');
  pool.give_back(std::move(message));
  CHECK(pool.take(listener)->head.capacity() <= Http1MessagePool::kKeptBytes);
}

TEST_CASE("more messages than are kept can be out, and come back") {
  Http1MessagePool pool;
  Listener listener;
  std::vector<std::unique_ptr<Http1Message>> out;
  for (std::size_t i = 0; i < Http1MessagePool::kKept + 10; ++i) out.push_back(pool.take(listener));
  for (auto& message : out) pool.give_back(std::move(message));
  CHECK(pool.take(listener)->head.empty());
}
