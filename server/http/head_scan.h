// The scan of a message's head (or trailer section) for its end, and for lines whose place lets two
// servers see two different messages: those that end with LF alone, or begin with SP, TAB (folded
// into the one above) or ':' (a field without a name). It judges line by line while a head comes
// in; what is inside a line, a CR or NUL too, is for those who parse it (request_rules.h,
// field_section.h). Pure; any thread.
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
