// The few lines a start prints: version, engine and why, loops, listeners, sites. Main thread.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "core/io/backend.h"

namespace server {

struct StartFacts {
  core::Engine engine;
  std::size_t loops = 0;
  std::size_t connections_max = 0;
  std::vector<std::string> addresses;  // as bound: "http://127.0.0.1:80", "unix:/run/x"
  std::string admin;                   // likewise; empty: none
  std::string logins;                  // LoginRate::text; empty: nobody has a password
  bool proof = false;                  // ServingMode's
  // Of each site, by its index: a line for each of its certificates.
  std::vector<std::vector<std::string>> certificates;
};

[[nodiscard]] std::string start_table(const config::Config& config, const StartFacts& facts);

}  // namespace server
