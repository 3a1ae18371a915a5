// Answers made of parts of a representation (RFC 9110 14 and 15.3.7): 206 with one range or with
// several as multipart/byteranges, or 416. Loop thread only, nothing blocks. Preconditions and
// If-Range have been looked at before.
#pragma once

#include <memory>
#include <string_view>

#include "server/handlers/representation.h"
#include "server/http/exchange.h"
#include "server/http/range.h"

namespace server {

// A range of a representation of kind kFile, from memory or from disk, whichever holds it.
[[nodiscard]] Body body_of(const std::shared_ptr<const Representation>& representation,
                           ByteRange range);

// Answers a GET with the value of its Range field. False when the field is to be ignored (14.2):
// nothing has happened then, and the whole representation is the answer.
[[nodiscard]] bool respond_with_ranges(Exchange& exchange,
                                       const std::shared_ptr<const Representation>& representation,
                                       std::string_view field);

}  // namespace server
