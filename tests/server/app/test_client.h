// A plain blocking HTTP client for tests: knows sockets and just enough of HTTP/1.1 to tell where
// an answer ends. Every wait is limited; a limit that passes is a failure of the test.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/unique_fd.h"

namespace test {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> fields;  // names in lower case
  std::string body;
  std::string head;
};

class TestClient {
 public:
  // Connects to 127.0.0.1. `receive_bytes`: SO_RCVBUF, 0 for the default. `source`: another address
  // of this machine to come from, 127.0.0.2 say.
  explicit TestClient(std::uint16_t port, int receive_bytes = 0, const char* source = nullptr);

  // True when everything was taken.
  bool send(std::string_view bytes) const;
  void shut_down_sending() const;
  void close() { fd_.reset(); }

  // The next answer; nullopt when the connection ended before it was complete. `head_only` for
  // HEAD.
  [[nodiscard]] std::optional<Answer> read_answer(bool head_only = false);
  // Everything until the peer closes; nullopt when it was reset.
  [[nodiscard]] std::optional<std::string> read_to_end();
  // What is there at once or comes next, at most `size` bytes; empty at the end.
  [[nodiscard]] std::string read_some(std::size_t size);
  [[nodiscard]] bool closed_by_peer() { return read_some(1).empty(); }

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  [[nodiscard]] bool fill();

  core::UniqueFd fd_;
  std::string buffer_;
  bool reset_ = false;
};

// One request on a connection of its own.
[[nodiscard]] std::optional<Answer> get(std::uint16_t port, std::string_view target,
                                        std::string_view fields = "");

}  // namespace test
