// What tells one content of a file from the next, without reading it. Any thread that may wait: the
// file system may hang.
#pragma once

#include <string>

namespace server {

// A line; equal ones are of the same content, unless a file was written twice within a tick of the
// kernel's clock (4 ms): who reads a file waits until it rests.
[[nodiscard]] std::string file_state(const std::string& path);

}  // namespace server
