#include "server/net/sendfile_job.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace server {

void SendfileJob::prepare(int socket, std::shared_ptr<const core::OpenFile> file,
                          std::uint64_t offset, std::uint64_t size) {
  socket_ = socket;
  file_ = std::move(file);
  offset_ = offset;
  size_ = std::min(size, kSliceBytesMax);
  sent_ = 0;
  outcome_ = Outcome::kProgress;
}

void SendfileJob::run() noexcept {
  while (sent_ < size_) {
    auto offset = static_cast<off_t>(offset_ + sent_);
    const ssize_t size = send_file_(socket_, file_->fd.get(), &offset, size_ - sent_);
    if (size > 0) {
      sent_ += static_cast<std::uint64_t>(size);
      continue;
    }
    if (size < 0 && errno == EINTR) continue;
    if (size == 0) {
      outcome_ = Outcome::kTruncated;
    } else {
      outcome_ = errno == EAGAIN ? Outcome::kWouldBlock : Outcome::kFailed;
    }
    return;
  }
}

}  // namespace server
