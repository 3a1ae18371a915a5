#include "core/tls/ticket_keys.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

#include "core/base/invariant.h"

namespace core {
namespace {

// Without randomness no handshake works either: there is nothing to go on with.
void randomize(std::span<unsigned char> bytes) {
  INVARIANT(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

TicketKey random_key() {
  TicketKey key;
  randomize(key.name);
  randomize(key.hmac);
  randomize(key.aes);
  return key;
}

TicketKey key_from(const std::string& material) {
  TicketKey key;
  const bool long_key = material.size() == 80;
  key.secret_bytes = long_key ? 32 : 16;
  const char* rest = material.data() + TicketKey::kNameBytes;
  std::memcpy(key.name.data(), material.data(), TicketKey::kNameBytes);
  // nginx has the two secrets in either order, depending on their length.
  std::memcpy(long_key ? key.hmac.data() : key.aes.data(), rest, key.secret_bytes);
  std::memcpy(long_key ? key.aes.data() : key.hmac.data(), rest + key.secret_bytes,
              key.secret_bytes);
  return key;
}

std::string_view name_of(const TicketKey& key) {
  return {reinterpret_cast<const char*>(key.name.data()), key.name.size()};
}

}  // namespace

TicketKey::~TicketKey() {
  OPENSSL_cleanse(hmac.data(), hmac.size());
  OPENSSL_cleanse(aes.data(), aes.size());
}

std::shared_ptr<TicketKeys> TicketKeys::rotating(Now now) {
  INVARIANT(now != nullptr);
  std::shared_ptr<TicketKeys> keys(new TicketKeys(std::move(now)));
  const MutexLock lock(keys->mutex_);
  keys->rotate();
  return keys;
}

Result<std::shared_ptr<TicketKeys>, std::string> TicketKeys::from_material(
    std::span<const std::string> material) {
  if (material.empty()) return unexpected<std::string>("no ticket key is given");
  std::shared_ptr<TicketKeys> keys(new TicketKeys(nullptr));
  const MutexLock lock(keys->mutex_);
  for (std::size_t i = 0; i < material.size(); ++i) {
    if (material[i].size() != 80 && material[i].size() != 48) {
      return unexpected("ticket key " + std::to_string(i + 1) + " has " +
                        std::to_string(material[i].size()) +
                        " bytes: 80 are needed, or 48 (openssl rand 80 >FILE)");
    }
    const auto key = key_from(material[i]);
    const auto twin = std::ranges::find_if(
        keys->keys_, [&key](const Aged& other) { return other.key.name == key.name; });
    if (twin != keys->keys_.end()) {
      return unexpected("ticket key " + std::to_string(i + 1) +
                        " has the name of another (its first 16 bytes)");
    }
    keys->keys_.push_back({key, TimePoint()});
  }
  return keys;
}

// A host may sleep through several periods: keys go by their age, not by their number alone.
void TicketKeys::rotate() {
  if (now_ == nullptr) return;
  const TimePoint now = now_();
  if (!keys_.empty() && now - keys_.front().born < kRotation) return;
  std::erase_if(keys_, [now](const Aged& aged) { return now - aged.born >= kKeysMax * kRotation; });
  keys_.insert(keys_.begin(), Aged{random_key(), now});
  if (keys_.size() > kKeysMax) keys_.pop_back();
}

void TicketKeys::copy_newest(TicketKey& key) {
  const MutexLock lock(mutex_);
  rotate();
  key = keys_.front().key;
}

TicketKeys::Found TicketKeys::find(std::string_view name, TicketKey& key) {
  const MutexLock lock(mutex_);
  rotate();
  const auto found =
      std::ranges::find_if(keys_, [name](const Aged& aged) { return name_of(aged.key) == name; });
  if (found == keys_.end()) return Found::kUnknown;
  key = found->key;
  return found == keys_.begin() ? Found::kNewest : Found::kOlder;
}

}  // namespace core
