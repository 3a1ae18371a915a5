// ScriptedHandler: a handler whose behaviour is written in the target of each request, and which
// keeps count of what it was told: every exchange begins once and ends once. Belongs to its test;
// one thread.
//
//   /sink    reads content              /early  answers before the content has come
//   /slow    reads it piece by piece    /abrupt answers as soon as some of it has come
//   /late    answers when told          /close  wants the connection to end
//   /file    answers with a file        /204, /304: without content
//   /big     answers with shared bytes
#pragma once

#include <memory>
#include <string>

#include "server/http/exchange.h"

namespace fuzz {

class ScriptedHandler final : public server::Handler {
 public:
  ScriptedHandler();

  void open_body(server::Exchange& exchange) override;
  void start(server::Exchange& exchange) override;

  // Each says whether there was something to do.
  bool answer_late();
  bool make_room();

  bool sinks_are_full = false;
  // "open POST /sink;content 5:hello;end;start": what it saw, in order.
  [[nodiscard]] const std::string& events() const { return events_; }
  // Of exchanges that it was given and that still exist.
  [[nodiscard]] int alive() const { return alive_; }

 private:
  class Context;

  Context& context_of(server::Exchange& exchange);
  void answer(server::Exchange& exchange);
  void note(const std::string& event) { events_ += event + ";"; }

  std::shared_ptr<const core::OpenFile> file_;
  std::shared_ptr<const std::string> shared_;
  std::string events_;
  Context* context_ = nullptr;  // HTTP/1.1 has at most one
  int alive_ = 0;
};

}  // namespace fuzz
