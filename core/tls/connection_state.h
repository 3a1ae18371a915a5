// ConnectionState: what OpenSSL's callbacks and the filter know of one connection. Part of its
// TlsFilter, reached from a callback as the SSL object's application data; belongs to whoever runs
// the filter. Only for the sources of core/tls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/tls/byte_sink.h"

namespace core {

class TlsSession;

struct ConnectionState {
  // Received records OpenSSL has not taken yet: the caller's memory.
  std::span<const std::byte> input;
  // Only during a call.
  ByteSink* output = nullptr;
  // Why we end the connection though OpenSSL would go on; from then on it reads nothing more.
  const char* refusal = nullptr;
  std::uint32_t key_updates = 0;  // since the last application data
  std::uint64_t work = 0;         // see TlsFilter::work()
  // Server: which entry answers, and the name the client asked for in lower case.
  std::optional<std::size_t> entry;
  std::string server_name;
  // Client: the newest ticket, when its context keeps sessions.
  std::shared_ptr<const TlsSession> session;
};

}  // namespace core
