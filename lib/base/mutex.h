// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Locks, and the guards that hold them for a scope. They are the platform's
// own, so that taking a free one costs some ten nanoseconds and sanitizers know
// them. Nobody may take a lock that the same thread holds, shared or not. Most
// are held for microseconds, which is less than to sleep and be woken takes:
// whoever finds one taken tries for a while before it sleeps.

#ifndef TRATO_BASE_MUTEX_H_
#define TRATO_BASE_MUTEX_H_

#include <cstdint>
#include <mutex>
#include <shared_mutex>

#ifdef __GLIBC__
#include <pthread.h>
#endif

#include "absl/base/thread_annotations.h"

namespace trato::core {

// How long a thread tries before it sleeps: not at all where there is one
// processor only.
class SpinLimit {
 public:
  SpinLimit();
  bool IsOver() const;

 private:
  int64_t end_;
};

// Calls attempt() until it says true, for about 100 microseconds at most. Says
// whether it did.
template <typename Attempt>
bool SpinUntil(Attempt attempt) {
  if (attempt()) return true;
  for (SpinLimit limit; !limit.IsOver();) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
    if (attempt()) return true;
  }
  return false;
}

class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    if (!SpinUntil([&] { return mutex_.try_lock(); })) mutex_.lock();
  }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Many readers or one writer. A writer that waits goes before the readers that
// come later, so readers that follow each other without a gap cannot keep it
// out. glibc's std::shared_mutex would let them.
class ABSL_LOCKABLE SharedMutex {
 public:
#ifdef __GLIBC__
  SharedMutex() {
    pthread_rwlockattr_t kind;
    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind,
                                  PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&lock_, &kind);
    pthread_rwlockattr_destroy(&kind);
  }
  ~SharedMutex() { pthread_rwlock_destroy(&lock_); }
#else
  SharedMutex() = default;
#endif
  SharedMutex(const SharedMutex&) = delete;
  SharedMutex& operator=(const SharedMutex&) = delete;

#ifdef __GLIBC__
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    if (!SpinUntil([&] { return pthread_rwlock_trywrlock(&lock_) == 0; })) {
      pthread_rwlock_wrlock(&lock_);
    }
  }
  void Unlock() ABSL_UNLOCK_FUNCTION() { pthread_rwlock_unlock(&lock_); }
  void ReaderLock() ABSL_SHARED_LOCK_FUNCTION() {
    if (!SpinUntil([&] { return pthread_rwlock_tryrdlock(&lock_) == 0; })) {
      pthread_rwlock_rdlock(&lock_);
    }
  }
  void ReaderUnlock() ABSL_UNLOCK_FUNCTION() { pthread_rwlock_unlock(&lock_); }

 private:
  pthread_rwlock_t lock_;
#else
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    if (!SpinUntil([&] { return lock_.try_lock(); })) lock_.lock();
  }
  void Unlock() ABSL_UNLOCK_FUNCTION() { lock_.unlock(); }
  void ReaderLock() ABSL_SHARED_LOCK_FUNCTION() {
    if (!SpinUntil([&] { return lock_.try_lock_shared(); })) {
      lock_.lock_shared();
    }
  }
  void ReaderUnlock() ABSL_UNLOCK_FUNCTION() { lock_.unlock_shared(); }

 private:
  std::shared_mutex lock_;
#endif
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex* mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    mutex_->Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_->Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex* const mutex_;
};

// Of no mutex, where it gets null.
class ABSL_SCOPED_LOCKABLE MutexLockMaybe {
 public:
  explicit MutexLockMaybe(Mutex* mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    if (mutex_ != nullptr) mutex_->Lock();
  }
  ~MutexLockMaybe() ABSL_UNLOCK_FUNCTION() {
    if (mutex_ != nullptr) mutex_->Unlock();
  }
  MutexLockMaybe(const MutexLockMaybe&) = delete;
  MutexLockMaybe& operator=(const MutexLockMaybe&) = delete;

 private:
  Mutex* const mutex_;
};

class ABSL_SCOPED_LOCKABLE ReaderMutexLock {
 public:
  explicit ReaderMutexLock(SharedMutex* mutex) ABSL_SHARED_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    mutex_->ReaderLock();
  }
  ~ReaderMutexLock() ABSL_UNLOCK_FUNCTION() { mutex_->ReaderUnlock(); }
  ReaderMutexLock(const ReaderMutexLock&) = delete;
  ReaderMutexLock& operator=(const ReaderMutexLock&) = delete;

 private:
  SharedMutex* const mutex_;
};

class ABSL_SCOPED_LOCKABLE WriterMutexLock {
 public:
  explicit WriterMutexLock(SharedMutex* mutex)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    mutex_->Lock();
  }
  ~WriterMutexLock() ABSL_UNLOCK_FUNCTION() { mutex_->Unlock(); }
  WriterMutexLock(const WriterMutexLock&) = delete;
  WriterMutexLock& operator=(const WriterMutexLock&) = delete;

 private:
  SharedMutex* const mutex_;
};

}  // namespace trato::core

#endif  // TRATO_BASE_MUTEX_H_
