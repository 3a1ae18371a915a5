// Mutex with Clang's thread-safety annotations (-Wthread-safety checks them; other compilers see
// nothing). For the few types that several threads touch. No loop may take a lock that a worker may
// hold.
#pragma once

#include <mutex>

#if defined(__clang__)
#define OURO_ANNOTATE(x) __attribute__((x))
#else
#define OURO_ANNOTATE(x)
#endif
#define GUARDED_BY(mutex) OURO_ANNOTATE(guarded_by(mutex))
#define REQUIRES(mutex) OURO_ANNOTATE(requires_capability(mutex))

namespace core {

class OURO_ANNOTATE(capability("mutex")) Mutex {
 public:
  void lock() OURO_ANNOTATE(acquire_capability()) { mutex_.lock(); }
  [[nodiscard]] bool try_lock() OURO_ANNOTATE(try_acquire_capability(true)) {
    return mutex_.try_lock();
  }
  void unlock() OURO_ANNOTATE(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class OURO_ANNOTATE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) OURO_ANNOTATE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() OURO_ANNOTATE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace core
