#include "server/net/file_read_job.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/base/invariant.h"

namespace server {

void FileReadJob::prepare(std::shared_ptr<const core::OpenFile> file, std::uint64_t offset,
                          std::uint64_t size) {
  INVARIANT(size > 0 && bytes().empty());
  if (buffer_ == nullptr) buffer_ = std::make_unique_for_overwrite<char[]>(kPieceBytesMax);
  file_ = std::move(file);
  offset_ = offset;
  size_ = static_cast<std::size_t>(std::min(size, kPieceBytesMax));
  read_ = taken_ = 0;
  outcome_ = Outcome::kRead;
}

void FileReadJob::free_buffer() {
  buffer_.reset();
  read_ = taken_ = 0;
}

void FileReadJob::run() {
  while (read_ < size_) {
    const ssize_t size = ::pread(file_->fd.get(), buffer_.get() + read_, size_ - read_,
                                 static_cast<off_t>(offset_ + read_));
    if (size > 0) {
      read_ += static_cast<std::size_t>(size);
    } else if (size == 0) {
      outcome_ = Outcome::kTruncated;
      return;
    } else if (errno != EINTR) {
      outcome_ = Outcome::kFailed;
      return;
    }
  }
}

}  // namespace server
