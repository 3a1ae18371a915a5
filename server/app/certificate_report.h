// What people have to know of the certificates of a configuration: each in one line, what is wrong
// with them, and what soon will be. Pure but for check_certificates, which reads the files; main
// thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "config/loader.h"
#include "server/app/certificates.h"

namespace server {

using WallTime = std::chrono::system_clock::time_point;

// "a.example, *.a.example  ECDSA P-256  from CN=E5,O=Let's Encrypt,C=US  61 days left"
[[nodiscard]] std::string summarize_certificate(const core::TlsIdentity& identity, WallTime now);

// Of each site, by its index.
[[nodiscard]] std::vector<std::vector<std::string>> summarize_certificates(
    const Certificates& certificates, WallTime now);

// Certificates that expire within two weeks or have expired, and those that do not have a name of
// their site; stapled responses that have expired, which are not sent.
[[nodiscard]] std::vector<config::Diagnostic> warn_of_certificates(const config::Loaded& loaded,
                                                                   const Certificates& certificates,
                                                                   WallTime now);

struct CertificateReport {
  std::vector<config::Diagnostic> diagnostics;
  std::string summary;  // a line for each certificate
  bool is_right = true;
};

// Files that are missing are no mistake here: the loader warns of them, as they may be on another
// machine.
[[nodiscard]] CertificateReport check_certificates(const config::Loaded& loaded, WallTime now);

}  // namespace server
