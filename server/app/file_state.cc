#include "server/app/file_state.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace server {

std::string file_state(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return path + " is missing\n";
  return fmt::format("{} {} {} {} {}.{} {}.{}\n", path, status.st_dev, status.st_ino,
                     status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                     status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
}

}  // namespace server
