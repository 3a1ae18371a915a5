// Goal: steps of a handshake go on from each other whatever arrives between them, a client that has
// left costs nothing more, and a step frees what it was given. Method: the job is run where it
// stands, as a worker would, against a client of core/tls in memory.

#include "server/net/handshake_job.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>

#include "core/io/inbox.h"
#include "tests/core/tls/filter_pair.h"

namespace {

using core::TlsFilter;
using server::HandshakeJob;
using test::Wire;
using Outcome = TlsFilter::Outcome;

class Fixture {
 public:
  Fixture()
      : job(test::plain_server(), HandshakeJob::OnFinished::to<&Fixture::on_finished>(*this)) {}

  void run() {
    job.set_home(inbox_);
    job.perform();
    job.deliver();
    inbox_.drain();
  }

  // What the job answers to the client's hello.
  std::string greet(TlsFilter& client) {
    Wire hello;
    REQUIRE(client.handshake({}, hello) == Outcome::kWantsInput);
    job.add(std::as_bytes(std::span(hello.text)));
    run();
    return job.take_output();
  }

  // Gives the job what the client has said, at most `piece_bytes` a step.
  void shake_hands(TlsFilter& client, std::size_t piece_bytes) {
    Wire to_server;
    Outcome outcome = client.handshake({}, to_server);
    while (outcome == Outcome::kWantsInput || !to_server.text.empty()) {
      const std::string piece = to_server.text.substr(0, piece_bytes);
      to_server.text.erase(0, piece.size());
      job.add(std::as_bytes(std::span(piece)));
      run();
      const std::string answer = job.take_output();
      if (!answer.empty() && outcome != Outcome::kDone) {
        outcome = client.handshake(std::as_bytes(std::span(answer)), to_server);
      }
      if (job.outcome() == Outcome::kDone) {
        left_behind = to_server.text;
        return;
      }
    }
  }

  HandshakeJob job;
  int finished = 0;
  std::string left_behind;

 private:
  void on_finished() { ++finished; }

  core::Inbox inbox_;
};

std::unique_ptr<TlsFilter> make_client() {
  return TlsFilter::make_client(*test::new_client(), "localhost");
}

}  // namespace

TEST_CASE("a handshake goes through in steps of any size") {
  for (const std::size_t piece_bytes : {1U, 50U, 100'000U}) {
    CAPTURE(piece_bytes);
    Fixture fixture;
    const auto client = make_client();
    fixture.shake_hands(*client, piece_bytes);
    CHECK(fixture.job.outcome() == Outcome::kDone);
    CHECK(client->handshake_done());
    CHECK(fixture.job.filter()->version() == "TLSv1.3");
    CHECK(fixture.finished > 1);
  }
}

TEST_CASE("the answer is in memory that the loop has found, which frees it") {
  Fixture fixture;
  const auto client = make_client();
  const std::string answer = fixture.greet(*client);
  CHECK(!answer.empty());
  CHECK(answer.capacity() == HandshakeJob::kOutputBytes);  // the worker has found no more
}

TEST_CASE("what lies behind the handshake is left for whoever opens records") {
  Fixture fixture;
  const auto client = make_client();
  const std::string answer = fixture.greet(*client);
  Wire to_server;
  REQUIRE(client->handshake(std::as_bytes(std::span(answer)), to_server) == Outcome::kDone);
  REQUIRE(client->seal("the first request", to_server));
  fixture.job.add(std::as_bytes(std::span(to_server.text)));
  fixture.run();
  REQUIRE(fixture.job.outcome() == Outcome::kDone);
  const std::string rest = fixture.job.take_rest();
  fixture.job.filter()->give(std::as_bytes(std::span(rest)));
  std::array<char, 100> plain{};
  std::size_t size = 0;
  Wire ignored;
  CHECK(fixture.job.filter()->open(plain, size, ignored) == Outcome::kDone);
  CHECK(std::string(plain.data(), size) == "the first request");
}

TEST_CASE("a step whose client has left before it began does nothing, but comes home") {
  Fixture fixture;
  const std::string hello = "whatever";
  fixture.job.add(std::as_bytes(std::span(hello)));
  fixture.job.leave();
  fixture.run();
  CHECK(fixture.finished == 1);
  CHECK(fixture.job.filter() == nullptr);
  CHECK(fixture.job.take_output().empty());
}

TEST_CASE("what it is given to free is gone after the next run, even when its client has left") {
  Fixture fixture;
  const auto context = test::plain_server();
  server::FilterBin::Filters filters;
  filters.push_back(TlsFilter::make_server(context));
  fixture.job.free(std::move(filters));
  CHECK(context.use_count() > 1);
  fixture.job.leave();
  fixture.run();
  CHECK(context.use_count() == 1);
}

TEST_CASE("what is not TLS fails with an alert or its reason") {
  Fixture fixture;
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  fixture.job.add(std::as_bytes(std::span(request)));
  fixture.run();
  CHECK(fixture.job.outcome() == Outcome::kFailed);
  CHECK(fixture.job.filter()->http_request());
}
