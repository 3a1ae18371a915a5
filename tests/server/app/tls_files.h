// Certificates of a test's own, as files.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/tls/identity.h"
#include "tests/server/app/temporary_directory.h"

namespace test {

inline std::shared_ptr<const core::TlsIdentity> make_identity(
    const std::vector<std::string>& names, std::chrono::days valid = std::chrono::days(90),
    core::KeyKind kind = core::KeyKind::kEcdsaP256) {
  auto identity = core::TlsIdentity::self_signed(names, kind, valid);
  REQUIRE(identity);
  return *identity;
}

// NAME.pem and NAME.key.
inline void write_identity(const TemporaryDirectory& directory, const std::string& name,
                           const core::TlsIdentity& identity) {
  const core::TlsIdentity::Pem pem = identity.to_pem();
  directory.write(name + ".pem", pem.chain);
  directory.write(name + ".key", pem.key);
}

}  // namespace test
