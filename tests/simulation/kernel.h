// Kernel: the sockets of one simulated life. A connection has two ends: the server's, which a
// back end works on, and the client's, which a scripted client holds in its hand. What the kernel
// of a real machine may do to a connection it may do here: buffers that fill, bytes that arrive
// late and in pieces, half-closes, resets. One thread.
//
// It also watches: a socket has one user at a time, and nobody uses a descriptor that is closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/io/block_pool.h"
#include "core/tls/server_context.h"
#include "tests/simulation/random.h"

namespace simulation {

struct Socket {
  int fd = -1;

  // Client to server.
  std::string sent;           // by the client, not yet received
  bool client_ended = false;  // FIN, behind `sent`
  bool reset = false;         // RST: everything in both directions is lost
  // Server to client.
  std::string queue;          // taken from the server, not yet read by the client
  std::size_t queue_max = 0;  // the size of the send buffer
  bool server_ended = false;  // shutdown(SHUT_WR) or close, behind `queue`
  bool closed = false;        // by the server: its descriptor is gone

  // Who is at it on the server's side.
  std::size_t operations = 0;  // in flight
  bool with_worker = false;    // a job has it
  bool met_full = false;       // a job found no room
  // Something happened that no client would call orderly: what it expects is off.
  bool disturbed = false;

  // Of a connection to a port with TLS.
  struct Handshake {
    bool step_out = false;  // with a worker, or on its way
    bool stepped = false;   // a step has run
    bool refused = false;   // the lane was full
    bool failed = false;
    bool done = false;
  };
  std::shared_ptr<const core::TlsServerContext> tls;  // this connection's alone; null: no TLS
  Handshake handshake;
  bool left_in_time = false;  // the client had ended or reset it before it was closed

  [[nodiscard]] std::size_t room() const {
    return queue.size() < queue_max ? queue_max - queue.size() : 0;
  }
};

class Kernel {
 public:
  explicit Kernel(Random& random) : random_(random) {}

  // --- The client's side.

  // A connection that waits to be accepted, to a port that speaks `tls`; null: in the clear.
  [[nodiscard]] std::shared_ptr<Socket> connect(
      std::shared_ptr<const core::TlsServerContext> tls = nullptr);

  // --- The server's side. Results are a count or a descriptor, or -errno.

  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
  [[nodiscard]] int accept();
  // What the one that is accepted next wants to speak.
  [[nodiscard]] std::shared_ptr<const core::TlsServerContext> next_tls() const {
    return has_waiting() ? waiting_.front()->tls : nullptr;
  }
  [[nodiscard]] const std::shared_ptr<Socket>& socket_with(
      const core::TlsServerContext& tls) const {
    return by_tls_.at(&tls);
  }
  [[nodiscard]] Socket& socket(int fd);
  [[nodiscard]] bool is_open(int fd) const { return open_.contains(fd); }
  [[nodiscard]] int send(Socket& socket, std::string_view bytes);
  void close(int fd);
  [[nodiscard]] std::size_t open_count() const { return open_.size(); }

  // A worker begins and ends to use a socket.
  void lend(int fd);
  void take_back(int fd);

  // Out of reach of any real descriptor: a system call that slips through gets EBADF.
  static constexpr int kListeningFd = 1 << 21;

 private:
  Random& random_;
  std::unordered_map<int, std::shared_ptr<Socket>> open_;
  std::deque<std::shared_ptr<Socket>> waiting_;
  std::unordered_map<const core::TlsServerContext*, std::shared_ptr<Socket>> by_tls_;
  std::deque<int> free_fds_;
  int next_fd_ = kListeningFd + 1;
};

// What sendfile(2) does to the sockets of `kernel`, which must be current.
class CurrentKernel {
 public:
  CurrentKernel(Kernel& kernel, Random& random);
  CurrentKernel(const CurrentKernel&) = delete;
  CurrentKernel& operator=(const CurrentKernel&) = delete;
  ~CurrentKernel();
};
[[nodiscard]] ssize_t send_file(int socket, int file, off_t* offset, std::size_t size);
// Touches the socket, which must be the worker's.
void lift_unsent_limit(int socket);

// The content of every file of a simulated life, byte by byte, and where a file ends that has
// become shorter than what was announced.
[[nodiscard]] char file_byte(std::uint64_t offset);
inline constexpr std::uint64_t kFileBytes = 300'000;
// Any of them, for whoever reads it himself instead of asking send_file().
[[nodiscard]] std::shared_ptr<const core::OpenFile> simulated_file();

}  // namespace simulation
