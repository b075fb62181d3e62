// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Built under ThreadSanitizer only: tells it what Abseil's mutexes order. See
// cmake/tsan.cmake, which also gives the mangled name of the class.

#include <sanitizer/tsan_interface.h>

#define TRATO_JOIN3(a, b, c) a##b##c
#define TRATO_JOIN(a, b, c) TRATO_JOIN3(a, b, c)

#define TRATO_LOCK(call, flags)                                           \
  void TRATO_JOIN(__real_, TRATO_MUTEX, call)(void* mutex);               \
  void TRATO_JOIN(__wrap_, TRATO_MUTEX, call)(void* mutex);               \
  void TRATO_JOIN(__wrap_, TRATO_MUTEX, call)(void* mutex) {              \
    __tsan_mutex_pre_lock(mutex, __tsan_mutex_linker_init | (flags));     \
    TRATO_JOIN(__real_, TRATO_MUTEX, call)(mutex);                        \
    __tsan_mutex_post_lock(mutex, __tsan_mutex_linker_init | (flags), 0); \
  }
#define TRATO_UNLOCK(call, flags)                            \
  void TRATO_JOIN(__real_, TRATO_MUTEX, call)(void* mutex);  \
  void TRATO_JOIN(__wrap_, TRATO_MUTEX, call)(void* mutex);  \
  void TRATO_JOIN(__wrap_, TRATO_MUTEX, call)(void* mutex) { \
    __tsan_mutex_pre_unlock(mutex, flags);                   \
    TRATO_JOIN(__real_, TRATO_MUTEX, call)(mutex);           \
    __tsan_mutex_post_unlock(mutex, flags);                  \
  }

extern "C" {
TRATO_LOCK(4LockEv, 0)
TRATO_UNLOCK(6UnlockEv, 0)
TRATO_LOCK(10ReaderLockEv, __tsan_mutex_read_lock)
TRATO_UNLOCK(12ReaderUnlockEv, __tsan_mutex_read_lock)
}
