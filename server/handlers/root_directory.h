// RootDirectory: the folder that a files route serves from, held open so that no path below it is
// ever looked up from "/" again. Immutable, shared by all loops and the workers of the files lane.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace server {

class RootDirectory {
 public:
  // Blocks: not on a loop. Fails when the path is missing, is no directory or may not be searched.
  [[nodiscard]] static core::Result<RootDirectory> open(const std::string& path);

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  RootDirectory(core::UniqueFd fd, std::string path);

  core::UniqueFd fd_;
  std::string path_;
};

}  // namespace server
