// A blocking TLS client for tests: core/tls on the client's side over a TestClient. It verifies
// nothing. Every wait is limited; a limit that passes is a failure of the test.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/tls/tls_filter.h"
#include "tests/server/app/test_client.h"

namespace test {

class TlsClient {
 public:
  using Session = std::shared_ptr<const core::TlsSession>;
  explicit TlsClient(std::uint16_t port, std::string_view server_name = "localhost",
                     const core::TlsClientOptions& options = {}, const Session& session = nullptr,
                     int receive_bytes = 0, const char* source = nullptr);

  // As much of what it sends as this many bytes at a time.
  std::size_t piece_bytes = std::string::npos;

  // Says hello and does not wait for the answer.
  void begin();
  // False: the server refused, or closed.
  [[nodiscard]] bool shake_hands();
  bool send(std::string_view plain);
  // close_notify: what the server says may still be read.
  void send_close();
  // At least so many bytes of plaintext that nobody has taken yet; fewer at the end.
  [[nodiscard]] std::string read(std::size_t size);
  // Until close_notify; nullopt: the connection ended without it.
  [[nodiscard]] std::optional<std::string> read_to_end();

  [[nodiscard]] core::TlsFilter& filter() { return *filter_; }
  [[nodiscard]] TestClient& socket() { return socket_; }

 private:
  class Wire;
  // False at the end.
  [[nodiscard]] bool fill();

  TestClient socket_;
  std::unique_ptr<core::TlsFilter> filter_;
  bool begun_ = false;
  std::string rest_;  // received behind the handshake
  std::string plain_;
  bool ended_ = false;  // by close_notify
};

}  // namespace test
