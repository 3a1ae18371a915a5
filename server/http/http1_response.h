// An answer in the form of HTTP/1.1 (RFC 9112 4 and 6): its head as one piece of output, its
// content behind it. Loop thread only.
#pragma once

#include <string_view>

#include "core/io/output_queue.h"
#include "server/http/exchange.h"

namespace server {

// Appends the answer of `exchange`, whose content moves into the queue, and notes its size in
// body_bytes_sent. `date` is the Date field's value. Without `keep_alive` it tells the client that
// it is the last. Content-Length is always there but where RFC 9110 8.6 forbids it; no content for
// HEAD, 204 and 304.
void append_response(core::OutputQueue& output, Exchange& exchange, bool keep_alive,
                     std::string_view date);

}  // namespace server
