// A doubly linked list whose links live in the elements: adding and removing never allocates, and
// an element can leave without knowing its list. One thread. The list owns nothing; an element
// unlinks itself when it is destroyed, a list must be empty when it is.
#pragma once

#include "core/base/invariant.h"

namespace core {

// An element may be in several lists at a time by inheriting hooks with different tags.
template <typename Tag>
class ListHook {
 public:
  ListHook() = default;
  ListHook(const ListHook&) = delete;
  ListHook& operator=(const ListHook&) = delete;
  ~ListHook() { unlink(); }

  [[nodiscard]] bool linked() const { return next_ != this; }

  void unlink() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = this;
  }

 private:
  template <typename, typename>
  friend class IntrusiveList;

  void link_before(ListHook& position) {
    INVARIANT(!linked());
    previous_ = position.previous_;
    next_ = &position;
    previous_->next_ = this;
    position.previous_ = this;
  }

  ListHook* next_ = this;
  ListHook* previous_ = this;
};

template <typename T, typename Tag = T>
class IntrusiveList {
 public:
  using Hook = ListHook<Tag>;

  IntrusiveList() = default;
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() { INVARIANT(empty()); }

  [[nodiscard]] bool empty() const { return !head_.linked(); }
  void push_back(T& element) { static_cast<Hook&>(element).link_before(head_); }
  void push_front(T& element) { static_cast<Hook&>(element).link_before(*head_.next_); }

  // nullptr when empty. The analyzer does not see that an element unlinks itself when destroyed.
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDelete)
  [[nodiscard]] T* front() { return empty() ? nullptr : static_cast<T*>(head_.next_); }
  [[nodiscard]] T* back() { return empty() ? nullptr : static_cast<T*>(head_.previous_); }

  T* pop_front() {
    T* element = front();
    if (element != nullptr) static_cast<Hook&>(*element).unlink();
    return element;
  }

  // Moves all elements of `other` behind ours.
  void append(IntrusiveList& other) {
    while (T* element = other.pop_front()) push_back(*element);
  }

  // Calls visit(element) for each; visit may unlink the element it is given, and only that one.
  template <typename Visit>
  void for_each(Visit visit) {
    for (Hook* hook = head_.next_; hook != &head_;) {
      Hook* next = hook->next_;
      visit(*static_cast<T*>(hook));
      hook = next;
    }
  }

  // Calls visit(element) for each, until it returns false; visit changes no list.
  template <typename Visit>
  void for_each_while(Visit visit) {
    for (Hook* hook = head_.next_; hook != &head_; hook = hook->next_) {
      if (!visit(*static_cast<T*>(hook))) return;
    }
  }

 private:
  Hook head_;
};

}  // namespace core
