// Which Content-Type a file name means. Pure functions, any thread; what they return lives as long
// as the program. The table has to be complete enough for X-Content-Type-Options: nosniff, under
// which a browser runs no script and applies no style sheet of another type. An unknown extension
// is not an error but application/octet-stream, which browsers download.
#pragma once

#include <string_view>

namespace server {

// The part behind the last '.' of the last segment, as written: "gz" of "/a.b/c.tar.gz"; empty when
// there is none. A dot file is all extension: "conf" of "/.conf".
[[nodiscard]] std::string_view extension_of(std::string_view path);

// RFC 9110 8.3, by the extension, ASCII case-insensitively. Text types carry "; charset=utf-8".
[[nodiscard]] std::string_view media_type_for(std::string_view path);

}  // namespace server
