// LoneExchange: an exchange without a session, whose answer nobody waits for. One thread.
#pragma once

#include "server/http/exchange.h"

namespace http_test {

class LoneExchange : public server::Exchange {
 public:
  LoneExchange() : Exchange(core::Callback<void()>::to<&LoneExchange::on_progress>(*this)) {}

 private:
  void on_progress() {}
};

}  // namespace http_test
