// GeneratedText: answers with a text that is made for each request, on the loop: so only on a loop
// that may take its time. Loop thread only.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "server/http/exchange.h"

namespace server {

class GeneratedText final : public Handler {
 public:
  GeneratedText(std::string type, std::function<std::string()> make)
      : type_(std::move(type)), make_(std::move(make)) {}

  void start(Exchange& exchange) override;

 private:
  const std::string type_;
  const std::function<std::string()> make_;
};

}  // namespace server
