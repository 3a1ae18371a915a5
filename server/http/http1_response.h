// An answer in the form of HTTP/1.1 (RFC 9112 4 and 6): its head as one piece of output, its
// content behind it. Loop thread only.
#pragma once

#include <string_view>

#include "core/io/output_queue.h"
#include "server/http/exchange.h"

namespace server {

// Appends the answer of `exchange`, whose content moves into the queue, and notes its size in
// body_bytes_sent. `date` is the Date field's value. Without `keep_alive` it tells the client that
// it is the last. Content-Length is always there but where RFC 9110 8.6 forbids it, and for content
// that is not here yet: then this returns where it comes from, to be appended by what follows, and
// null otherwise. No content for HEAD, 204 and 304.
[[nodiscard]] BodySource* append_response(core::OutputQueue& output, Exchange& exchange,
                                          bool keep_alive, std::string_view date);

// A piece of such content: a chunk (RFC 9112 7.1), or in HTTP/1.0 the bytes alone.
void append_piece(core::OutputQueue& output, Exchange& exchange, BodyPiece& piece);
// What stands behind the last one.
void append_end(core::OutputQueue& output, const Exchange& exchange);

}  // namespace server
