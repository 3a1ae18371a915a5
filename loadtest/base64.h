// base64 (RFC 4648 4), padded. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace loadtest {

void append_base64(std::string& text, std::string_view bytes);

}  // namespace loadtest
