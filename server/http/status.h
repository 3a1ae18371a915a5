// Status codes: their reason phrases, and which of them cannot have a body. Pure functions, any
// thread; what they return lives as long as the program. Nothing here fails: a code that nobody
// registered has the phrase "Unknown".
#pragma once

#include <string_view>

namespace server {

// RFC 9110 15 and the IANA registry of status codes; "Unknown" for any other number, 306 and 418
// (registered as unused) included. The phrase is for people: HTTP/2 does not send it.
[[nodiscard]] std::string_view reason_phrase(int status);

// RFC 9110 6.4.1: 1xx, 204 and 304 end with the header section, whatever its fields say. (205 has
// no content either, but is framed like any other response: 15.3.6.)
[[nodiscard]] bool body_forbidden(int status);

}  // namespace server
