// PageDropper: keeps files cold: drops them from the page cache again and again, on a thread of its
// own, while their readers fetch them from the disk. Owned by one thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/unique_fd.h"

namespace prove {

class PageDropper {
 public:
  // Files that cannot be opened stay as they are.
  explicit PageDropper(const std::vector<std::string>& paths);
  PageDropper(const PageDropper&) = delete;
  PageDropper& operator=(const PageDropper&) = delete;
  ~PageDropper();

 private:
  void work();

  std::vector<core::UniqueFd> files_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;  // under the mutex
  std::thread thread_;
};

}  // namespace prove
