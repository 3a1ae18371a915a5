// CrossOrigin: what the answers of a route tell browsers about scripts of other origins (Fetch
// standard, "CORS protocol"). It protects nobody but the user of a browser: who may not read an
// answer gets the same one, without the fields that would let him. Immutable; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/exchange.h"

namespace server {

class CrossOrigin {
 public:
  struct Rules {
    std::vector<std::string> origins;  // as browsers write them; "*" alone is any
    std::vector<std::string> methods;
    std::vector<std::string> headers;  // that a request may carry; "*" alone is any
    bool credentials = false;
    std::chrono::seconds max_age{0};  // of a preflight's answer; 0: not said
  };

  explicit CrossOrigin(Rules rules);

  // Of the answer to `request`, one "Name: value\r\n" after the other.
  [[nodiscard]] std::string fields(const Request& request) const;
  // Of the answer to a preflight.
  [[nodiscard]] std::string preflight_fields(const Request& request) const;

 private:
  void append_origin(std::optional<std::string_view> origin, std::string& out) const;
  [[nodiscard]] bool allows(std::optional<std::string_view> origin) const;

  const Rules rules_;
  const bool any_origin_;
  const bool any_header_;
  std::string of_preflights_;  // what an answer to one that is allowed has in any case
};

// The method that a browser asks for in a preflight; nullopt when the request is none.
[[nodiscard]] std::optional<std::string_view> preflight_method(const Request& request);

}  // namespace server
