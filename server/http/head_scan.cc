#include "server/http/head_scan.h"

namespace server {
namespace {

// `line` without its LF.
bool good_line(std::string_view line, bool is_start_line) {
  if (line.empty() || line.back() != '\r') return false;  // RFC 9112 2.2: a bare LF
  line.remove_suffix(1);
  if (line.empty()) return !is_start_line;
  // RFC 9112 5.2: obsolete line folding, and white space before the first field; 5.1: an empty
  // name.
  const char first = line.front();
  return first != ' ' && first != '\t' && (is_start_line || first != ':');
}

}  // namespace

HeadState scan_head(std::string_view bytes, std::size_t size_max, HeadScan& scan) {
  const std::string_view within = bytes.substr(0, size_max);
  for (;;) {
    const std::size_t line_end = within.find('\n', scan.position);
    if (line_end == std::string_view::npos) break;
    const std::string_view line = within.substr(scan.position, line_end - scan.position);
    if (!good_line(line, !scan.saw_start_line)) return HeadState::kBad;
    scan.position = line_end + 1;
    if (line.size() == 1) return HeadState::kComplete;
    scan.saw_start_line = true;
  }
  return bytes.size() >= size_max ? HeadState::kTooLong : HeadState::kIncomplete;
}

}  // namespace server
