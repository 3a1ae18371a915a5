// CertificateWatch: looks again and again at the files that a configuration's certificates come
// from, on a thread of its own, because files may hang. What has changed is read and checked, and
// only when all of it is right it takes the old one's place; else the old one serves on and the
// reason is said, once for each state of the files. A change is acted upon when the next look finds
// nothing new: certificate and key are rarely replaced in one instant.
//
// Made and stopped by the owner of the server, whose thread may differ from those of the callbacks.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "server/app/certificates.h"
#include "server/app/periodic_thread.h"

namespace server {

class CertificateWatch {
 public:
  static constexpr core::Duration kPeriod = std::chrono::seconds(1);

  // Called on the watch's thread.
  struct Callbacks {
    std::function<void(std::shared_ptr<const TlsContexts>)> replace;
    std::function<void(const std::string&)> say;
  };

  // `config` outlives it. `keys` are those of the contexts that are in use.
  CertificateWatch(const config::Config& config, std::shared_ptr<core::TicketKeys> keys,
                   Callbacks callbacks, core::Duration period = kPeriod);
  CertificateWatch(const CertificateWatch&) = delete;
  CertificateWatch& operator=(const CertificateWatch&) = delete;
  // stop() must have returned true.
  ~CertificateWatch() = default;

  // False when its thread hangs on a file beyond `limit`.
  [[nodiscard]] bool stop(core::Duration limit) { return thread_.stop(limit); }

 private:
  void look();
  void reload();

  const config::Config& config_;
  const std::shared_ptr<core::TicketKeys> keys_;
  const Callbacks callbacks_;

  // The watch's thread only.
  std::string in_use_;  // the state of the files when they were last read
  std::string seen_;    // when they were last looked at

  PeriodicThread thread_;
};

}  // namespace server
