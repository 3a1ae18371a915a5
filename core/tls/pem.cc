#include "core/tls/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <optional>

#include "core/base/invariant.h"
#include "core/tls/error_queue.h"

namespace core {
namespace {

// One "-----BEGIN name-----" block, decoded. Wiped, because it may hold a key.
struct Block {
  Block() = default;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { clear(); }

  void clear() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
    name = header = nullptr;
    data = nullptr;
    size = 0;
  }
  [[nodiscard]] bool is(std::string_view wanted) const { return wanted == name; }
  [[nodiscard]] bool is_certificate() const {
    return is(PEM_STRING_X509) || is(PEM_STRING_X509_OLD);
  }
  [[nodiscard]] bool is_private_key() const {
    return std::string_view(name).ends_with("PRIVATE KEY");
  }
  [[nodiscard]] bool is_encrypted() const {
    return is(PEM_STRING_PKCS8) || std::string_view(header).find("ENCRYPTED") != std::string::npos;
  }

  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
};

// Calls `visit(block)` for every block until it returns false. An error when a block is damaged.
template <typename Visit>
std::optional<std::string> for_each_block(std::string_view pem, Visit visit) {
  if (pem.size() > kPemBytesMax) return "is no PEM file: it is larger than 1 MiB";
  const BioPtr text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  INVARIANT(text != nullptr);
  for (Block block;; block.clear()) {
    if (PEM_read_bio(text.get(), &block.name, &block.header, &block.data, &block.size) == 1) {
      if (!visit(block)) return std::nullopt;
      continue;
    }
    if (ERR_GET_REASON(take_error()) == PEM_R_NO_START_LINE) return std::nullopt;
    return "is damaged: a PEM block is cut off or not base64";
  }
}

std::string written(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

Result<std::vector<CertificatePtr>, std::string> read_certificates(std::string_view pem) {
  std::vector<CertificatePtr> certificates;
  bool key_seen = false;
  bool damaged = false;
  auto mistake = for_each_block(pem, [&](const Block& block) {
    key_seen = key_seen || block.is_private_key();
    if (!block.is_certificate()) return true;
    const unsigned char* bytes = block.data;
    certificates.emplace_back(d2i_X509(nullptr, &bytes, block.size));
    damaged = certificates.back() == nullptr || bytes != block.data + block.size;
    return !damaged;
  });
  if (mistake) return unexpected(std::move(*mistake));
  if (damaged) {
    return unexpected("is damaged: certificate " + std::to_string(certificates.size()) +
                      " in it is not an X.509 certificate");
  }
  if (certificates.empty() && key_seen) {
    return unexpected<std::string>("holds a private key and no certificate");
  }
  if (certificates.empty()) {
    return unexpected<std::string>(
        "holds no certificate: a line \"-----BEGIN CERTIFICATE-----\" is missing");
  }
  return certificates;
}

Result<KeyPtr, std::string> read_private_key(std::string_view pem) {
  KeyPtr key;
  bool certificate_seen = false;
  bool key_seen = false;
  bool encrypted = false;
  auto mistake = for_each_block(pem, [&](const Block& block) {
    certificate_seen = certificate_seen || block.is_certificate();
    if (!block.is_private_key()) return true;
    key_seen = true;
    encrypted = block.is_encrypted();
    const unsigned char* bytes = block.data;
    if (!encrypted) key.reset(d2i_AutoPrivateKey(nullptr, &bytes, block.size));
    return false;
  });
  if (mistake) return unexpected(std::move(*mistake));
  if (encrypted) {
    return unexpected<std::string>(
        "is encrypted: nobody is there to type its password, so store it without "
        "(openssl pkey -in FILE -out FILE)");
  }
  if (!key_seen && certificate_seen) {
    return unexpected<std::string>("holds a certificate and no private key");
  }
  if (!key_seen) {
    return unexpected<std::string>(
        "holds no private key: a line \"-----BEGIN PRIVATE KEY-----\" is missing");
  }
  if (key == nullptr) return unexpected(openssl_error("is damaged: it is no private key"));
  return key;
}

std::string write_certificate(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  INVARIANT(bio != nullptr && PEM_write_bio_X509(bio.get(), certificate) == 1);
  return written(bio.get());
}

std::string write_private_key(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  INVARIANT(bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0,
                                                            nullptr, nullptr) == 1);
  return written(bio.get());
}

}  // namespace core
