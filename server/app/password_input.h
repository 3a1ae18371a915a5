// Where `ouro hash-password` has its password from: a terminal that does not show it, or a line of
// standard input. Main thread; blocks until there is a line. The text is the caller's to wipe.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace server {

// What is in front of the first LF or CRLF, or of the end. It stops reading when it is longer than
// a password may be: the text is then too long too.
[[nodiscard]] core::Result<std::string> read_password_line(int fd);

// Writes `prompt` to standard error, then reads a line without showing it. The terminal is as
// before when this returns, and also when a signal ends the process (SIGINT, SIGTERM, SIGHUP,
// SIGQUIT).
[[nodiscard]] core::Result<std::string> ask_for_password(int terminal, std::string_view prompt);

}  // namespace server
