// RootDirectory: the folder that a files route serves from, held open so that no path below it is
// ever looked up from "/" again. Immutable, shared by all loops and the workers of the files lane.
#pragma once

#include <string>

#include "config/config.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace server {

class RootDirectory {
 public:
  // Blocks: not on a loop. Fails when the path is missing, is no directory or may not be searched,
  // and where there is no openat2(2): better said at start than with every request.
  [[nodiscard]] static core::Result<RootDirectory> open(const std::string& path);

  // Opens for reading what lies at `relative` below this folder ("." is the folder itself).
  // Symbolic links that lead out of it resolve with kFollow only; names that do, never. Invalid on
  // failure, errno says why. May block: workers only.
  [[nodiscard]] core::UniqueFd open_beneath(
      const char* relative, config::Symlinks symlinks = config::Symlinks::kInside) const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  RootDirectory(core::UniqueFd fd, std::string path);

  core::UniqueFd fd_;
  std::string path_;
};

}  // namespace server
