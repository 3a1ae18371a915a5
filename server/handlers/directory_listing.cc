#include "server/handlers/directory_listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "core/base/clock.h"

namespace server {
namespace {

struct CloseDirectory {
  void operator()(DIR* stream) const { static_cast<void>(::closedir(stream)); }
};
using DirectoryStream = std::unique_ptr<DIR, CloseDirectory>;

// Looks links up, as a request for them would.
class LinkFence {
 public:
  LinkFence(const RootDirectory& root, std::string_view path, config::Symlinks symlinks)
      : root_(root), symlinks_(symlinks) {
    const std::size_t first = path.find_first_not_of('/');
    if (first == std::string_view::npos) return;
    folder_.assign(path.substr(first));
    if (!folder_.ends_with('/')) folder_.push_back('/');
  }

  // False when the link leads nowhere or to where we may not look.
  [[nodiscard]] bool status_of(const char* name, struct stat& status) const {
    const core::UniqueFd target =
        root_.open_beneath((folder_ + name).c_str(), core::Clock::now(), symlinks_);
    return target.valid() && ::fstat(target.get(), &status) == 0;
  }

 private:
  const RootDirectory& root_;
  const config::Symlinks symlinks_;
  std::string folder_;  // relative to the root; empty, or with a slash at its end
};

bool is_self_or_parent(std::string_view name) { return name == "." || name == ".."; }

// A directory that may be read but not searched tells names and types, nothing else.
std::optional<DirectoryEntry> describe_by_type(const dirent& found) {
  if (found.d_type != DT_REG && found.d_type != DT_DIR) return std::nullopt;
  return DirectoryEntry{.name = found.d_name, .is_directory = found.d_type == DT_DIR};
}

std::optional<DirectoryEntry> describe(int directory, const dirent& found, const LinkFence& fence) {
  struct stat status {};
  if (::fstatat(directory, found.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? std::nullopt : describe_by_type(found);
  }
  if (S_ISLNK(status.st_mode) && !fence.status_of(found.d_name, status)) return std::nullopt;
  const bool is_directory = S_ISDIR(status.st_mode);
  if (!is_directory && !S_ISREG(status.st_mode)) return std::nullopt;
  DirectoryEntry entry{.name = found.d_name, .is_directory = is_directory};
  if (!is_directory) entry.size = static_cast<std::uint64_t>(status.st_size);
  entry.modified_seconds = status.st_mtim.tv_sec;
  return entry;
}

}  // namespace

core::Result<DirectoryListing, int> read_directory(core::UniqueFd directory,
                                                   const RootDirectory& root, std::string_view path,
                                                   const DirectoryLimits& limits,
                                                   config::Symlinks symlinks) {
  const DirectoryStream stream(::fdopendir(directory.get()));
  if (stream == nullptr) return core::unexpected(errno);
  const int fd = directory.release();  // the stream's now

  const LinkFence fence(root, path, symlinks);
  DirectoryListing listing;
  for (std::size_t names = 0;;) {
    // readdir(3): the end and a failure differ by errno alone.
    errno = 0;
    // A stream is this thread's alone, and glibc deprecates readdir_r.
    const dirent* found = ::readdir(stream.get());  // NOLINT(concurrency-mt-unsafe)
    if (found == nullptr) break;
    if (is_self_or_parent(found->d_name)) continue;
    listing.has_more = names++ == limits.names_max;
    if (listing.has_more) return listing;
    if (!limits.dot_files && found->d_name[0] == '.') continue;
    auto entry = describe(fd, *found, fence);
    if (!entry) continue;
    listing.has_more = listing.entries.size() == limits.entries_max;
    if (listing.has_more) return listing;
    listing.entries.push_back(std::move(*entry));
  }
  if (errno != 0) return core::unexpected(errno);
  return listing;
}

}  // namespace server
