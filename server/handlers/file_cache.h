// FileCache: what one loop knows of the files that it serves. A representation validated more than
// a second ago is never served; requests for it wait together for one look-up on the files lane,
// and one that is asked for often is looked up again before its second is over, so that nobody
// waits. Bounded in bytes; what was not asked for lately goes first. Loop thread only.
//
// All jobs on a root's files are in its own queue: a mount that hangs makes wait who asks for it.
//
// Descriptors of larger files are closed on the lane: close(2) may block on a network file system.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/intrusive_list.h"
#include "core/io/event_loop.h"
#include "core/work/lane.h"
#include "server/handlers/file_loader.h"
#include "server/handlers/representation.h"

namespace server {

// A request that waits for a look-up. Leaves by being destroyed.
class FileWaiter : public core::ListHook<FileWaiter> {
 public:
  FileWaiter() = default;
  virtual ~FileWaiter() = default;
  // Once; may destroy the waiter.
  virtual void on_loaded(const std::shared_ptr<const Representation>& representation) = 0;
};

class FileCache;

// Work for a route whose result is not kept. Its cache counts it, so that the loop waits for it
// before it ends.
class UncachedJob : public core::Job {
 protected:
  // Loop thread. May destroy the job.
  virtual void on_done() = 0;

 private:
  friend class FileCache;
  void finish() final;
  FileCache* cache_ = nullptr;
};

class FileCache {
 public:
  static constexpr core::Duration kValidFor = std::chrono::seconds(1);
  static constexpr core::Duration kRefreshAfter = std::chrono::milliseconds(600);
  // Not asked for since: forgotten, so that the disk space of a deleted file is freed.
  static constexpr core::Duration kKeptUnused = std::chrono::seconds(10);
  static constexpr std::size_t kFilesMax = 256;

  // `files_max`: how many files may stay open that nobody is sending.
  FileCache(core::EventLoop& loop, core::Lane& lane, std::size_t bytes_max,
            std::size_t files_max = kFilesMax);
  FileCache(const FileCache&) = delete;
  FileCache& operator=(const FileCache&) = delete;
  // idle() must hold, and no representation be in use any more.
  ~FileCache();

  // What is known and still valid; null when it has to be looked up: then wait_for().
  [[nodiscard]] const std::shared_ptr<const Representation>* find(
      const FileSource& source, std::string_view path,
      std::optional<config::Coding> coding = std::nullopt);
  // Looks it up, or joins those who wait already. When the source's queue is full the waiter
  // is answered at once.
  void wait_for(const FileSource& source, std::string_view path, FileWaiter& waiter,
                std::optional<config::Coding> coding = std::nullopt);

  // On the source's queue; false when that is full: the job stays the caller's.
  [[nodiscard]] bool try_submit(UncachedJob& job, const FileSource& source);

  // Forgets everything; after that, and once it is idle, the cache can be destroyed.
  void stop();
  // No job is out.
  [[nodiscard]] bool idle() const { return jobs_out_ == 0; }

  // For people who ask why: each path that is known, the one that was asked for longest ago first.
  struct Known {
    const FileSource& source;
    std::string_view path;
    std::optional<config::Coding> coding;
    const Representation& representation;
  };
  [[nodiscard]] std::vector<Known> known();

  [[nodiscard]] core::EventLoop& loop() const { return loop_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Entries that hold a file open.
  [[nodiscard]] std::size_t files() const { return files_; }
  [[nodiscard]] std::size_t entries() const { return entries_.size(); }
  [[nodiscard]] std::uint64_t look_ups() const { return look_ups_; }

 private:
  struct Key {
    const FileSource* source;
    std::string path;
    std::optional<config::Coding> coding;
  };
  struct KeyView {
    const FileSource* source;
    std::string_view path;
    std::optional<config::Coding> coding;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const KeyView& key) const;
    std::size_t operator()(const Key& key) const {
      return (*this)(KeyView{key.source, key.path, key.coding});
    }
  };
  struct Equal {
    using is_transparent = void;
    template <typename Left, typename Right>
    bool operator()(const Left& left, const Right& right) const {
      return left.source == right.source && left.coding == right.coding && left.path == right.path;
    }
  };
  struct Entry : core::ListHook<Entry> {
    const Key* key = nullptr;
    std::shared_ptr<const Representation> representation;
    FileStamp stamp;  // of a file that was found
    core::TimePoint validated_at;
    core::TimePoint used_at;
    std::size_t bytes = 0;  // as counted in bytes_
    std::size_t files = 0;  // as counted in files_
    bool loading = false;
    core::IntrusiveList<FileWaiter> waiters;
  };
  class CloseJob;
  friend class UncachedJob;

  [[nodiscard]] Entry* find_entry(KeyView key);
  [[nodiscard]] Entry& make_entry(KeyView key);
  [[nodiscard]] bool start_loading(Entry& entry);
  void on_loaded(FileLoader& loader);
  void publish(Entry& entry, FileLoader& loader);
  [[nodiscard]] std::shared_ptr<const core::OpenFile> share(
      core::UniqueFd fd, const std::shared_ptr<core::JobQueue>& queue);
  void close_on_lane(core::OpenFile& file);
  void answer_waiters(Entry& entry, const std::shared_ptr<const Representation>& representation);
  void touch(Entry& entry);
  void account(Entry& entry);
  void evict_beyond(std::size_t bytes_max, std::size_t files_max);
  void forget(Entry& entry);
  void sweep();

  core::EventLoop& loop_;
  core::Lane& lane_;
  const std::size_t bytes_max_;
  const std::size_t files_max_;
  std::unordered_map<Key, Entry, Hash, Equal> entries_;
  core::IntrusiveList<Entry> least_recently_used_;  // in front; those that load are not in it
  std::vector<std::unique_ptr<FileLoader>> free_loaders_;
  core::Timer sweep_timer_;
  std::size_t bytes_ = 0;
  std::size_t files_ = 0;
  std::size_t jobs_out_ = 0;
  std::uint64_t look_ups_ = 0;
  bool stopped_ = false;
};

}  // namespace server
