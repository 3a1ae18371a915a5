#include "core/tls/record_bio.h"

#include <algorithm>
#include <cstring>

#include "core/base/invariant.h"

namespace core {
namespace {

ConnectionState& state_of(BIO* bio) { return *static_cast<ConnectionState*>(BIO_get_data(bio)); }

int on_read(BIO* bio, char* buffer, std::size_t size, std::size_t* taken) noexcept {
  auto& state = state_of(bio);
  BIO_clear_retry_flags(bio);
  *taken = 0;
  if (state.refusal != nullptr) return 0;
  if (state.input.empty()) {
    BIO_set_retry_read(bio);
    return 0;
  }
  *taken = std::min(size, state.input.size());
  std::memcpy(buffer, state.input.data(), *taken);
  state.input = state.input.subspan(*taken);
  return 1;
}

int on_write(BIO* bio, const char* bytes, std::size_t size, std::size_t* written) noexcept {
  auto& state = state_of(bio);
  BIO_clear_retry_flags(bio);
  INVARIANT(state.output != nullptr);
  state.output->append({bytes, size});
  *written = size;
  return 1;
}

// OpenSSL asks for a flush after each flight; everything else does not apply.
long on_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) noexcept {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int on_create(BIO* bio) noexcept {
  BIO_set_init(bio, 1);
  return 1;
}

BIO_METHOD* make_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ouro records");
  INVARIANT(method != nullptr);
  INVARIANT(BIO_meth_set_create(method, on_create) == 1);
  INVARIANT(BIO_meth_set_read_ex(method, on_read) == 1);
  INVARIANT(BIO_meth_set_write_ex(method, on_write) == 1);
  INVARIANT(BIO_meth_set_ctrl(method, on_control) == 1);
  return method;
}

}  // namespace

void connect_bio(SSL* ssl, ConnectionState& state) {
  // A table of functions that never changes; there is no moment when it may be freed.
  static const BIO_METHOD* const kMethod = make_method();
  BIO* bio = BIO_new(kMethod);
  INVARIANT(bio != nullptr);
  BIO_set_data(bio, &state);
  SSL_set_bio(ssl, bio, bio);
  INVARIANT(SSL_set_app_data(ssl, &state) == 1);
}

}  // namespace core
