// ClientWire: what lies between a scripted client and its socket: nothing, or TLS, which core/tls
// speaks on the client's side. Records leave in pieces of any size, whatever they hold. A polite
// client finds that the server never breaks the protocol. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/tls/tls_filter.h"
#include "tests/simulation/kernel.h"

namespace simulation {

class ClientWire {
 public:
  // In the clear, whatever the port speaks.
  ClientWire(std::shared_ptr<Socket> socket, Random& random)
      : socket_(std::move(socket)), random_(random) {}
  // Over TLS: says hello. `session`: to be resumed; may be null.
  ClientWire(std::shared_ptr<Socket> socket, Random& random, core::TlsVersion version,
             const std::shared_ptr<const core::TlsSession>& session);

  [[nodiscard]] Socket& socket() { return *socket_; }
  [[nodiscard]] const Socket& socket() const { return *socket_; }

  // Whether it can be sent what the client has to say: a handshake comes first.
  [[nodiscard]] bool ready() const { return filter_ == nullptr || filter_->handshake_done(); }
  void send(std::string_view plain);
  // What is sealed goes out: at most `size_max` bytes, or some of them.
  void flush(std::size_t size_max);
  // Everything: what flush() would hold back for later too.
  void flush_all();
  // No more is sent; the end of stream follows what is sealed.
  void end();
  [[nodiscard]] bool has_ended() const { return ending_ || socket_->client_ended; }
  // Bytes that are no TLS, behind what is sealed. The server's verdict is no surprise any more.
  void spoil(std::string_view junk);

  // Of at most `size_max` bytes that have come.
  [[nodiscard]] std::string read(std::size_t size_max);

  [[nodiscard]] bool speaks_tls() const { return filter_ != nullptr; }
  // What the server said.
  [[nodiscard]] bool notified() const { return notified_; }  // close_notify
  [[nodiscard]] bool failed() const { return failed_; }      // an alert

  // To resume with, once; null: there is none.
  [[nodiscard]] std::shared_ptr<const core::TlsSession> take_session();
  [[nodiscard]] core::TlsVersion version() const { return version_; }
  [[nodiscard]] bool resumed() const { return ready() && filter_ != nullptr && filter_->resumed(); }

 private:
  struct Sealed final : core::ByteSink {
    void append(std::string_view more) override { bytes.append(more); }
    std::string bytes;
  };

  void say_end();
  void on_failure();

  const std::shared_ptr<Socket> socket_;
  Random& random_;
  const core::TlsVersion version_ = core::TlsVersion::k13;
  std::unique_ptr<core::TlsFilter> filter_;  // null: in the clear
  Sealed sealed_;                            // and not sent yet
  bool session_taken_ = false;
  bool ending_ = false;
  bool notifies_ = false;  // sends close_notify first; many clients just end the stream
  bool spoilt_ = false;
  bool notified_ = false;
  bool failed_ = false;
};

}  // namespace simulation
