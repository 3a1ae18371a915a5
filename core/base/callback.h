// Callback<void(Args...)>: a member function bound to its object, two words, no allocation and no
// ownership. It is set once, when its owner is built, and never re-aimed: what an event does does
// not depend on the past. The bound object must outlive the callback's last call.
#pragma once

#include "core/base/invariant.h"

namespace core {

template <typename Signature>
class Callback;

template <typename... Args>
class Callback<void(Args...)> {
 public:
  Callback() = default;

  // Callback<void(int)>::to<&Owner::on_event>(owner)
  template <auto Method, typename Owner>
  [[nodiscard]] static Callback to(Owner& owner) {
    return Callback(&owner, [](void* target, Args... args) {
      (static_cast<Owner*>(target)->*Method)(args...);
    });
  }

  void operator()(Args... args) const {
    INVARIANT(function_ != nullptr);
    function_(owner_, args...);
  }

 private:
  using Function = void (*)(void*, Args...);
  Callback(void* owner, Function function) : owner_(owner), function_(function) {}

  void* owner_ = nullptr;
  Function function_ = nullptr;
};

}  // namespace core
