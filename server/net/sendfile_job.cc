#include "server/net/sendfile_job.h"

#include <sys/sendfile.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/io/socket.h"

namespace server {

const SendfileJob::Kernel SendfileJob::kSystem{::sendfile, core::lift_unsent_limit};

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
  kernel_.lift_unsent_limit(socket_);
  return true;
}

void SendfileJob::run() {
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
