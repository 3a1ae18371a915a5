#include "core/tls/error_queue.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace core {

unsigned long take_error() {
  const unsigned long error = ERR_peek_error();
  ERR_clear_error();
  return error;
}

unsigned long take_protocol_error() {
  const unsigned long oldest = ERR_peek_error();
  for (unsigned long error = 0; (error = ERR_get_error()) != 0;) {
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) continue;
    ERR_clear_error();
    return error;
  }
  return oldest;
}

std::string openssl_error(std::string_view attempted) {
  std::string text(attempted);
  // For calls that fail before anything of TLS has been made. Once: later it does nothing.
  OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr);
  const unsigned long error = take_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  text += ": ";
  text += reason == nullptr ? "OpenSSL gives no reason" : reason;
  return text;
}

// Peeking reads two integers; clearing writes all 16 places of the queue.
void CleanErrorQueue::clear() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace core
