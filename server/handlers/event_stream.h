// EventStream: an answer without an end that tells of what is new (server-sent events, HTML 9.2):
// one text for all its clients, made once per period, and only while there are any. A client that
// reads too slowly misses some and never gets an old one late. Made on the loop, so only where it
// may take its time. Loop thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "core/base/intrusive_list.h"
#include "core/io/event_loop.h"
#include "server/http/exchange.h"

namespace server {

class EventStream final : public Handler {
 public:
  struct Options {
    core::Duration period = std::chrono::milliseconds(500);
    // When a client whose connection was lost is to come back.
    std::chrono::milliseconds retry = std::chrono::seconds(1);
    std::size_t clients_max = 16;  // the next one gets 503
  };

  // `make`: one line. The loop outlives this, this outlives its exchanges.
  EventStream(core::EventLoop& loop, std::function<std::string()> make, Options options);
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;
  ~EventStream() override = default;

  void start(Exchange& exchange) override;

 private:
  class Client;

  void on_tick();
  void make_event();

  core::EventLoop& loop_;
  const std::function<std::string()> make_;
  const Options options_;
  core::IntrusiveList<Client> clients_;
  std::size_t count_ = 0;
  std::shared_ptr<const std::string> event_;  // the newest; null while nobody listens
  core::Timer timer_;
};

}  // namespace server
