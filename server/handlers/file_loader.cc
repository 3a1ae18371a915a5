#include "server/handlers/file_loader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string>
#include <utility>

#include "core/base/invariant.h"

namespace server {
namespace {

using Kind = Representation::Kind;

// A file that changes while it is read is read again; after that it is sent from disk.
constexpr int kReadsMax = 3;

bool same_time(const timespec& left, const timespec& right) {
  return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}

// RFC 9110 8.8.1: within the same second another change could leave size and time as they are.
bool modified_within_a_second(const timespec& modified) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  const std::int64_t seconds = now.tv_sec - modified.tv_sec;
  return seconds < 1 || (seconds == 1 && now.tv_nsec < modified.tv_nsec);
}

}  // namespace

Kind kind_of_error(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
      return Kind::kMissing;
    case EACCES:
    case EPERM:
    case EXDEV:  // outside of the root
    case ENXIO:  // a socket
      return Kind::kForbidden;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
      return Kind::kOverloaded;
    default:
      return Kind::kFailed;
  }
}

FileStamp FileStamp::of(const struct stat& status) {
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), status.st_mtim,
          status.st_ctim};
}

bool FileStamp::operator==(const FileStamp& other) const {
  return device == other.device && inode == other.inode && size == other.size &&
         same_time(modified, other.modified) && same_time(changed, other.changed);
}

void FileLoader::prepare(const FileSource& source, std::string_view path, const FileStamp* known,
                         Codings known_siblings, std::optional<config::Coding> coding) {
  INVARIANT(!path.empty() && path.front() == '/');
  source_ = &source;
  has_known_ = known != nullptr;
  if (has_known_) known_ = *known;
  known_siblings_ = known_siblings;
  coding_ = coding;
  siblings_ = 0;
  path_too_long_ = path.size() >= path_.size();
  path_size_ = path_too_long_ ? 0 : path.size();
  std::copy_n(path.begin(), path_size_, path_.begin());
  path_[path_size_] = '\0';
  unchanged_ = weak_ = holds_bytes_ = false;
  kind_ = Kind::kFailed;
}

void FileLoader::run() {
  fd_.reset();  // of a run that failed; here, for close(2) may block
  validated_at_ = core::Clock::now();
  kind_ = path_too_long_ ? Kind::kMissing : look_up();
  if (kind_ != Kind::kFile) {
    fd_.reset();
    return;
  }
  look_for_siblings();
  weak_ = modified_within_a_second(stamp_.modified);
  unchanged_ = has_known_ && stamp_ == known_ && siblings_ == known_siblings_;
  if (!unchanged_ && stamp_.size <= kSmallBytesMax) read_small();
  if (unchanged_ || holds_bytes_) fd_.reset();
}

Kind FileLoader::look_up() {
  if (path_[path_size_ - 1] == '/') return look_up_index();
  const Kind kind = open_here();
  return kind == Kind::kMissing ? look_up_extensions() : kind;
}

Kind FileLoader::look_up_index() {
  const std::size_t directory_size = path_size_;
  for (const std::string& name : source_->options.index) {
    if (!set_path_end(directory_size, name)) continue;
    const Kind kind = open_here();
    if (kind != Kind::kMissing && kind != Kind::kDirectory) return kind;
  }
  static_cast<void>(set_path_end(directory_size, ""));
  // A directory without an index is there, but there is nothing to show.
  return open_here() == Kind::kDirectory ? Kind::kUnindexed : Kind::kMissing;
}

Kind FileLoader::look_up_extensions() {
  const std::size_t size = path_size_;
  for (const std::string& extension : source_->options.extensions) {
    if (!set_path_end(size, ".") || !set_path_end(size + 1, extension)) continue;
    const Kind kind = open_here();
    if (kind != Kind::kMissing && kind != Kind::kDirectory) return kind;
  }
  return Kind::kMissing;
}

bool FileLoader::set_path_end(std::size_t size, std::string_view addition) {
  if (size + addition.size() >= path_.size()) return false;
  addition.copy(path_.data() + size, addition.size());
  path_size_ = size + addition.size();
  path_[path_size_] = '\0';
  return true;
}

Kind FileLoader::open_here() {
  // Beneath the root, so without the leading slash; the root itself is ".".
  const char* relative = path_size_ > 1 ? path_.data() + 1 : ".";
  fd_ = source_->root.open_beneath(relative, validated_at_, source_->options.symlinks);
  if (!fd_.valid()) return kind_of_error(errno);
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) return kind_of_error(errno);
  if (S_ISDIR(status.st_mode)) return Kind::kDirectory;
  if (!S_ISREG(status.st_mode)) return Kind::kForbidden;
  stamp_ = FileStamp::of(status);
  return Kind::kFile;
}

// A sibling that is older than the file was left behind by a deployment. Whole seconds: archives
// keep no more.
void FileLoader::look_for_siblings() {
  const auto& codings = source_->options.precompressed;
  if (codings.empty()) return;
  core::UniqueFd file = std::move(fd_);
  const FileStamp stamp = stamp_;
  const std::size_t size = path_size_;
  for (const config::Coding coding : codings) {
    if (coding_ && *coding_ != coding) continue;
    const bool found = set_path_end(size, coding_suffix(coding)) && open_here() == Kind::kFile;
    if (found && stamp_.modified.tv_sec >= stamp.modified.tv_sec) {
      siblings_ = static_cast<Codings>(siblings_ | codings_with(coding));
      if (coding_) break;
    }
  }
  static_cast<void>(set_path_end(size, ""));  // the type is the file's
  if (coding_ && siblings_ != 0) return;
  fd_ = std::move(file);
  stamp_ = stamp;
}

// Holds the bytes if they can be trusted to be one state of the file. That it is old enough for a
// strong tag is judged before it is read: what comes in the same tick as its last change and behind
// us would not show.
void FileLoader::read_small() {
  for (int attempt = 0; attempt < kReadsMax; ++attempt) {
    std::uint64_t size = 0;
    while (size < stamp_.size) {
      const ssize_t piece =
          ::pread(fd_.get(), bytes_.get() + size, stamp_.size - size, static_cast<off_t>(size));
      if (piece < 0 && errno == EINTR) continue;
      if (piece <= 0) break;
      size += static_cast<std::uint64_t>(piece);
    }
    struct stat status {};
    if (::fstat(fd_.get(), &status) != 0) break;
    const FileStamp after = FileStamp::of(status);
    if (size == stamp_.size && after == stamp_) {
      holds_bytes_ = true;
      return;
    }
    stamp_ = after;
    weak_ = modified_within_a_second(stamp_.modified);
    if (stamp_.size > kSmallBytesMax) break;
  }
  weak_ = true;
}

}  // namespace server
