// A listening Unix socket with its file: found and replaced when its owner is gone, taken away at
// the end. Values; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/io/socket.h"

namespace core {

// The file of a bound socket; unlinked with this, unless another has taken its place.
class SocketFile {
 public:
  SocketFile() = default;
  explicit SocketFile(std::string path);
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&& other) noexcept;
  ~SocketFile() { remove(); }

  void remove();
  // The file stays: a successor has the socket.
  void leave();

 private:
  std::string path_;  // empty: none
  UniqueFd file_;     // O_PATH: holds the inode, whose number another file could have else
};

struct UnixListener {
  std::vector<UniqueFd> sockets;
  SocketFile file;
};

// One listening socket on a path, as `count` descriptors, one for each loop: the file can be bound
// once only. Owner and group may connect (mode 0660, whatever the umask). A file on which nobody
// listens is a predecessor's that was killed, and makes way; one on which somebody does, and one
// that is no socket, is EADDRINUSE. Two that start at the same time must be kept apart elsewhere.
[[nodiscard]] Result<UnixListener> listen_on_unix(const SocketAddress& address, std::size_t count);

}  // namespace core
