#include "tests/fuzz/scripted_handler.h"

#include <string_view>

#include "core/base/invariant.h"
#include "tests/server/http/memory_file.h"

namespace fuzz {
namespace {

constexpr std::string_view kFileText = "what is in the file\n";

bool names(const server::Exchange& exchange, std::string_view word) {
  return exchange.request.target_text.find(word) != std::string_view::npos;
}

}  // namespace

// Lives exactly as long as its handler may be asked about the exchange.
class ScriptedHandler::Context final : public server::HandlerContext, public server::BodySink {
 public:
  Context(ScriptedHandler& handler, server::Exchange& owner) : exchange(owner), handler_(handler) {
    INVARIANT(handler_.context_ == nullptr);
    handler_.context_ = this;
    ++handler_.alive_;
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() override {
    // What came in pieces is noted as a whole: how it was cut must not show.
    handler_.note("content " + content_);
    handler_.context_ = nullptr;
    --handler_.alive_;
  }

  void on_content(std::span<const std::byte> bytes) override {
    INVARIANT(!bytes.empty() && !content_ended_);
    content_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (names(exchange, "slow")) waits = true;
    if (names(exchange, "abrupt") && !exchange.responded()) handler_.answer(exchange);
  }
  void on_content_end() override {
    INVARIANT(!content_ended_);
    content_ended_ = true;
    handler_.note("end");
  }
  [[nodiscard]] bool has_room() const override { return !waits && !handler_.sinks_are_full; }

  server::Exchange& exchange;
  bool waits = false;
  bool late = false;

 private:
  ScriptedHandler& handler_;
  std::string content_;
  bool content_ended_ = false;
};

ScriptedHandler::ScriptedHandler()
    : file_(http_test::file_with(kFileText)),
      shared_(std::make_shared<const std::string>(5000, 'b')) {}

ScriptedHandler::Context& ScriptedHandler::context_of(server::Exchange& exchange) {
  if (exchange.context == nullptr) {
    exchange.context = std::make_unique<Context>(*this, exchange);
  }
  INVARIANT(&context_->exchange == &exchange);
  return *context_;
}

void ScriptedHandler::open_body(server::Exchange& exchange) {
  note("open " + std::string(exchange.request.target_text));
  INVARIANT(exchange.request.has_body && exchange.context == nullptr);
  Context& context = context_of(exchange);
  if (names(exchange, "sink") || names(exchange, "slow") || names(exchange, "abrupt")) {
    exchange.body_sink = &context;
  }
  if (names(exchange, "early")) answer(exchange);
}

void ScriptedHandler::start(server::Exchange& exchange) {
  note("start " + std::string(exchange.request.target_text));
  INVARIANT((exchange.context != nullptr) == exchange.request.has_body && !exchange.responded());
  Context& context = context_of(exchange);
  if (names(exchange, "late")) {
    context.late = true;
  } else {
    answer(exchange);
  }
}

bool ScriptedHandler::answer_late() {
  if (context_ == nullptr || !context_->late) return false;
  context_->late = false;
  answer(context_->exchange);
  return true;
}

bool ScriptedHandler::make_room() {
  if (context_ == nullptr || !context_->waits) return false;
  context_->waits = false;
  context_->exchange.resume_body();
  return true;
}

void ScriptedHandler::answer(server::Exchange& exchange) {
  server::Response& response = exchange.response;
  response.status = names(exchange, "204") ? 204 : names(exchange, "304") ? 304 : 200;
  exchange.close_requested = names(exchange, "close");
  if (names(exchange, "file")) {
    response.body = server::FileBody{file_, 2, kFileText.size() - 2};
  } else if (names(exchange, "big")) {
    response.body = server::BytesBody{*shared_, shared_};
  } else {
    response.body = server::TextBody{std::string(exchange.request.method_text) + " " +
                                     std::string(exchange.request.target_text)};
  }
  exchange.respond();
}

}  // namespace fuzz
