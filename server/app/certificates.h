// Certificates: from the files that a configuration names to what its listeners speak TLS with.
// Blocks on files, and for a self-signed certificate on finding its key: not on a loop. A mistake
// in a file is a sentence with the place that named the file.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/base/result.h"
#include "core/tls/server_context.h"

namespace server {

struct CertificateFailure {
  config::Place place;
  std::string message;
  bool is_missing = false;  // there is no such file, which the loader has warned of
};

// One for each listener, by its index; null where it speaks in the clear.
using TlsContexts = std::vector<std::shared_ptr<const core::TlsServerContext>>;

struct Certificates {
  // An OCSP response that is sent along with a certificate, until it ends.
  struct Stapling {
    config::PlacedPath file;
    std::optional<std::chrono::system_clock::time_point> end;  // nullopt: never
  };
  using Identities = std::vector<std::shared_ptr<const core::TlsIdentity>>;

  // All share their ticket keys, so that a client resumes wherever it comes back.
  TlsContexts contexts;
  // Of each site, by its index; empty where no listener asks for one. A site without tls on a
  // self-signed listener has one that was made for it.
  std::vector<Identities> identities;
  std::vector<Stapling> staplings;  // of all sites
};

// `random_keys` are for tickets, unless the configuration names files of them. On failure at least
// one, all of them, in the order of the sites.
[[nodiscard]] core::Result<Certificates, std::vector<CertificateFailure>> load_certificates(
    const config::Config& config,
    const std::shared_ptr<core::TicketKeys>& random_keys = core::TicketKeys::rotating());

// All files that load_certificates() reads. They belong to `config`.
[[nodiscard]] std::vector<const config::PlacedPath*> certificate_files(
    const config::Config& config);

}  // namespace server
