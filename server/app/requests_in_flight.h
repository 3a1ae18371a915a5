// RequestsInFlight: which requests a loop has not answered to their end, the oldest first. Whoever
// asks gets what the loop has said last, and makes it say it anew: so a loop that is held keeps
// nobody waiting, and one that nobody asks does nothing.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/thread_annotations.h"
#include "core/io/inbox.h"
#include "server/http/http1_session.h"

namespace server {

enum class RequestStage : std::uint8_t {
  kContent,  // its content is being received
  kHandler,  // its handler works, or waits for a lane
  kSending   // its answer is being sent
};

[[nodiscard]] constexpr std::string_view stage_name(RequestStage stage) {
  constexpr std::array<std::string_view, 3> kNames{"receives its content", "waits for its answer",
                                                   "is answered"};
  return kNames[static_cast<std::size_t>(stage)];
}

struct RequestInFlight {
  std::string route;  // empty: none answers it
  RequestStage stage = RequestStage::kHandler;
  core::TimePoint began;
};

class RequestsInFlight {
 public:
  static constexpr std::size_t kRequestsMax = 32;  // that are named

  struct Said {
    core::TimePoint when;  // TimePoint{}: nothing yet
    std::vector<RequestInFlight> oldest;
    bool more = false;  // than are named
  };

  // Both are the loop's, and outlive this.
  RequestsInFlight(core::Inbox& inbox, HttpContext& http);
  RequestsInFlight(const RequestsInFlight&) = delete;
  RequestsInFlight& operator=(const RequestsInFlight&) = delete;
  // Nobody asks any more, and the loop has ended.
  ~RequestsInFlight() = default;

  // Any thread but the loop's.
  [[nodiscard]] Said ask();

 private:
  void say();

  core::Inbox& inbox_;
  HttpContext& http_;
  core::Message question_;
  std::atomic<bool> asked_{false};
  core::Mutex mutex_;
  Said said_ GUARDED_BY(mutex_);
};

}  // namespace server
