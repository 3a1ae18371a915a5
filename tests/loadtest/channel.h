// Channel: the server's end of one connection in the tests, plain or TLS, over a blocking socket
// that somebody else owns. One thread; what goes wrong ends the connection.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/tls/byte_sink.h"
#include "core/tls/server_context.h"
#include "core/tls/tls_filter.h"

namespace test {

// For 127.0.0.1, with a self-signed certificate.
[[nodiscard]] std::shared_ptr<const core::TlsServerContext> tls_server(
    core::TlsVersion min_version = core::TlsVersion::k12);

class Channel : private core::ByteSink {
 public:
  // Plain without a context.
  Channel(int fd, std::shared_ptr<const core::TlsServerContext> context);

  // The handshake, for TLS. False: it came to nothing.
  [[nodiscard]] bool begin();
  // Appends what comes next to `received`. False: nothing comes any more.
  [[nodiscard]] bool receive(std::string& received);
  [[nodiscard]] bool send(std::string_view bytes);
  // Nothing more is sent, nor read.
  void close();

 private:
  void append(std::string_view bytes) override;
  [[nodiscard]] bool open_all(std::string& received);

  const int fd_;
  std::unique_ptr<core::TlsFilter> filter_;  // null: plain
  std::string early_;                        // plaintext that came with the handshake's end
  bool sends_ = true;
};

}  // namespace test
