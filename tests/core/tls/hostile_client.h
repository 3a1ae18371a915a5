// HostileClient: a client's side of TLS that sends what TlsFilter never does: key updates in
// series, early data that nobody offered, renegotiation. Bytes in, bytes out: the sockets are the
// test's. For tests that may not know OpenSSL. One thread; what cannot be made aborts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/tls/client_context.h"

namespace test {

class HostileClient {
 public:
  using Session = std::shared_ptr<const core::TlsSession>;

  explicit HostileClient(core::TlsVersion version, const Session& session = nullptr);
  HostileClient(const HostileClient&) = delete;
  HostileClient& operator=(const HostileClient&) = delete;
  ~HostileClient();

  // Each gives what is to be sent.

  // The hello; with `early`, which needs a session of TLS 1.3, these bytes go along with it.
  [[nodiscard]] std::string hello(std::string_view early = "");
  // The next step of the handshake, or records to be opened.
  [[nodiscard]] std::string take(std::string_view received);
  [[nodiscard]] std::string seal(std::string_view plain);
  // So many in a row, each of which asks for one in return.
  [[nodiscard]] std::string key_updates(int count);
  [[nodiscard]] std::string renegotiation();
  [[nodiscard]] std::string close();

  [[nodiscard]] bool handshake_done() const;
  [[nodiscard]] bool failed() const;
  // Opened so far.
  [[nodiscard]] const std::string& plain() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace test
