// The specification: a second, slow and plain reading of RFC 9112, of what it needs of RFC 9110,
// and of the decisions that server/ takes where they leave one. Given all the bytes that a client
// has sent, it says what each message is, and where it ends. It shares nothing with server/: a
// request that one sees and the other does not is one that somebody could smuggle. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/specification/grammar.h"
#include "tests/specification/request_body.h"

namespace specification {

enum class Verdict {
  kAccepted,
  kRejected,   // with the status of one of `violations`; nothing behind it is read
  kIncomplete  // more bytes have to come; rejected already, if there are violations and one likes
};

struct Message {
  Verdict verdict = Verdict::kIncomplete;
  Violations violations;
  std::size_t begin = 0;  // of its request line
  // The rest: when the head was accepted.
  bool head_accepted = false;
  std::string method;
  std::string target;
  std::string host;  // RFC 9112 3.3, without port
  std::string path;  // normalised; "*" for the asterisk-form
  std::size_t head_end = 0;
  std::size_t end = 0;   // when accepted
  std::string content;   // what has come of it
  bool is_last = false;  // when accepted: nothing behind it is read
};

// `content_wanted`: whether a handler reads content. It matters to a client that expects to be told
// (RFC 9110 10.1.1): without, such a request gets its final answer at once, and is the last.
[[nodiscard]] std::vector<Message> read_requests(std::string_view stream, const Limits& limits,
                                                 bool content_wanted);

// Of the accepted messages: "/a /b".
[[nodiscard]] std::string accepted_targets(const std::vector<Message>& messages);

}  // namespace specification
