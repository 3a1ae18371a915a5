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

namespace server {

// Whoever waits for the answer of a message's exchange.
class ResponseListener {
 public:
  ResponseListener() = default;
  ResponseListener(const ResponseListener&) = delete;
  ResponseListener& operator=(const ResponseListener&) = delete;
  virtual ~ResponseListener() = default;
  virtual void on_response() = 0;
};

struct Http1Message {
  Http1Message() : exchange(core::Callback<void()>::to<&Http1Message::on_response>(*this)) {}
  void on_response() { listener->on_response(); }

  ResponseListener* listener = nullptr;  // the session that has taken it
  Exchange exchange;
  Http1Parser parser;
  HeadScan scan;
  std::string head;                 // what `exchange.request` points into
  std::string path;                 // likewise
  std::uint64_t content_bytes = 0;  // of the request
};

class Http1MessagePool {
 public:
  static constexpr std::size_t kKept = 256;
  // A message whose buffers grew beyond this is not kept.
  static constexpr std::size_t kKeptBytes = 4096;

  [[nodiscard]] std::unique_ptr<Http1Message> take(ResponseListener& listener);
  void give_back(std::unique_ptr<Http1Message> message);

 private:
  std::vector<std::unique_ptr<Http1Message>> free_;
};

}  // namespace server
