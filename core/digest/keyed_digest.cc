#include "core/digest/keyed_digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <cstdint>

#include "core/base/invariant.h"

namespace core {
namespace {

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

KeyedDigest::Key::~Key() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

KeyedDigest::Key KeyedDigest::Key::random() {
  Key key;
  INVARIANT(RAND_bytes(key.bytes.data(), static_cast<int>(key.bytes.size())) == 1);
  return key;
}

void KeyedDigest::Free::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

KeyedDigest::KeyedDigest(const Key& key) {
  const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  INVARIANT(mac != nullptr);
  context_.reset(EVP_MAC_CTX_new(mac.get()));
  INVARIANT(context_ != nullptr);
  char digest[] = "SHA256";
  const OSSL_PARAM settings[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
  INVARIANT(EVP_MAC_init(context_.get(), key.bytes.data(), key.bytes.size(), settings) == 1);
}

Digest KeyedDigest::of(std::initializer_list<std::string_view> texts) {
  EVP_MAC_CTX* context = context_.get();
  // Without a key it begins anew with the one that it has (EVP_MAC(3)).
  INVARIANT(EVP_MAC_init(context, nullptr, 0, nullptr) == 1);
  for (const std::string_view text : texts) {
    std::array<unsigned char, 8> size{};
    for (std::size_t i = 0; i < size.size(); ++i) {
      size[i] = static_cast<unsigned char>(std::uint64_t{text.size()} >> (8 * i));
    }
    INVARIANT(EVP_MAC_update(context, size.data(), size.size()) == 1);
    INVARIANT(EVP_MAC_update(context, bytes_of(text), text.size()) == 1);
  }
  Digest digest{};
  std::size_t size = 0;
  INVARIANT(EVP_MAC_final(context, digest.data(), &size, digest.size()) == 1);
  INVARIANT(size == digest.size());
  return digest;
}

}  // namespace core
