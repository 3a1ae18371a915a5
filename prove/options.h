// What `ouro prove` is asked for. Values.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace prove {

struct Options {
  std::string engine = "auto";
  std::size_t seconds = 5;              // of each storm
  std::size_t rate = 1000;              // of plain requests, a second
  std::chrono::milliseconds budget{5};  // for their p99: see verdict.h
  std::vector<std::string> storms;      // by their names; empty: all
  bool json = false;
  std::string program = "/proc/self/exe";  // the server that is tried
};

}  // namespace prove
