// FileLoader: the job that looks a path up on the files lane: opens it beneath its root, stats it
// and reads it when it is small. All its memory is its loop's and reused: the worker allocates
// nothing.
#pragma once

#include <sys/stat.h>

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "config/config.h"
#include "core/base/callback.h"
#include "core/base/clock.h"
#include "core/base/unique_fd.h"
#include "core/work/job.h"
#include "core/work/job_queue.h"
#include "server/handlers/representation.h"
#include "server/handlers/root_directory.h"

namespace server {

// A files route: where paths are looked up. Immutable but for its queue, shared by all loops.
struct FileSource {
  RootDirectory root;
  config::Files options;  // its `root` is not looked at
  // For every job that touches the root: when it hangs, only they do. Shared with its open files,
  // which may be sent for longer than the route exists, and with other routes of the same root.
  std::shared_ptr<core::JobQueue> queue = std::make_shared<core::JobQueue>();
};

// What distinguishes one state of a file from the next (statx's fields; ctime also moves when mtime
// is set back).
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  timespec modified{};
  timespec changed{};

  [[nodiscard]] static FileStamp of(const struct stat& status);
  [[nodiscard]] bool operator==(const FileStamp& other) const;
};

// What an errno of a look-up means for who asked.
[[nodiscard]] Representation::Kind kind_of_error(int error);

class FileLoader final : public core::Job {
 public:
  // Larger files stay on disk and are sent with sendfile.
  static constexpr std::size_t kSmallBytesMax = std::size_t{64} * 1024;

  using OnLoaded = core::Callback<void(FileLoader&)>;
  explicit FileLoader(OnLoaded on_loaded) : on_loaded_(on_loaded) {}

  // --- Loop thread, while the job is not out.

  // `path` begins with '/'. `known` is the state that is cached already, or null: when the file has
  // not changed it is not read again. With a `coding` the sibling in that coding is read, or else
  // the file itself.
  void prepare(const FileSource& source, std::string_view path, const FileStamp* known,
               Codings known_siblings = 0, std::optional<config::Coding> coding = std::nullopt);
  void* owner_data = nullptr;  // the cache's entry

  // --- The result, for on_loaded.
  [[nodiscard]] Representation::Kind kind() const {
    return failed() ? Representation::Kind::kFailed : kind_;
  }
  [[nodiscard]] bool unchanged() const { return !failed() && unchanged_; }
  // When the file was looked at.
  [[nodiscard]] core::TimePoint validated_at() const { return validated_at_; }
  [[nodiscard]] const FileStamp& stamp() const { return stamp_; }
  [[nodiscard]] bool etag_is_weak() const { return weak_; }
  [[nodiscard]] Codings siblings() const { return siblings_; }
  // What was read: the sibling in this coding, or the file itself.
  [[nodiscard]] std::optional<config::Coding> coding() const {
    return siblings_ == 0 ? std::nullopt : coding_;
  }
  // The name that was opened: the path, the index file in it, or the path with an extension.
  [[nodiscard]] std::string_view opened_path() const { return {path_.data(), path_size_}; }
  // The bytes of a small file; else take_file() has it.
  [[nodiscard]] bool holds_bytes() const { return holds_bytes_; }
  [[nodiscard]] std::string_view bytes() const { return {bytes_.get(), stamp_.size}; }
  [[nodiscard]] core::UniqueFd take_file() { return std::move(fd_); }

 private:
  void run() override;
  void finish() override { on_loaded_(*this); }

  [[nodiscard]] Representation::Kind look_up();
  [[nodiscard]] Representation::Kind look_up_index();
  [[nodiscard]] Representation::Kind look_up_extensions();
  // Puts `addition` behind the first `size` bytes of the path; false when there is no room.
  [[nodiscard]] bool set_path_end(std::size_t size, std::string_view addition);
  [[nodiscard]] Representation::Kind open_here();
  void look_for_siblings();
  void read_small();

  const OnLoaded on_loaded_;
  const FileSource* source_ = nullptr;
  bool has_known_ = false;
  FileStamp known_;
  Codings known_siblings_ = 0;
  std::optional<config::Coding> coding_;
  std::array<char, PATH_MAX> path_{};
  std::size_t path_size_ = 0;
  bool path_too_long_ = false;

  Representation::Kind kind_ = Representation::Kind::kFailed;
  bool unchanged_ = false;
  bool weak_ = false;
  bool holds_bytes_ = false;
  core::TimePoint validated_at_;
  FileStamp stamp_;
  Codings siblings_ = 0;
  core::UniqueFd fd_;
  const std::unique_ptr<char[]> bytes_ = std::make_unique_for_overwrite<char[]>(kSmallBytesMax);
};

}  // namespace server
