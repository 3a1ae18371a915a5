#include "server/net/sendfile_job.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace server {
namespace {

void limit_unsent(int socket, std::uint32_t bytes) {
  static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes));
}

}  // namespace

const SendfileJob::Kernel SendfileJob::kSystem{::sendfile, limit_unsent};

void SendfileJob::prepare(int socket, std::shared_ptr<const core::OpenFile> file,
                          std::uint64_t offset, std::uint64_t size) {
  socket_ = socket;
  file_ = std::move(file);
  offset_ = offset;
  size_ = std::min(size, kSliceBytesMax);
  sent_ = 0;
  outcome_ = Outcome::kProgress;
}

// True when the socket may take more than it did a moment ago.
bool SendfileJob::try_deepen_queue() {
  if (++waits_ != kWaitsMax) return false;
  kernel_.limit_unsent(socket_, kUnlimited);
  return true;
}

void SendfileJob::run() noexcept {
  while (sent_ < size_) {
    auto offset = static_cast<off_t>(offset_ + sent_);
    const ssize_t size = kernel_.send_file(socket_, file_->fd.get(), &offset, size_ - sent_);
    if (size > 0) {
      sent_ += static_cast<std::uint64_t>(size);
      continue;
    }
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN && try_deepen_queue()) continue;
    if (size == 0) {
      outcome_ = Outcome::kTruncated;
    } else {
      outcome_ = errno == EAGAIN ? Outcome::kWouldBlock : Outcome::kFailed;
    }
    return;
  }
}

}  // namespace server
