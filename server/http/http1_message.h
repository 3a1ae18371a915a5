// Http1Message: everything that one HTTP/1.1 request in progress needs, taken from its loop's pool
// with the request's first byte and given back when its answer has been handed on, so that an idle
// connection owns none and a hot loop allocates none. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/http/exchange.h"
#include "server/http/head_scan.h"
#include "server/http/http1_parser.h"
#include "server/http/request_rules.h"

namespace server {

// Whoever is to be told that a message's exchange goes on: it has its answer, or its sink has room.
class ProgressListener {
 public:
  ProgressListener() = default;
  ProgressListener(const ProgressListener&) = delete;
  ProgressListener& operator=(const ProgressListener&) = delete;
  virtual ~ProgressListener() = default;
  virtual void on_progress() = 0;
};

struct Http1Message {
  Http1Message() : exchange(core::Callback<void()>::to<&Http1Message::on_progress>(*this)) {}
  void on_progress() { listener->on_progress(); }

  ProgressListener* listener = nullptr;  // the session that has taken it
  Exchange exchange;
  Http1Parser parser;
  HeadScan scan;
  std::string head;        // what `exchange.request` points into
  RequestStorage storage;  // likewise
};

class Http1MessagePool {
 public:
  static constexpr std::size_t kKept = 256;
  // A message whose buffers grew beyond this is not kept.
  static constexpr std::size_t kKeptBytes = 4096;

  [[nodiscard]] std::unique_ptr<Http1Message> take(ProgressListener& listener);
  void give_back(std::unique_ptr<Http1Message> message);

 private:
  std::vector<std::unique_ptr<Http1Message>> free_;
};

}  // namespace server
