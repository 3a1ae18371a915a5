#include "server/auth/success_cache.h"

#include "core/base/invariant.h"

namespace server {

SuccessCache::SuccessCache(std::size_t entries_max, core::Duration kept_for)
    : entries_max_(entries_max), kept_for_(kept_for) {
  INVARIANT(entries_max > 0);
}

bool SuccessCache::contains(const core::Digest& key, core::TimePoint now) {
  forget_ended(now);
  return entries_.contains(key);
}

void SuccessCache::insert(const core::Digest& key, core::TimePoint now) {
  forget_ended(now);
  Entry& entry = entries_[key];
  entry.unlink();
  entry.key = key;
  entry.ends = now + kept_for_;
  oldest_first_.push_back(entry);
  if (entries_.size() > entries_max_) entries_.erase(core::Digest(oldest_first_.front()->key));
}

// All live equally long, so the oldest ends first.
void SuccessCache::forget_ended(core::TimePoint now) {
  for (Entry* oldest = oldest_first_.front(); oldest != nullptr && oldest->ends <= now;
       oldest = oldest_first_.front()) {
    entries_.erase(core::Digest(oldest->key));
  }
}

}  // namespace server
