// RudeClient: comes to a port with TLS and does not speak it, or not for long. It must be told so
// and seen off, at nobody's expense. One thread.
#pragma once

#include <cstdint>
#include <memory>

#include "tests/simulation/client_wire.h"

namespace simulation {

class RudeClient {
 public:
  enum class Manner : std::uint8_t {
    kGarbage,             // instead of a hello
    kPlainHttp,           // likewise
    kJunkBehindHello,     // more than anybody asked for
    kJunkBehindHandshake  // where a record is due
  };

  // `wire`: TLS for those who begin well.
  RudeClient(std::unique_ptr<ClientWire> wire, Manner manner, Random& random);
  [[nodiscard]] static bool begins_well(Manner manner) {
    return manner == Manner::kJunkBehindHello || manner == Manner::kJunkBehindHandshake;
  }

  // As a ScriptedClient's.
  void step(bool orderly);
  void hurry();

  [[nodiscard]] bool done() const { return done_; }
  // The server has said what it had to say to that.
  [[nodiscard]] bool told_off() const { return told_off_; }
  [[nodiscard]] Manner manner() const { return manner_; }

 private:
  void read(std::size_t size_max);
  void spoil();
  void on_end();

  const std::unique_ptr<ClientWire> wire_;
  const Manner manner_;
  Random& random_;
  bool spoilt_ = false;
  bool mute_ = false;
  std::string received_;  // in the clear
  bool done_ = false;
  bool told_off_ = false;
};

}  // namespace simulation
