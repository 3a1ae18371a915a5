// ByteSink: where a TlsFilter puts the records it wants sent. Belongs to the caller, used only
// during the call it was given to, on that call's thread. It takes everything: what it does when
// the peer does not read is the caller's back-pressure, not the filter's.
#pragma once

#include <string_view>

namespace core {

class ByteSink {
 public:
  ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;
  virtual ~ByteSink() = default;

  // `bytes` are valid during the call only.
  virtual void append(std::string_view bytes) = 0;
};

}  // namespace core
