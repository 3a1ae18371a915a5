#include "tests/simulation/rude_client.h"

#include <string>
#include <string_view>
#include <utility>

#include "core/base/invariant.h"

namespace simulation {
namespace {

// Nothing that HTTP begins with, no record of any TLS and no hello of SSL 2: for those OpenSSL
// would wait until they are whole, however long they say they are.
std::string junk_of(Random& random) {
  std::string junk(random.chance(0.2) ? random.between(20'000, 60'000) : random.between(20, 600),
                   '\0');
  for (char& c : junk) c = static_cast<char>(random.below(256));
  junk[0] = static_cast<char>(0xE0 + random.below(16));
  junk[1] = junk[2] = 0;
  return junk;
}

std::string plain_request(Random& random) {
  constexpr const char* kMethods[] = {"GET", "HEAD", "POST", "PUT"};
  return std::string(kMethods[random.below(4)]) +
         " / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n";
}

}  // namespace

RudeClient::RudeClient(std::unique_ptr<ClientWire> wire, Manner manner, Random& random)
    : wire_(std::move(wire)), manner_(manner), random_(random) {
  INVARIANT(wire_->speaks_tls() == begins_well(manner));
  if (manner == Manner::kGarbage) wire_->send(junk_of(random));
  if (manner == Manner::kPlainHttp) wire_->send(plain_request(random));
  if (manner == Manner::kJunkBehindHello) spoil();
}

void RudeClient::spoil() {
  spoilt_ = true;
  wire_->spoil(junk_of(random_));
}

void RudeClient::step(bool orderly) {
  if (done_) return;
  mute_ = mute_ || (!orderly && random_.chance(0.005));
  if (manner_ == Manner::kJunkBehindHandshake && wire_->ready() && !spoilt_) spoil();
  if (!mute_ && random_.chance(0.5))
    wire_->flush(random_.chance(0.2) ? random_.between(1, 5) : 5000);
  if (random_.chance(0.5)) read(50'000);
  if (orderly || done_ || !random_.chance(0.005)) return;
  Socket& socket = wire_->socket();
  socket.disturbed = socket.reset = true;
  socket.queue.clear();
  done_ = true;
}

void RudeClient::hurry() {
  if (done_) return;
  wire_->flush_all();
  read(1'000'000);
}

void RudeClient::read(std::size_t size_max) {
  received_ += wire_->read(size_max);
  if (wire_->socket().server_ended && wire_->socket().queue.empty()) on_end();
}

void RudeClient::on_end() {
  done_ = true;
  Socket& socket = wire_->socket();
  socket.client_ended = true;
  if (socket.disturbed || socket.handshake.refused) return;
  INVARIANT(!socket.reset);  // else the server's last word would have been lost
  told_off_ = true;
  if (manner_ == Manner::kPlainHttp) {
    INVARIANT(received_.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    INVARIANT(received_.ends_with("This is an HTTPS port: ask with https:// here.\n"));
  } else if (manner_ == Manner::kGarbage) {
    INVARIANT(received_.empty());  // OpenSSL answers nobody who has not begun
  } else {
    INVARIANT(wire_->failed() && received_.empty());
  }
}

}  // namespace simulation
