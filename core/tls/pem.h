// PEM text to certificates and keys, and back. Only for the sources of core/tls (OpenSSL's types);
// pure functions, any thread. A mistake in the text is a sentence for whoever wrote the file. The
// caller holds a CleanErrorQueue.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/tls/openssl_handles.h"

namespace core {

// Bounds a file given by mistake; a long chain has 10 KiB.
inline constexpr std::size_t kPemBytesMax = 1U << 20U;

// All certificates of `pem` in their order, at least one. Other PEM blocks are passed over.
[[nodiscard]] Result<std::vector<CertificatePtr>, std::string> read_certificates(
    std::string_view pem);

// The first private key of `pem`, not encrypted.
[[nodiscard]] Result<KeyPtr, std::string> read_private_key(std::string_view pem);

[[nodiscard]] std::string write_certificate(X509* certificate);
// PKCS #8, not encrypted.
[[nodiscard]] std::string write_private_key(EVP_PKEY* key);

}  // namespace core
