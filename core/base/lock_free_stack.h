// A multi-producer, single-consumer hand-over without locks: producers push with one
// compare-exchange, the consumer takes everything with one exchange and gets it in the order of the
// pushes. Because the consumer never pops single elements there is no ABA problem, and because a
// push is one step, a producer that is descheduled in the middle holds nobody up (a Vyukov queue
// has such a gap). Any thread may push; one thread takes. It owns nothing: links live in the
// elements.
#pragma once

#include <atomic>

namespace core {

template <typename T>
class LockFreeStack {
 public:
  // T derives from Link; an element is in at most one stack.
  struct Link {
    T* next_in_stack = nullptr;
  };

  // Returns true when the stack was empty: the producer that sees true wakes the consumer.
  bool push(T& element) {
    T* head = head_.load(std::memory_order_relaxed);
    do {
      element.next_in_stack = head;
    } while (!head_.compare_exchange_weak(head, &element, std::memory_order_seq_cst,
                                          std::memory_order_relaxed));
    return head == nullptr;
  }

  // All elements, oldest first, linked through next_in_stack; nullptr when there are none.
  [[nodiscard]] T* take_all() {
    T* newest_first = head_.exchange(nullptr, std::memory_order_seq_cst);
    T* oldest_first = nullptr;
    while (newest_first != nullptr) {
      T* next = newest_first->next_in_stack;
      newest_first->next_in_stack = oldest_first;
      oldest_first = newest_first;
      newest_first = next;
    }
    return oldest_first;
  }

  [[nodiscard]] bool empty() const { return head_.load(std::memory_order_seq_cst) == nullptr; }

 private:
  std::atomic<T*> head_{nullptr};
};

}  // namespace core
