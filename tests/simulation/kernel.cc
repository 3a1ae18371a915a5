#include "tests/simulation/kernel.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/base/invariant.h"
#include "tests/server/http/memory_file.h"

namespace simulation {
namespace {

struct Current {
  Kernel* kernel = nullptr;
  Random* random = nullptr;
};

// sendfile(2) is a plain function, so that it can be replaced by one: it has to find its kernel
// here.
Current& current() {
  static Current instance;
  return instance;
}

}  // namespace

std::shared_ptr<Socket> Kernel::connect(std::shared_ptr<const core::TlsServerContext> tls) {
  auto socket = std::make_shared<Socket>();
  // Small, so that it is full often; now and then large enough for everything.
  socket->queue_max = random_.chance(0.3) ? 1'000'000 : random_.between(100, 20'000);
  if (tls != nullptr) INVARIANT(by_tls_.emplace(tls.get(), socket).second);
  socket->tls = std::move(tls);
  waiting_.push_back(socket);
  return socket;
}

int Kernel::accept() {
  INVARIANT(has_waiting());
  auto socket = waiting_.front();
  waiting_.pop_front();
  // Like the real one, the number that became free first is most likely to be used again.
  if (!free_fds_.empty() && random_.chance(0.8)) {
    socket->fd = free_fds_.front();
    free_fds_.pop_front();
  } else {
    socket->fd = next_fd_++;
  }
  open_.emplace(socket->fd, socket);
  return socket->fd;
}

Socket& Kernel::socket(int fd) {
  const auto found = open_.find(fd);
  INVARIANT(found != open_.end());
  return *found->second;
}

int Kernel::send(Socket& socket, std::string_view bytes) {
  INVARIANT(!socket.server_ended && !bytes.empty());
  if (socket.reset) return -EPIPE;
  const std::size_t size = std::min(socket.room(), bytes.size());
  if (size == 0) return -EAGAIN;
  socket.queue += bytes.substr(0, size);
  return static_cast<int>(size);
}

void Kernel::close(int fd) {
  Socket& closing = socket(fd);
  INVARIANT(!closing.with_worker && !closing.handshake.step_out);
  closing.left_in_time = closing.client_ended || closing.reset;
  closing.closed = closing.server_ended = true;
  // close(2) over unread bytes resets the connection, and takes with it what the client has not
  // read.
  if (!closing.sent.empty() && !closing.reset) {
    closing.reset = true;
    closing.queue.clear();
  }
  open_.erase(fd);
  free_fds_.push_back(fd);
}

void Kernel::lend(int fd) {
  Socket& lent = socket(fd);
  INVARIANT(lent.operations == 0 && !lent.with_worker);  // one user
  // Waits for room and does not spin.
  INVARIANT(!lent.met_full || lent.room() > 0 || lent.reset || lent.disturbed);
  lent.with_worker = true;
}

void Kernel::take_back(int fd) {
  INVARIANT(socket(fd).with_worker);
  socket(fd).with_worker = false;
}

CurrentKernel::CurrentKernel(Kernel& kernel, Random& random) {
  INVARIANT(current().kernel == nullptr);
  current() = {&kernel, &random};
}

CurrentKernel::~CurrentKernel() { current() = {}; }

void lift_unsent_limit(int fd) {
  Kernel* const kernel = current().kernel;
  INVARIANT(kernel != nullptr);
  const Socket& socket = kernel->socket(fd);
  INVARIANT(socket.with_worker && socket.operations == 0);
}

ssize_t send_file(int fd, int, off_t* offset, std::size_t size) {
  const auto [kernel, random] = current();
  Socket& socket = kernel->socket(fd);
  INVARIANT(socket.with_worker && socket.operations == 0);
  const auto fail = [](int error) {
    errno = error;
    return ssize_t{-1};
  };
  if (random->chance(0.02)) return fail(EINTR);
  if (random->chance(0.002)) {
    socket.disturbed = true;
    return fail(EIO);
  }
  const auto position = static_cast<std::uint64_t>(*offset);
  if (position >= kFileBytes) return 0;
  const std::size_t wanted =
      std::min({size, static_cast<std::size_t>(kFileBytes - position), random->between(1, 70'000)});
  std::string bytes(wanted, '\0');
  for (std::size_t i = 0; i < wanted; ++i) bytes[i] = file_byte(position + i);
  const int sent = kernel->send(socket, bytes);
  socket.met_full = sent == -EAGAIN;
  if (sent < 0) return fail(-sent);
  *offset += sent;
  return sent;
}

std::shared_ptr<const core::OpenFile> simulated_file() {
  static const auto kFile = [] {
    std::string content(kFileBytes, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = file_byte(i);
    return http_test::file_with(content);
  }();
  return kFile;
}

char file_byte(std::uint64_t offset) {
  return static_cast<char>('a' + (offset * 7 + offset / 251) % 26);
}

}  // namespace simulation
