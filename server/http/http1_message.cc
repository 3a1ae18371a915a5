#include "server/http/http1_message.h"

#include <utility>

namespace server {

std::unique_ptr<Http1Message> Http1MessagePool::take(ProgressListener& listener) {
  std::unique_ptr<Http1Message> message;
  if (free_.empty()) {
    message = std::make_unique<Http1Message>();
  } else {
    message = std::move(free_.back());
    free_.pop_back();
  }
  message->listener = &listener;
  return message;
}

void Http1MessagePool::give_back(std::unique_ptr<Http1Message> message) {
  message->exchange.reset();
  message->listener = nullptr;
  message->scan = HeadScan{};
  message->head.clear();
  if (free_.size() < kKept && message->head.capacity() <= kKeptBytes) {
    free_.push_back(std::move(message));
  }
}

}  // namespace server
