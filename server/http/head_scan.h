// The scan of a message's head (or trailer section) that comes before the parser. llhttp 8.1, which
// is what Debian 12 has, accepts bare LF as a line end, folds a line that begins with a space into
// the field above it and takes fields without a name; each of them lets two servers see two
// different messages. Here lines end with CRLF and nothing else, and no line begins with SP, TAB or
// ':'. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace server {

enum class HeadState {
  kIncomplete,
  kComplete,  // HeadScan::position is the size of the head, its empty line included
  kBad,       // 400
  kTooLong    // no end within the limit
};

// How far the scan of one head has come; carried from call to call so that no byte is looked at
// twice.
struct HeadScan {
  std::size_t position = 0;  // of the first line that is not known to be good
  bool saw_start_line = false;
};

// `bytes` are all bytes of the head so far. Only complete lines are judged, and only within the
// first `size_max` bytes, so the verdict does not depend on how the bytes were cut. Empty lines in
// front of a request (RFC 9112 2.2) are the caller's to skip. A trailer section has no start line:
// the caller sets saw_start_line.
[[nodiscard]] HeadState scan_head(std::string_view bytes, std::size_t size_max, HeadScan& scan);

}  // namespace server
