#include "server/handlers/file_cache.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <functional>
#include <utility>

#include "core/base/invariant.h"
#include "core/base/letter_case.h"
#include "server/http/date.h"
#include "server/http/media_type.h"

namespace server {
namespace {

// What an entry costs beside its path and bytes, roughly; keeps a flood of missing paths bounded.
constexpr std::size_t kEntryBytes = 512;
constexpr std::size_t kFreeLoadersMax = 16;
constexpr core::Duration kSweepEvery = std::chrono::seconds(1);

// The route's own types come first.
std::string_view content_type(const FileSource& source, std::string_view path) {
  const auto& types = source.options.types;
  if (!types.empty()) {
    const auto found = types.find(core::lower_case(extension_of(path)));
    if (found != types.end()) return found->second;
  }
  return media_type_for(path);
}

std::string describe(const FileSource& source, const FileLoader& loader,
                     Representation& representation) {
  FieldBlock fields;
  std::array<char, kDateSize> date{};
  fields.add("Last-Modified", render_date(representation.last_modified_seconds, date));
  fields.add("ETag", representation.etag.view());
  representation.validator_bytes = fields.text().size();
  if (loader.coding()) fields.add("Content-Encoding", coding_name(*loader.coding()));
  fields.add("Accept-Ranges", "bytes");
  representation.untyped_bytes = fields.text().size();
  fields.add("Content-Type", content_type(source, loader.opened_path()));
  return std::string(fields.text());
}

std::shared_ptr<Representation> without_content(Representation::Kind kind) {
  auto representation = std::make_shared<Representation>();
  representation->kind = kind;
  return representation;
}

}  // namespace

// Closes the descriptor of a file that is no longer served.
class FileCache::CloseJob final : public core::Job {
 public:
  CloseJob(FileCache& cache, core::OpenFile& file)
      : cache_(cache), fd_(std::move(file.fd)), queue_(std::move(file.queue)) {}
  [[nodiscard]] core::JobQueue& queue() const { return *queue_; }

 private:
  void run() noexcept override { fd_.reset(); }
  void finish() override {
    --cache_.jobs_out_;
    delete this;
  }

  FileCache& cache_;
  core::UniqueFd fd_;
  const std::shared_ptr<core::JobQueue> queue_;
};

std::size_t FileCache::Hash::operator()(const KeyView& key) const {
  return std::hash<std::string_view>()(key.path) ^ (std::hash<const void*>()(key.source) * 31) ^
         (key.coding ? codings_with(*key.coding) : 0U);
}

FileCache::FileCache(core::EventLoop& loop, core::Lane& lane, std::size_t bytes_max,
                     std::size_t files_max)
    : loop_(loop),
      lane_(lane),
      bytes_max_(bytes_max),
      files_max_(files_max),
      sweep_timer_(core::Callback<void()>::to<&FileCache::sweep>(*this)) {}

FileCache::~FileCache() { INVARIANT(idle() && entries_.empty()); }

const std::shared_ptr<const Representation>* FileCache::find(const FileSource& source,
                                                             std::string_view path,
                                                             std::optional<config::Coding> coding) {
  Entry* entry = find_entry({&source, path, coding});
  if (entry == nullptr || entry->representation == nullptr) return nullptr;
  const core::TimePoint now = loop_.turn_began();
  const core::Duration age = now - entry->validated_at;
  if (age > kValidFor) return nullptr;
  entry->used_at = now;
  if (age > kRefreshAfter && !entry->loading) {
    static_cast<void>(start_loading(*entry));  // a full queue: whoever comes after the second waits
  }
  touch(*entry);
  return &entry->representation;
}

void FileCache::wait_for(const FileSource& source, std::string_view path, FileWaiter& waiter,
                         std::optional<config::Coding> coding) {
  INVARIANT(!stopped_);
  const KeyView key{&source, path, coding};
  Entry* known = find_entry(key);
  Entry& entry = known != nullptr ? *known : make_entry(key);
  entry.used_at = loop_.turn_began();
  entry.waiters.push_back(waiter);
  if (entry.loading || start_loading(entry)) return;
  answer_waiters(entry, without_content(Representation::Kind::kOverloaded));
  forget(entry);
}

bool FileCache::try_submit(UncachedJob& job, const FileSource& source) {
  INVARIANT(!stopped_);
  if (!lane_.try_submit(job, *source.queue)) return false;
  job.cache_ = this;
  ++jobs_out_;
  return true;
}

void UncachedJob::finish() {
  --cache_->jobs_out_;
  on_done();
}

void FileCache::stop() {
  stopped_ = true;
  loop_.timers().clear(sweep_timer_);
  evict_beyond(0, 0);
}

FileCache::Entry* FileCache::find_entry(KeyView key) {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

FileCache::Entry& FileCache::make_entry(KeyView key) {
  const auto [place, inserted] =
      entries_.try_emplace(Key{key.source, std::string(key.path), key.coding});
  INVARIANT(inserted);
  Entry& entry = place->second;
  entry.key = &place->first;
  account(entry);
  if (sweep_timer_.deadline() == core::kNever) {
    loop_.timers().set(sweep_timer_, loop_.turn_began() + kSweepEvery);
  }
  return entry;
}

bool FileCache::start_loading(Entry& entry) {
  std::unique_ptr<FileLoader> loader;
  if (free_loaders_.empty()) {
    loader = std::make_unique<FileLoader>(FileLoader::OnLoaded::to<&FileCache::on_loaded>(*this));
  } else {
    loader = std::move(free_loaders_.back());
    free_loaders_.pop_back();
  }
  const Representation* known = entry.representation.get();
  // A weak entity tag has to be looked at again: it becomes strong when its second is over.
  const bool reusable = known != nullptr && known->kind == Representation::Kind::kFile &&
                        !known->etag.view().starts_with("W/");
  loader->prepare(*entry.key->source, entry.key->path, reusable ? &entry.stamp : nullptr,
                  known != nullptr ? known->siblings : Codings{0}, entry.key->coding);
  loader->owner_data = &entry;
  if (!lane_.try_submit(*loader, *entry.key->source->queue)) {
    free_loaders_.push_back(std::move(loader));
    return false;
  }
  static_cast<void>(loader.release());  // the lane's until on_loaded()
  entry.unlink();
  entry.loading = true;
  ++jobs_out_;
  ++look_ups_;
  return true;
}

void FileCache::on_loaded(FileLoader& loader) {
  --jobs_out_;
  std::unique_ptr<FileLoader> owned(&loader);
  Entry& entry = *static_cast<Entry*>(loader.owner_data);
  entry.loading = false;
  touch(entry);
  publish(entry, loader);
  if (free_loaders_.size() < kFreeLoadersMax) free_loaders_.push_back(std::move(owned));
  // Those who wait are answered with what was found just now, even if that took longer than a
  // second.
  const std::shared_ptr<const Representation> representation = entry.representation;
  answer_waiters(entry, representation);
  evict_beyond(stopped_ ? 0 : bytes_max_, files_max_);
}

void FileCache::publish(Entry& entry, FileLoader& loader) {
  entry.validated_at = loader.validated_at();
  if (loader.unchanged()) return;
  auto representation = without_content(loader.kind());
  if (loader.kind() == Representation::Kind::kFile) {
    const FileStamp& stamp = entry.stamp = loader.stamp();
    representation->path = loader.opened_path();
    representation->size = stamp.size;
    // RFC 9110 8.8.2.1: never later than the answer's own date.
    representation->last_modified_seconds =
        std::min<std::int64_t>(stamp.modified.tv_sec, std::time(nullptr));
    representation->etag =
        render_etag(stamp.modified.tv_sec, stamp.modified.tv_nsec, stamp.size,
                    loader.etag_is_weak(), loader.coding() ? coding_name(*loader.coding()) : "");
    representation->siblings = loader.siblings();
    representation->fields = describe(*entry.key->source, loader, *representation);
    if (loader.holds_bytes()) {
      representation->bytes = loader.bytes();
    } else {
      representation->file = share(loader.take_file(), entry.key->source->queue);
    }
  }
  entry.representation = std::move(representation);
  account(entry);
}

std::shared_ptr<const core::OpenFile> FileCache::share(
    core::UniqueFd fd, const std::shared_ptr<core::JobQueue>& queue) {
  return {new core::OpenFile{std::move(fd), queue}, [this](core::OpenFile* file) {
            close_on_lane(*file);
            delete file;
          }};
}

void FileCache::close_on_lane(core::OpenFile& file) {
  auto* job = new CloseJob(*this, file);
  ++jobs_out_;
  // As many as there were look-ups before: bounded, and closing cannot be refused.
  lane_.submit(*job, &job->queue());
}

void FileCache::answer_waiters(Entry& entry,
                               const std::shared_ptr<const Representation>& representation) {
  core::IntrusiveList<FileWaiter> waiters;
  waiters.append(entry.waiters);
  while (FileWaiter* waiter = waiters.pop_front()) waiter->on_loaded(representation);
}

void FileCache::touch(Entry& entry) {
  if (entry.loading) return;
  entry.unlink();
  least_recently_used_.push_back(entry);
}

void FileCache::account(Entry& entry) {
  const Representation* const known = entry.representation.get();
  const std::size_t content = known == nullptr ? 0 : known->bytes.size();
  files_ -= entry.files;
  entry.files = known != nullptr && known->file != nullptr ? 1 : 0;
  files_ += entry.files;
  bytes_ -= entry.bytes;
  entry.bytes = kEntryBytes + entry.key->path.size() + content;
  bytes_ += entry.bytes;
}

// Whoever asks for one large file after the other must not take all descriptors: what connections
// need comes out of the same limit.
void FileCache::evict_beyond(std::size_t bytes_max, std::size_t files_max) {
  while (bytes_ > bytes_max || files_ > files_max) {
    Entry* oldest = least_recently_used_.front();
    if (oldest == nullptr) return;
    forget(*oldest);
  }
}

void FileCache::forget(Entry& entry) {
  INVARIANT(!entry.loading && entry.waiters.empty());
  bytes_ -= entry.bytes;
  files_ -= entry.files;
  entries_.erase(entries_.find(KeyView{entry.key->source, entry.key->path, entry.key->coding}));
}

void FileCache::sweep() {
  const core::TimePoint now = loop_.turn_began();
  for (;;) {
    Entry* oldest = least_recently_used_.front();
    if (oldest == nullptr || now - oldest->used_at < kKeptUnused) break;
    forget(*oldest);
  }
  if (!entries_.empty()) loop_.timers().set(sweep_timer_, now + kSweepEvery);
}

std::vector<FileCache::Known> FileCache::known() {
  std::vector<Known> all;
  least_recently_used_.for_each([&all](Entry& entry) {
    const Key& key = *entry.key;
    all.push_back({*key.source, key.path, key.coding, *entry.representation});
  });
  return all;
}

}  // namespace server
