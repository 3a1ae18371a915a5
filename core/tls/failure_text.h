// Why a connection failed, in few and stable words: a label of a counter, and a field of the log.
// Only for the sources of core/tls.
#pragma once

#include <string>

#include "core/tls/openssl_handles.h"

namespace core {

inline constexpr std::string_view kPlainHttp = "plain HTTP";
inline constexpr std::string_view kNotTls = "not TLS";

// `error`: the cause OpenSSL named, 0 for none. `ssl`: where the verdict about the peer's
// certificate stands.
[[nodiscard]] std::string failure_text(unsigned long error, const SSL* ssl);

}  // namespace core
