// Doing: for whom a loop works, in words: right now, for whoever asks what holds it, and since its
// turn began, for whoever asks why that was long. The words outlive the loop's probe and watch.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <span>
#include <string>

namespace core {

class Doing {
 public:
  // Of a turn; more than these are only counted. The same name twice in a row counts once.
  static constexpr std::size_t kNamesMax = 4;

  // --- Loop thread.
  void begin(const std::string& name) {
    now_.store(&name, std::memory_order_release);
    if (&name != last_) remember(name);
  }
  void end() { now_.store(nullptr, std::memory_order_relaxed); }

  void begin_turn() {
    last_ = nullptr;
    count_ = 0;
  }
  // Of this turn, in the order in which they began.
  [[nodiscard]] std::span<const std::string* const> names() const {
    return {names_.data(), count_ < kNamesMax ? count_ : kNamesMax};
  }
  [[nodiscard]] std::size_t more() const { return count_ > kNamesMax ? count_ - kNamesMax : 0; }

  // Any thread; null: nobody says.
  [[nodiscard]] const std::string* now() const { return now_.load(std::memory_order_acquire); }

 private:
  void remember(const std::string& name) {
    last_ = &name;
    if (count_ < kNamesMax) names_[count_] = &name;
    ++count_;
  }

  std::atomic<const std::string*> now_{nullptr};
  const std::string* last_ = nullptr;
  std::size_t count_ = 0;
  std::array<const std::string*, kNamesMax> names_{};
};

// While it lives, the loop works for `name`. Either may be null: then nobody says.
class DoingFor {
 public:
  DoingFor(Doing* doing, const std::string* name) : doing_(name == nullptr ? nullptr : doing) {
    if (doing_ != nullptr) doing_->begin(*name);
  }
  DoingFor(const DoingFor&) = delete;
  DoingFor& operator=(const DoingFor&) = delete;
  ~DoingFor() {
    if (doing_ != nullptr) doing_->end();
  }

 private:
  Doing* const doing_;
};

}  // namespace core
