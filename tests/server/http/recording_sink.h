// RecordingSink: a handler's sink for a request's content that writes down what it is given, and a
// Wire whose handler opens one for every body. One thread; the record outlives the sink, so that a
// test can see that the sink is gone.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "tests/server/http/wire.h"

namespace http_test {

// "[hello|end]start": content, its end, and the handler's start, in the order in which they came.
struct SinkRecord {
  std::string log;
  std::size_t opened = 0;
  std::size_t gone = 0;
  bool has_room = true;
  server::Exchange* exchange = nullptr;  // the last that was opened
  std::function<void()> on_content = [] {};
};

class RecordingSink final : public server::HandlerContext, public server::BodySink {
 public:
  explicit RecordingSink(SinkRecord& record) : record_(record) {
    ++record_.opened;
    record_.log += '[';
  }
  RecordingSink(const RecordingSink&) = delete;
  RecordingSink& operator=(const RecordingSink&) = delete;
  ~RecordingSink() override { ++record_.gone; }

  void on_content(std::span<const std::byte> bytes) override {
    record_.log.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    record_.on_content();
  }
  void on_content_end() override { record_.log += "|end]"; }
  [[nodiscard]] bool has_room() const override { return record_.has_room; }

 private:
  SinkRecord& record_;
};

// small_limits() with room for bodies of a megabyte.
[[nodiscard]] inline server::HttpLimits limits_for_bodies() {
  server::HttpLimits limits = small_limits();
  limits.body_bytes_max = 1'000'000;
  return limits;
}

struct SinkWire {
  explicit SinkWire(const server::HttpLimits& limits = limits_for_bodies()) : wire(limits) {
    wire.dispatcher.open = [this](server::Exchange& exchange) { open_sink(exchange); };
    wire.dispatcher.respond = [this](server::Exchange& exchange) {
      if (exchange.body_sink != nullptr) record.log += "start";
      echo(exchange);
    };
  }
  SinkWire(const SinkWire&) = delete;
  SinkWire& operator=(const SinkWire&) = delete;
  ~SinkWire() = default;

  void open_sink(server::Exchange& exchange) {
    record.exchange = &exchange;
    auto sink = std::make_unique<RecordingSink>(record);
    exchange.body_sink = sink.get();
    exchange.context = std::move(sink);
  }

  SinkRecord record;
  Wire wire;
};

}  // namespace http_test
