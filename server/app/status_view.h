// StatusView: what /status says (status_json.h), for who shows it. Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace server {

struct HeldLoop {
  double seconds = 0;
  std::string phase;
  std::string doing;
};

struct StatusView {
  // How often durations were seen, by the end of their bucket in seconds; infinity: it has none.
  using Histogram = std::map<double, std::uint64_t>;
  struct Phase {
    std::string name;
    double seconds = 0;
  };
  struct LongTurn {
    double ended = 0;
    double seconds = 0;
    std::string cause;
    std::string phase;
    std::string doing;
    std::string loop;
  };
  struct Loop {
    std::string name;
    std::uint64_t turns = 0;
    std::uint64_t requests = 0;
    bool says_its_requests = true;   // those in flight; not while it is held
    bool has_more_requests = false;  // in flight than are named
    // What blocked it: a turn that was long is one of the first, one that was looked at of the
    // second, and may be both: it was so often at least as the greater says.
    std::uint64_t blocked_turns = 0;
    std::uint64_t blocking_switches = 0;
    double longest_turn = 0;
    std::optional<HeldLoop> held;
    Histogram turn;
    std::vector<Phase> phases;
  };
  struct Lane {
    std::string name;
    std::uint64_t threads = 0;
    std::uint64_t queued = 0;
    std::uint64_t finished = 0;
    std::uint64_t refused = 0;
    double run_seconds = 0;
    Histogram wait;
    Histogram run;
  };
  struct Request {
    std::size_t loop = 0;
    std::string route;
    std::string stage;
    double seconds = 0;
  };

  std::string version;
  std::string engine;
  double time = 0;
  double started = 0;
  std::uint64_t connections = 0;
  std::uint64_t connections_max = 0;
  std::vector<Loop> loops;
  std::vector<Lane> lanes;
  std::vector<Request> requests;
  std::vector<LongTurn> slowest;  // of all loops
};

[[nodiscard]] core::Result<StatusView> read_status(std::string_view json);

}  // namespace server
