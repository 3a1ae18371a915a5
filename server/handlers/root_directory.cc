#include "server/handlers/root_directory.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <utility>

#include "core/base/thread_annotations.h"

namespace server {
namespace {

// How often we begin again when the tree changed under a look-up (openat2(2): EAGAIN).
constexpr int kRacesMax = 8;
// O_NONBLOCK: opening a FIFO would wait for its writer.
constexpr std::uint64_t kForReading = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
constexpr std::uint64_t kForItsPath = O_PATH | O_CLOEXEC;

using PathBuffer = std::array<char, PATH_MAX>;

core::UniqueFd open_at(int root, const char* relative, std::uint64_t flags, std::uint64_t resolve) {
  open_how how{};
  how.flags = flags;
  how.resolve = RESOLVE_NO_MAGICLINKS | resolve;
  int fd = -1;
  for (int race = 0; race < kRacesMax; ++race) {
    // No wrapper in glibc 2.36.
    fd = static_cast<int>(::syscall(SYS_openat2, root, relative, &how, sizeof how));
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  return core::UniqueFd(fd);
}

core::UniqueFd open_root(const std::string& path) {
  return core::UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

bool out_of_resources(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM; }

// Empty when there is none. Ends with a zero in the buffer.
std::string_view real_path(const core::UniqueFd& fd, PathBuffer& buffer) {
  std::array<char, 32> link{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd.get());
  const ssize_t size = ::readlink(link.data(), buffer.data(), buffer.size());
  if (size <= 0 || static_cast<std::size_t>(size) >= buffer.size()) return {};
  buffer[static_cast<std::size_t>(size)] = '\0';
  return {buffer.data(), static_cast<std::size_t>(size)};
}

// What leads from `root` to `path`, a zero behind it; null when that is not below.
const char* path_below(std::string_view root, std::string_view path) {
  if (root == "/") root = "";
  if (!path.starts_with('/') || !path.starts_with(root)) return nullptr;
  if (path.size() == root.size()) return ".";
  if (path[root.size()] != '/') return nullptr;
  return path.size() == root.size() + 1 ? "." : path.data() + root.size() + 1;
}

enum class Outcome { kDone, kRace };

// A link leads over the fence, and perhaps back: its target's real path says. What is opened is
// that path, behind the fence again and without any link, so nothing hangs on what we saw before.
Outcome open_real_path(const core::UniqueFd& root, const char* relative, core::UniqueFd& opened) {
  const core::UniqueFd target = open_at(root.get(), relative, kForItsPath, 0);
  if (!target.valid()) {
    // Whether something outside is missing or closed is not told.
    if (!out_of_resources(errno)) errno = EXDEV;
    return Outcome::kDone;
  }
  PathBuffer root_buffer;
  PathBuffer target_buffer;
  const std::string_view root_path = real_path(root, root_buffer);
  const std::string_view target_path = real_path(target, target_buffer);
  const char* below = root_path.empty() ? nullptr : path_below(root_path, target_path);
  if (below == nullptr) {
    errno = EXDEV;
    return Outcome::kDone;
  }
  opened = open_at(root.get(), below, kForReading, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  if (opened.valid()) return Outcome::kDone;
  const int error = errno;
  const bool changed = error == ELOOP || error == ENOENT || error == ENOTDIR || error == EXDEV;
  return changed ? Outcome::kRace : Outcome::kDone;
}

// What RESOLVE_BENEATH says of the name itself, for when links may go anywhere.
bool leads_out(std::string_view relative) {
  if (relative.starts_with('/')) return true;
  return relative == ".." || relative.starts_with("../") || relative.ends_with("/..") ||
         relative.find("/../") != std::string_view::npos;
}

core::UniqueFd open_below(const core::UniqueFd& root, const char* relative,
                          config::Symlinks symlinks) {
  if (symlinks == config::Symlinks::kFollow) {
    if (!leads_out(relative)) return open_at(root.get(), relative, kForReading, 0);
    errno = EXDEV;
    return {};
  }
  for (int race = 0; race < kRacesMax; ++race) {
    core::UniqueFd opened = open_at(root.get(), relative, kForReading, RESOLVE_BENEATH);
    if (opened.valid() || errno != EXDEV) return opened;
    if (open_real_path(root, relative, opened) == Outcome::kDone) return opened;
  }
  errno = EXDEV;
  return {};
}

}  // namespace

// The root as it was found last, and those before it that look-ups still use. Any worker; allocates
// nothing, as workers do.
class RootDirectory::Current {
 public:
  struct Slot {
    core::UniqueFd fd;  // valid while it is the current one or in use
    std::size_t users = 0;
  };

  explicit Current(core::UniqueFd fd) : current_(slots_.data()), asked_at_(core::Clock::now()) {
    current_->fd = std::move(fd);
  }

  // Null when it could not be opened; errno says why. Else leave() follows.
  Slot* take(const std::string& path, core::TimePoint now) {
    core::TimePoint asked_at;
    {
      core::MutexLock lock(mutex_);
      if (now - asked_at_ < kReopenAfter) return use_current();
      asked_at = asked_at_ = now;
    }
    // The others go on with what there is meanwhile: this may hang.
    core::UniqueFd fd = open_root(path);
    const int error = fd.valid() ? 0 : errno;
    core::UniqueFd before;  // closed when the mutex is free again
    core::MutexLock lock(mutex_);
    if (asked_at >= found_at_ && !out_of_resources(error)) {
      found_at_ = asked_at;
      before = replace(std::move(fd), error);
    }
    return use_current();
  }

  void leave(Slot& slot) {
    core::UniqueFd before;
    core::MutexLock lock(mutex_);
    if (--slot.users == 0 && &slot != current_) before = std::move(slot.fd);
  }

 private:
  // More than the jobs of a root that run at a time; if they are all taken we stay with what we
  // have for another second.
  static constexpr std::size_t kSlots = 16;

  // Returns what is to be closed.
  core::UniqueFd replace(core::UniqueFd fd, int error) REQUIRES(mutex_) {
    Slot* next = nullptr;
    if (fd.valid()) {
      next =
          std::find_if(slots_.begin(), slots_.end(), [](Slot& slot) { return !slot.fd.valid(); });
      if (next == slots_.end()) return fd;
      next->fd = std::move(fd);
    }
    Slot* before = std::exchange(current_, next);
    error_ = error;
    if (before == nullptr || before->users > 0) return {};
    return std::move(before->fd);
  }

  Slot* use_current() REQUIRES(mutex_) {
    if (current_ == nullptr) {
      errno = error_;
    } else {
      ++current_->users;
    }
    return current_;
  }

  core::Mutex mutex_;
  std::array<Slot, kSlots> slots_ GUARDED_BY(mutex_);
  Slot* current_ GUARDED_BY(mutex_);
  int error_ GUARDED_BY(mutex_) = 0;
  core::TimePoint asked_at_ GUARDED_BY(mutex_);
  core::TimePoint found_at_ GUARDED_BY(mutex_);  // when that was asked: slow answers come late
};

RootDirectory::RootDirectory(core::UniqueFd fd, std::string path)
    : path_(std::move(path)), current_(std::make_unique<Current>(std::move(fd))) {}

RootDirectory::RootDirectory(RootDirectory&&) noexcept = default;
RootDirectory& RootDirectory::operator=(RootDirectory&&) noexcept = default;
RootDirectory::~RootDirectory() = default;

core::Result<RootDirectory> RootDirectory::open(const std::string& path) {
  core::UniqueFd fd = open_root(path);
  const bool searchable = fd.valid() && ::faccessat(fd.get(), ".", X_OK, AT_EACCESS) == 0;
  if (!searchable) return core::unexpected(core::system_error("cannot open root " + path, errno));
  RootDirectory root(std::move(fd), path);
  if (!root.open_beneath(".", core::Clock::now()).valid() && (errno == ENOSYS || errno == EPERM)) {
    return core::unexpected(core::system_error(
        "cannot use openat2, which needs Linux 5.6 and a seccomp profile that allows it", errno));
  }
  return root;
}

core::UniqueFd RootDirectory::open_beneath(const char* relative, core::TimePoint now,
                                           config::Symlinks symlinks) const {
  Current::Slot* root = current_->take(path_, now);
  if (root == nullptr) return {};
  core::UniqueFd opened = open_below(root->fd, relative, symlinks);
  const int error = errno;
  current_->leave(*root);
  errno = error;
  return opened;
}

}  // namespace server
