// RootDirectory: the folder that a files route serves from, held open so that no path below it is
// looked up from "/". Whatever is opened, the last step is fenced by the kernel (openat2(2),
// RESOLVE_BENEATH): no race with a rename or a link leads out.
//
// Once a second it is opened anew by its path, so that a deployment that swaps a link, or a mount
// that comes back, is seen. Shared by all loops' sources and the workers of the files lane; what
// changes is behind a mutex that only workers take, and that is never held over a system call.
#pragma once

#include <memory>
#include <string>

#include "config/config.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace server {

class RootDirectory {
 public:
  static constexpr core::Duration kReopenAfter = std::chrono::seconds(1);

  // Blocks: not on a loop. Fails when the path is missing, is no directory or may not be searched,
  // and where there is no openat2(2): better said at start than with every request.
  [[nodiscard]] static core::Result<RootDirectory> open(const std::string& path);

  RootDirectory(RootDirectory&&) noexcept;
  RootDirectory& operator=(RootDirectory&&) noexcept;
  RootDirectory(const RootDirectory&) = delete;
  RootDirectory& operator=(const RootDirectory&) = delete;
  ~RootDirectory();

  // Opens for reading what lies at `relative` below this folder ("." is the folder itself).
  // Symbolic links resolve when they end below it, absolute ones too; with kFollow wherever they
  // end, but names that lead out never do. Invalid on failure, errno says why: EXDEV when it lies
  // outside, the root's own error while that cannot be opened. May block: workers only.
  [[nodiscard]] core::UniqueFd open_beneath(
      const char* relative, core::TimePoint now,
      config::Symlinks symlinks = config::Symlinks::kInside) const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  class Current;
  RootDirectory(core::UniqueFd fd, std::string path);

  std::string path_;
  std::unique_ptr<Current> current_;
};

}  // namespace server
