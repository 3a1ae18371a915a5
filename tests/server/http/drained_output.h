// What a session has to send, as a socket takes it that always has room. One thread.
#pragma once

#include <unistd.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "core/base/invariant.h"
#include "core/io/output_queue.h"

namespace http_test {

// All of it, what stands in files included; the queue is empty then.
[[nodiscard]] inline std::string drain(core::OutputQueue& queue) {
  std::string sent;
  while (!queue.empty()) {
    if (const core::Segment* file = queue.front_file()) {
      std::string bytes(file->size, '\0');
      const ssize_t size = ::pread(file->file->fd.get(), bytes.data(), bytes.size(),
                                   static_cast<off_t>(file->file_offset));
      INVARIANT(size == static_cast<ssize_t>(bytes.size()));
      sent += bytes;
      queue.consume(bytes.size());
      continue;
    }
    std::array<iovec, 8> vectors{};
    const std::size_t count = queue.gather(vectors);
    std::size_t size = 0;
    for (const iovec& vector : std::span(vectors).first(count)) {
      sent.append(static_cast<const char*>(vector.iov_base), vector.iov_len);
      size += vector.iov_len;
    }
    queue.consume(size);
  }
  return sent;
}

}  // namespace http_test
