// ScriptedClient: one client of a simulated life: sends its plan in pieces, reads when it likes,
// and holds every byte of the answers against the plan. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "tests/simulation/client_wire.h"
#include "tests/simulation/plan.h"

namespace simulation {

class ScriptedClient {
 public:
  ScriptedClient(std::unique_ptr<ClientWire> wire, Plan plan, Random& random);

  // Does something, or nothing. `orderly`: never resets the connection or leaves too soon.
  void step(bool orderly);
  // Sends and reads as fast as it can.
  void hurry();

  // Nothing more is to be expected of this connection.
  [[nodiscard]] bool done() const { return done_; }
  // Every answer was good and there.
  [[nodiscard]] bool complete() const { return answered_ == plan_.size(); }
  [[nodiscard]] ClientWire& wire() { return *wire_; }
  // Some answer has begun to come.
  [[nodiscard]] bool answered() const { return answered_ > 0 || in_content_; }

 private:
  struct Head {
    int status = 0;
    std::uint64_t length = 0;
    bool has_length = false;
    bool closes = false;
  };

  void send(std::size_t size_max);
  void send_plan(std::size_t size_max);
  void read(std::size_t size_max);
  void check();
  [[nodiscard]] bool check_head();
  [[nodiscard]] bool check_content();
  void check_status(const PlannedExchange& planned, const Head& head) const;
  void on_end();

  const std::unique_ptr<ClientWire> wire_;
  const Plan plan_;
  Random& random_;
  std::string to_send_;
  std::vector<std::size_t> ends_;  // of each request in to_send_
  std::size_t sent_ = 0;
  bool pipelines_ = false;
  bool stays_ = false;        // keeps the connection open when all is answered
  bool half_closes_ = false;  // or ends its side as soon as all is sent
  bool mute_ = false;         // sends nothing any more
  bool deaf_ = false;         // reads nothing any more

  std::string received_;  // not yet checked
  std::size_t answered_ = 0;
  bool in_content_ = false;
  Head head_;
  std::uint64_t content_checked_ = 0;
  bool last_seen_ = false;
  bool done_ = false;
};

}  // namespace simulation
