// LatestValue: hands values from another thread to a loop, the latest only: one that the loop has
// not looked at yet is replaced by the next. Neither side waits for the other.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "core/base/callback.h"
#include "core/io/inbox.h"

namespace server {

template <typename T>
class LatestValue {
 public:
  // `take` is called on the inbox's loop, which outlives this.
  LatestValue(core::Inbox& inbox, core::Callback<void(const T&)> take)
      : inbox_(inbox),
        take_(take),
        message_(core::Callback<void()>::to<&LatestValue::on_message>(*this)) {}
  LatestValue(const LatestValue&) = delete;
  LatestValue& operator=(const LatestValue&) = delete;
  // Nobody gives any more, and the loop has ended.
  ~LatestValue() { delete next_.load(); }

  // Any thread.
  void give(T value) {
    // What was there before, nobody has looked at.
    delete next_.exchange(new T(std::move(value)));
    if (!posted_.exchange(true)) inbox_.post(message_);
  }

 private:
  void on_message() {
    posted_.store(false);  // first: what comes now is posted again
    const std::unique_ptr<const T> next(next_.exchange(nullptr));
    if (next != nullptr) take_(*next);
  }

  core::Inbox& inbox_;
  const core::Callback<void(const T&)> take_;
  core::Message message_;
  std::atomic<bool> posted_{false};
  // Whoever takes it out owns it. (A shared_ptr that is atomic has a lock inside.)
  std::atomic<T*> next_{nullptr};
};

}  // namespace server
