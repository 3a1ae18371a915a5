// RouteRecord: a route's name, and what one loop counts of the answers it gives. The loop counts,
// any thread reads the counts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/counter.h"
#include "core/base/duration_counts.h"
#include "server/http/method.h"

namespace server {

class RouteCounts {
 public:
  static constexpr std::size_t kMethods = static_cast<std::size_t>(Method::kUnknown) + 1;
  // By the status's first digit; 0: the client left before there was one.
  static constexpr std::size_t kStatusClasses = 6;

  // Loop thread.
  void note(Method method, int status, std::uint64_t body_bytes) {
    const auto status_class = static_cast<std::size_t>(static_cast<unsigned>(status) / 100);
    requests_[static_cast<std::size_t>(method)][status_class].add();
    body_bytes_.add(body_bytes);
  }
  // Of answers that were sent to their end; see RouteMeter.
  [[nodiscard]] core::DurationCounts& durations() { return durations_; }

  // Any thread.
  [[nodiscard]] std::uint64_t requests(Method method, std::size_t status_class) const {
    return requests_.at(static_cast<std::size_t>(method)).at(status_class).value();
  }
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_.value(); }
  [[nodiscard]] const core::DurationCounts& durations() const { return durations_; }

 private:
  std::array<std::array<core::Counter, kStatusClasses>, kMethods> requests_;
  core::Counter body_bytes_;
  core::DurationCounts durations_;
};

struct RouteRecord {
  std::string name;               // for whoever asks what a loop is doing
  RouteCounts* counts = nullptr;  // several routes may share them; null: nobody counts
};

}  // namespace server
