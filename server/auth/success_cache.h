// SuccessCache: which passwords have been found right lately. It knows digests alone, made of the
// stored hash too: whoever's line changes is not in it any more, even before it is cleared. Fixed
// in size; what is full forgets the oldest. One thread, its owner's.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "core/base/clock.h"
#include "core/base/intrusive_list.h"
#include "core/digest/keyed_digest.h"

namespace server {

class SuccessCache {
 public:
  // Being asked for does not make an entry live longer than `kept_for`.
  SuccessCache(std::size_t entries_max, core::Duration kept_for);

  [[nodiscard]] bool contains(const core::Digest& key, core::TimePoint now);
  // Counts from now, also when it is there.
  void insert(const core::Digest& key, core::TimePoint now);
  void clear() { entries_.clear(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry : core::ListHook<Entry> {
    core::Digest key{};
    core::TimePoint ends;
  };

  void forget_ended(core::TimePoint now);

  const std::size_t entries_max_;
  const core::Duration kept_for_;
  core::IntrusiveList<Entry> oldest_first_;
  std::unordered_map<core::Digest, Entry, core::DigestHash> entries_;
};

}  // namespace server
