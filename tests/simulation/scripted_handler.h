// ScriptedHandler: answers what a plan asks for: at once or late, from memory or a file, with sinks
// that have room or not. One thread.
#pragma once

#include <cstddef>
#include <list>

#include "server/http/exchange.h"
#include "tests/simulation/random.h"

namespace simulation {

class ScriptedHandler final : public server::Handler {
 public:
  explicit ScriptedHandler(Random& random) : random_(random) {}

  void open_body(server::Exchange& exchange) override;
  void start(server::Exchange& exchange) override;

  // Between turns: some answers become ready, some sinks have room again, some streams go on.
  void step();
  // What is kept for exchanges that have not ended.
  [[nodiscard]] std::size_t contexts() const { return contexts_; }

 private:
  class Context;
  class Sink;
  class Stream;

  void respond(server::Exchange& exchange);

  Random& random_;
  std::list<Context*> waiting_;  // for their answers
  std::list<Sink*> full_;
  std::list<Stream*> streams_;
  std::size_t contexts_ = 0;
};

}  // namespace simulation
