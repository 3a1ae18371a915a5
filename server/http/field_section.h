// A field section (RFC 9112 5: of a head, or of a chunked body's trailers) as views into it.
// Strict: a name is a token and nothing stands between it and its colon, a value has no control
// characters. Pure; any thread. No allocation once the list is warm.
#pragma once

#include <cstddef>
#include <string_view>

#include "server/http/field.h"

namespace server {

// `section` goes up to and including its empty line. Appends to `fields`, which may hold
// `fields_max`. 0, or the status to refuse the message with.
[[nodiscard]] int parse_field_section(std::string_view section, std::size_t fields_max,
                                      FieldList& fields);

}  // namespace server
