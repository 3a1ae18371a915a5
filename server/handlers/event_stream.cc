#include "server/handlers/event_stream.h"

#include <utility>

#include "core/base/invariant.h"

namespace server {

class EventStream::Client final : public HandlerContext,
                                  public BodySource,
                                  public core::ListHook<Client> {
 public:
  Client(EventStream& stream, Exchange& exchange) : stream_(stream), exchange_(exchange) {
    stream_.clients_.push_back(*this);
    ++stream_.count_;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() override { --stream_.count_; }

  [[nodiscard]] Next take(BodyPiece& piece) override {
    if (taken_ == stream_.event_) return Next::kLater;
    taken_ = stream_.event_;
    piece = BytesBody{*taken_, taken_};
    return Next::kPiece;
  }
  void tell() { exchange_.continue_body(); }

 private:
  EventStream& stream_;
  Exchange& exchange_;
  std::shared_ptr<const std::string> taken_;
};

EventStream::EventStream(core::EventLoop& loop, std::function<std::string()> make, Options options)
    : loop_(loop),
      make_(std::move(make)),
      options_(options),
      timer_(core::Callback<void()>::to<&EventStream::on_tick>(*this)) {}

void EventStream::start(Exchange& exchange) {
  if (count_ >= options_.clients_max) {
    exchange.response.fields.add("Retry-After", "10");
    respond_with_status(exchange, 503);
    return;
  }
  if (event_ == nullptr) make_event();
  auto client = std::make_unique<Client>(*this, exchange);
  BodySource& source = *client;
  exchange.context = std::move(client);
  exchange.response.status = 200;
  exchange.response.fields.add("Content-Type", "text/event-stream");
  exchange.response.fields.add("Cache-Control", "no-store");
  exchange.respond_from(source);
}

void EventStream::on_tick() {
  event_.reset();
  if (clients_.empty()) return;
  make_event();
  clients_.for_each([](Client& client) { client.tell(); });
}

void EventStream::make_event() {
  const std::string text = make_();
  INVARIANT(text.find('\n') == std::string::npos);
  event_ = std::make_shared<const std::string>("retry: " + std::to_string(options_.retry.count()) +
                                               "\ndata: " + text + "\n\n");
  loop_.timers().set(timer_, core::Clock::now() + options_.period);
}

}  // namespace server
