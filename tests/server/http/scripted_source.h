// An answer whose content comes when the test says so, and what its source has seen. One thread.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "server/http/exchange.h"

namespace http_test {

struct StreamScript {
  std::deque<server::BodyPiece> pieces;  // that are here
  bool endless = false;                  // there is always another one: `pieces` once more
  // Behind the pieces.
  server::BodySource::Next behind = server::BodySource::Next::kLater;

  server::Exchange* exchange = nullptr;  // of the last request
  std::size_t asked = 0;
  std::size_t taken = 0;
  std::size_t gone = 0;  // sources that were destroyed

  void add(std::string text) { pieces.emplace_back(server::TextBody{std::move(text)}); }
  void tell() const { exchange->continue_body(); }
};

// `script` outlives the exchange.
inline void respond_from_script(server::Exchange& exchange, StreamScript& script) {
  class Source final : public server::HandlerContext, public server::BodySource {
   public:
    explicit Source(StreamScript& script) : script_(script) {}
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    ~Source() override { ++script_.gone; }
    [[nodiscard]] Next take(server::BodyPiece& piece) override {
      ++script_.asked;
      if (script_.pieces.empty()) return script_.behind;
      piece = script_.pieces.front();
      if (!script_.endless) script_.pieces.pop_front();
      ++script_.taken;
      return Next::kPiece;
    }

   private:
    StreamScript& script_;
  };
  auto source = std::make_unique<Source>(script);
  server::BodySource& body = *source;
  script.exchange = &exchange;
  exchange.context = std::move(source);
  exchange.response.status = 200;
  exchange.respond_from(body);
}

}  // namespace http_test
