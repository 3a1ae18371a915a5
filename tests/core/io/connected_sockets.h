// Two connected sockets: `ours` goes to the back end under test (non-blocking, as its own would
// be), `peer` is driven by the test with calls that do not wait unless they say so. Values; one
// thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/unique_fd.h"

namespace test {

struct ConnectedSockets {
  core::UniqueFd ours;
  core::UniqueFd peer;
};

[[nodiscard]] ConnectedSockets unix_pair();
[[nodiscard]] ConnectedSockets tcp_pair();

// A listening, non-blocking TCP socket on a free port of 127.0.0.1.
[[nodiscard]] core::UniqueFd listener();
// A connection to whoever listens on `listener`'s port.
[[nodiscard]] core::UniqueFd connect_to(const core::UniqueFd& listener);

// True when all was taken at once.
[[nodiscard]] bool put(const core::UniqueFd& socket, std::string_view bytes);
// Takes as much as the socket does at once; returns how much.
std::size_t fill(const core::UniqueFd& socket);
// What is there now, up to `size_max` bytes.
[[nodiscard]] std::string take(const core::UniqueFd& socket, std::size_t size_max = 1 << 24);
// Waits for the peer's data or end: "" at the end of the stream and on an error.
[[nodiscard]] std::string take_waiting(const core::UniqueFd& socket, std::size_t size);

// Waits until poll(2) reports one of `events`; false after ten seconds.
[[nodiscard]] bool wait_for(const core::UniqueFd& socket, short events);
// Closes so that the other side is reset.
void reset_connection(core::UniqueFd& socket);
void end_sending(const core::UniqueFd& socket);
void shrink_buffers(const ConnectedSockets& sockets);

// The same bytes for the same seed, none of them alike for long.
[[nodiscard]] std::string varied_bytes(std::size_t size, std::uint32_t seed);

}  // namespace test
