#include "prove/page_dropper.h"

#include <fcntl.h>

#include <chrono>

namespace prove {
namespace {

constexpr std::chrono::milliseconds kPause{20};

}  // namespace

PageDropper::PageDropper(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    core::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.valid()) files_.push_back(std::move(fd));
  }
  thread_ = std::thread([this] { work(); });
}

PageDropper::~PageDropper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

void PageDropper::work() {
  std::unique_lock lock(mutex_);
  do {
    for (const core::UniqueFd& file : files_) {
      static_cast<void>(::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED));
    }
  } while (!stopped_.wait_for(lock, kPause, [this] { return stopping_; }));
}

}  // namespace prove
