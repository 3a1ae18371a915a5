// OpenSSL's error queue of this thread. What a call leaves there would be taken for the reason of
// somebody else's next failure, so every entry point of core/tls leaves it empty.
#pragma once

#include <string>
#include <string_view>

namespace core {

// Takes the oldest error, which is the cause of those behind it, and empties the queue. 0: none.
[[nodiscard]] unsigned long take_error();

// The same for what a peer did: the oldest error of the protocol. One of the cryptography may stand
// before it, which names the function that noticed. The oldest of all when there is none.
[[nodiscard]] unsigned long take_protocol_error();

// "attempted: OpenSSL's reason"; empties the queue.
[[nodiscard]] std::string openssl_error(std::string_view attempted);

// The queue is empty while it begins and after it ends.
class CleanErrorQueue {
 public:
  CleanErrorQueue() { clear(); }
  CleanErrorQueue(const CleanErrorQueue&) = delete;
  CleanErrorQueue& operator=(const CleanErrorQueue&) = delete;
  ~CleanErrorQueue() { clear(); }

 private:
  static void clear();
};

}  // namespace core
