// ScriptedClient: one client of a simulated life: sends its plan in pieces, reads when it likes,
// and holds every byte of the answers against the plan. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/client_wire.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/users_files.h"

namespace simulation {

class ScriptedClient {
 public:
  struct Verdicts {
    std::uint64_t wrong = 0;   // 401
    std::uint64_t busy = 0;    // 503
    std::uint64_t failed = 0;  // 500
  };

  // `files` decide about requests with a password.
  ScriptedClient(std::unique_ptr<ClientWire> wire, Plan plan, const UsersFiles& files,
                 Random& random);

  // Does something, or nothing. `orderly`: never resets the connection or leaves too soon.
  void step(bool orderly);
  // Sends and reads as fast as it can.
  void hurry();
  // Goes away, in one of the two ways there are.
  void leave();

  // Nothing more is to be expected of this connection.
  [[nodiscard]] bool done() const { return done_; }
  // Every answer was good and there.
  [[nodiscard]] bool complete() const { return answered_ == plan_.size(); }
  [[nodiscard]] ClientWire& wire() { return *wire_; }
  // Some answer has begun to come.
  [[nodiscard]] bool answered() const { return answered_ > 0 || in_content_; }
  // A request with credentials has left, and its answer has not begun to come.
  [[nodiscard]] bool awaits_verdict() const;
  [[nodiscard]] const PlannedExchange& awaited() const { return plan_[answered_]; }
  // What was said to those who brought credentials.
  [[nodiscard]] const Verdicts& verdicts() const { return verdicts_; }

 private:
  struct Head {
    int status = 0;
    std::uint64_t length = 0;
    bool has_length = false;
    bool has_chunks = false;
    std::string challenge;          // empty: there is none
    std::uint64_t retry_after = 0;  // likewise
    bool closes = false;
  };

  void send(std::size_t size_max);
  void send_plan(std::size_t size_max);
  void read(std::size_t size_max);
  void check();
  [[nodiscard]] bool check_head();
  [[nodiscard]] bool check_content();
  [[nodiscard]] bool check_chunk();
  void check_bytes(std::size_t size);
  void end_answer();
  void check_status(const PlannedExchange& planned);
  void check_length(const PlannedExchange& planned);
  void check_verdict(const PlannedExchange& planned);
  [[nodiscard]] std::size_t may_send_to() const;
  void on_end();

  const std::unique_ptr<ClientWire> wire_;
  const Plan plan_;
  const UsersFiles& files_;
  Random& random_;
  std::string to_send_;
  std::vector<std::size_t> ends_;  // of each request in to_send_
  std::size_t sent_ = 0;
  std::vector<std::size_t> versions_;  // of the files, when each request began to leave
  bool pipelines_ = false;
  bool stays_ = false;        // keeps the connection open when all is answered
  bool half_closes_ = false;  // or ends its side as soon as all is sent
  bool mute_ = false;         // sends nothing any more
  bool deaf_ = false;         // reads nothing any more

  std::string received_;  // not yet checked
  std::size_t answered_ = 0;
  bool went_on_ = false;  // the server asked for the content of the one that is due
  bool in_content_ = false;
  Head head_;
  std::string_view literal_;  // the content that is due
  std::uint64_t content_checked_ = 0;
  std::size_t chunk_left_ = 0;
  bool chunk_to_end_ = false;  // all but the line end behind it is here
  bool last_seen_ = false;
  Verdicts verdicts_;
  bool done_ = false;
};

}  // namespace simulation
