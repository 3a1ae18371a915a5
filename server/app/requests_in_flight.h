// RequestsInFlight: which requests a loop has not answered to their end, the oldest first. The loop
// says it when somebody asks, who waits for a moment: so a loop that is held keeps nobody waiting,
// and one that nobody asks does nothing.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
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
    core::TimePoint when;  // TimePoint{}: nothing yet, or not within the limit
    std::vector<RequestInFlight> oldest;
    bool more = false;  // than are named

    [[nodiscard]] bool nothing() const { return when == core::TimePoint{}; }
  };

  // Both are the loop's, and outlive this.
  RequestsInFlight(core::Inbox& inbox, HttpContext& http);
  RequestsInFlight(const RequestsInFlight&) = delete;
  RequestsInFlight& operator=(const RequestsInFlight&) = delete;
  // Nobody asks any more, and the loop has ended.
  ~RequestsInFlight() = default;

  // One thread at a time, none of a loop's. What each loop says within `limit`; else nothing. They
  // have it together: many that are held keep nobody waiting for longer than one.
  [[nodiscard]] static std::vector<Said> ask_all(std::span<RequestsInFlight* const> all,
                                                 core::Duration limit);

 private:
  // So many answers there were before.
  [[nodiscard]] std::uint32_t ask();
  [[nodiscard]] Said answer_after(std::uint32_t before, core::TimePoint until);
  void say();

  core::Inbox& inbox_;
  HttpContext& http_;
  core::Message question_;
  std::atomic<bool> asked_{false};
  std::atomic<std::uint32_t> answers_{0};  // a futex
  core::Mutex mutex_;
  Said said_ GUARDED_BY(mutex_);
};

}  // namespace server
