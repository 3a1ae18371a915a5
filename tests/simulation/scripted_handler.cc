#include "tests/simulation/scripted_handler.h"

#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/invariant.h"
#include "server/http/exchange.h"
#include "tests/simulation/kernel.h"
#include "tests/simulation/plan.h"

namespace simulation {
namespace {

// "/text/12/345": the word, then up to two numbers.
struct Wish {
  std::string_view word;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

std::uint64_t take_number(std::string_view& path) {
  std::uint64_t number = 0;
  if (path.empty()) return 0;
  path.remove_prefix(1);
  const auto result = std::from_chars(path.data(), path.data() + path.size(), number);
  path.remove_prefix(static_cast<std::size_t>(result.ptr - path.data()));
  return number;
}

Wish wish_of(std::string_view path) {
  INVARIANT(path.starts_with('/'));
  path.remove_prefix(1);
  Wish wish;
  wish.word = path.substr(0, path.find('/'));
  path.remove_prefix(wish.word.size());
  wish.first = take_number(path);
  wish.second = take_number(path);
  return wish;
}

std::string text_of(const Wish& wish) {
  std::string text(wish.second, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = text_byte(wish.first, i);
  return text;
}

}  // namespace

// Kept with an exchange; unlinks itself when the exchange is given up.
class ScriptedHandler::Context : public server::HandlerContext {
 public:
  Context(ScriptedHandler& handler, server::Exchange& exchange)
      : handler_(handler), exchange_(exchange) {
    ++handler_.contexts_;
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() override {
    --handler_.contexts_;
    handler_.waiting_.remove(this);
  }
  [[nodiscard]] server::Exchange& exchange() { return exchange_; }

 protected:
  ScriptedHandler& handler_;
  server::Exchange& exchange_;
};

class ScriptedHandler::Sink final : public Context, public server::BodySink {
 public:
  Sink(ScriptedHandler& handler, server::Exchange& exchange, std::size_t enough)
      : Context(handler, exchange), enough_(enough) {
    exchange.body_sink = this;
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() override { handler_.full_.remove(this); }

  void on_content(std::span<const std::byte> bytes) override {
    INVARIANT(!bytes.empty() && !ended_);
    content_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    // Whoever has enough says so now, or some time later.
    if (content_.size() >= enough_ && handler_.random_.chance(0.5)) say_enough();
    if (has_room_ && handler_.random_.chance(0.1)) {
      has_room_ = false;
      handler_.full_.push_back(this);
    }
  }
  void on_content_end() override {
    INVARIANT(!ended_);
    ended_ = true;
  }
  [[nodiscard]] bool has_room() const override { return has_room_; }

  void say_enough() {
    if (exchange_.responded()) return;
    exchange_.response.status = 200;
    exchange_.response.body = server::TextBody{"enough"};
    exchange_.respond();
  }
  void make_room() {
    has_room_ = true;
    if (content_.size() >= enough_) say_enough();
    exchange_.resume_body();
  }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] const std::string& content() const { return content_; }

 private:
  const std::size_t enough_;
  std::string content_;
  bool has_room_ = true;
  bool ended_ = false;
};

// Comes in pieces, with pauses.
class ScriptedHandler::Stream final : public Context, public server::BodySource {
 public:
  Stream(ScriptedHandler& handler, server::Exchange& exchange, std::string text)
      : Context(handler, exchange), text_(std::make_shared<const std::string>(std::move(text))) {
    handler_.streams_.push_back(this);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() override { handler_.streams_.remove(this); }

  [[nodiscard]] Next take(server::BodyPiece& piece) override {
    INVARIANT(!ended_);
    if (handler_.random_.chance(0.3)) return Next::kLater;
    const std::string_view left = std::string_view(*text_).substr(given_);
    ended_ = left.empty();
    if (ended_) return Next::kEnd;
    const std::string_view next =
        left.substr(0, handler_.random_.between(1, handler_.random_.chance(0.5) ? 100 : 20'000));
    given_ += next.size();
    if (handler_.random_.chance(0.5)) {
      piece = server::TextBody{std::string(next)};
    } else {
      piece = server::BytesBody{next, text_};
    }
    return Next::kPiece;
  }
  void go_on() { exchange_.continue_body(); }

 private:
  const std::shared_ptr<const std::string> text_;
  std::size_t given_ = 0;
  bool ended_ = false;
};

void ScriptedHandler::open_body(server::Exchange& exchange) {
  INVARIANT(exchange.request.has_body && exchange.context == nullptr);
  const std::string_view path = read_path(exchange.request.path).rest;
  if (path == "/sink") exchange.context = std::make_unique<Sink>(*this, exchange, SIZE_MAX);
  if (!path.starts_with("/early/")) return;
  const std::uint64_t enough = wish_of(path).first;
  auto sink = std::make_unique<Sink>(*this, exchange, enough);
  if (enough == 0) sink->say_enough();
  exchange.context = std::move(sink);
}

void ScriptedHandler::start(server::Exchange& exchange) {
  INVARIANT(!exchange.responded());
  const auto [guard, path] = read_path(exchange.request.path);
  INVARIANT(path != "/smuggled");
  INVARIANT(exchange.user.empty() != guard.has_value());
  if (auto* sink = dynamic_cast<Sink*>(exchange.context.get())) {
    INVARIANT(sink->ended());
    const bool wanted_all = path == "/sink";
    exchange.response.status = 200;
    exchange.response.body = server::TextBody{wanted_all ? digest_of(sink->content()) : "enough"};
    exchange.close_requested = !wanted_all;
    exchange.respond();
    return;
  }
  INVARIANT(exchange.context == nullptr);
  const bool late = path.starts_with("/late/") || random_.chance(0.1);
  if (!late) {
    respond(exchange);
    return;
  }
  auto context = std::make_unique<Context>(*this, exchange);
  waiting_.push_back(context.get());
  exchange.context = std::move(context);
}

void ScriptedHandler::step() {
  while (!waiting_.empty() && random_.chance(0.5)) {
    auto chosen =
        std::next(waiting_.begin(), static_cast<std::ptrdiff_t>(random_.below(waiting_.size())));
    Context* context = *chosen;
    waiting_.erase(chosen);
    respond(context->exchange());
  }
  while (!full_.empty() && random_.chance(0.5)) {
    Sink* sink = full_.front();
    full_.pop_front();
    sink->make_room();
  }
  for (Stream* stream : streams_) {
    if (random_.chance(0.5)) stream->go_on();
  }
}

void ScriptedHandler::respond(server::Exchange& exchange) {
  const Wish wish = wish_of(read_path(exchange.request.path).rest);
  server::Response& response = exchange.response;
  response.status = 200;
  if (wish.word == "stream") {
    auto stream = std::make_unique<Stream>(*this, exchange, text_of(wish));
    server::BodySource& source = *stream;
    exchange.context = std::move(stream);
    exchange.respond_from(source);
    return;
  }
  if (wish.word == "file") {
    response.body = server::FileBody{simulated_file(), wish.first, wish.second};
  } else if (wish.word == "shared") {
    auto text = std::make_shared<const std::string>(text_of(wish));
    response.body = server::BytesBody{*text, text};
  } else if (wish.word == "sink") {  // which was not known to be somebody's when its content came
    response.body = server::TextBody{std::string(kUnread)};
  } else {
    response.body = server::TextBody{text_of(wish)};
  }
  exchange.close_requested = wish.word == "close";
  exchange.respond();
}

}  // namespace simulation
