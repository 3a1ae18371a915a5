#include "server/handlers/root_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace server {

RootDirectory::RootDirectory(core::UniqueFd fd, std::string path)
    : fd_(std::move(fd)), path_(std::move(path)) {}

core::Result<RootDirectory> RootDirectory::open(const std::string& path) {
  core::UniqueFd fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const bool searchable = fd.valid() && ::faccessat(fd.get(), ".", X_OK, AT_EACCESS) == 0;
  if (!searchable) return core::unexpected(core::system_error("cannot open root " + path, errno));
  return RootDirectory(std::move(fd), path);
}

}  // namespace server
