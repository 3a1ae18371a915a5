// Goal: whatever owners do in whatever order, each operation that is started ends once, and every
// byte arrives once and in its order, in both directions. Method: both engines; connections that
// start, cancel, hold buffers, send, shut down and close at random; a mistake shows as a wrong
// byte, a second end, or a wait that nothing ends. The seed is printed.

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

namespace {

using core::OperationKind;
using test::BackendDriver;
using test::TestOperation;

struct Party {
  Party(BackendDriver& driver, bool tcp)
      : pair(tcp ? test::tcp_pair() : test::unix_pair()), output(driver.blocks()) {
    receive.operation.fd = send.operation.fd = pair.ours.get();
    send.operation.output = &output;
    send.then = [this] {
      if (send.last() > 0) output.consume(static_cast<std::uint64_t>(send.last()));
    };
    receive.then = [this] { ended = ended || receive.last() == 0; };
  }

  test::ConnectedSockets pair;
  core::OutputQueue output;
  TestOperation receive{OperationKind::kReceive, -1};
  TestOperation send{OperationKind::kSend, -1};
  std::string peer_sent;
  std::string peer_got;
  std::string we_sent;
  std::size_t receive_starts = 0;
  std::size_t send_starts = 0;
  bool peer_ended = false;
  bool ended = false;
};

class Chaos {
 public:
  Chaos(BackendDriver& driver, unsigned seed) : driver_(driver), random_(seed) {
    for (auto& party : parties_) party = std::make_unique<Party>(driver_, below(2) == 0);
  }

  void step() {
    Party& party = *parties_[below(parties_.size())];
    switch (below(9)) {
      case 0:
      case 1:
        start_receive(party, below(2) == 0);
        break;
      case 2:
        if (!party.receive.done()) driver_.cancel(party.receive);
        break;
      case 3:
        peer_sends(party);
        break;
      case 4:
        we_send(party);
        break;
      case 5:
        if (!party.send.done() && below(4) == 0) driver_.cancel(party.send);
        break;
      case 6:
        party.receive.held.clear();
        party.receive.hold_buffers = below(3) == 0;
        break;
      case 7:
        party.peer_got += test::take(party.pair.peer, below(100'000));
        break;
      default:
        if (below(3) == 0) driver_.turn(core::Duration::zero());
        if (below(400) == 0) replace(parties_[below(parties_.size())]);
    }
  }

  void end() {
    for (auto& party : parties_) end_and_compare(*party);
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  void start_receive(Party& party, bool multishot) {
    if (!party.receive.done() || party.ended) return;
    party.receive.operation.multishot = multishot;
    ++party.receive_starts;
    driver_.start(party.receive);
  }

  void peer_sends(Party& party) {
    if (party.peer_ended) return;
    const std::string bytes = test::varied_bytes(1 + below(9000), static_cast<unsigned>(random_()));
    const ssize_t size =
        ::send(party.pair.peer.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size > 0) party.peer_sent.append(bytes, 0, static_cast<std::size_t>(size));
    if (below(50) != 0) return;
    test::end_sending(party.pair.peer);
    party.peer_ended = true;
  }

  void we_send(Party& party) {
    const auto bytes = std::make_shared<const std::string>(
        test::varied_bytes(1 + below(20'000), static_cast<unsigned>(random_())));
    party.output.append_shared(*bytes, bytes);
    party.we_sent += *bytes;
    if (!party.send.done()) return;
    ++party.send_starts;
    driver_.start(party.send);
  }

  void end_and_compare(Party& party) {
    party.receive.held.clear();
    party.receive.hold_buffers = false;
    if (!party.peer_ended) test::end_sending(party.pair.peer);
    party.peer_ended = true;
    REQUIRE(driver_.run_until([&] {
      start_receive(party, true);
      if (party.send.done() && !party.output.empty()) {
        ++party.send_starts;
        driver_.start(party.send);
      }
      party.peer_got += test::take(party.pair.peer);
      return party.ended && party.receive.done() && party.output.empty() && party.send.done();
    }));
    party.peer_got +=
        test::take_waiting(party.pair.peer, party.we_sent.size() - party.peer_got.size());
    const bool received_is_sent = party.receive.bytes == party.peer_sent;
    const bool sent_is_received = party.peer_got == party.we_sent;
    CHECK(received_is_sent);
    CHECK(sent_is_received);
    CHECK(party.receive.finals == party.receive_starts);
    CHECK(party.send.finals == party.send_starts);
    for (const int result : party.receive.results) CHECK((result >= 0 || result == -ECANCELED));
    for (const int result : party.send.results) CHECK((result > 0 || result == -ECANCELED));
    driver_.close(party.pair.ours);
  }

  // Ends one connection and begins another, most likely on the same descriptor numbers.
  void replace(std::unique_ptr<Party>& party) {
    end_and_compare(*party);
    party.reset();
    party = std::make_unique<Party>(driver_, below(2) == 0);
  }

  BackendDriver& driver_;
  std::mt19937 random_;
  std::array<std::unique_ptr<Party>, 12> parties_;
};

}  // namespace

TEST_CASE_TEMPLATE("chaos", Engine, test::Uring, test::Epoll) {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  Chaos chaos(driver, seed);
  for (int i = 0; i < 8000; ++i) chaos.step();
  chaos.end();
  CHECK(driver.settle() == 0);
}
