// `ouro top`: a running server's loops, lanes and requests in a terminal, anew each second, as the
// admin's page shows them; or once, as plain text. Main thread. Everything that can fail is said on
// standard error, or on the screen while there is one.
#pragma once

#include <string>

namespace server {

inline constexpr const char* kAdminStatusUrl = "http://127.0.0.1:9180/status";

// `once`, or when standard output is no terminal: what happens in one second, and done. Else until
// q, Ctrl-C or a signal. Returns the exit code.
[[nodiscard]] int show_top(const std::string& url, bool once);

}  // namespace server
