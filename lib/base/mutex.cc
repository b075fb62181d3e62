// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/mutex.h"

#include <unistd.h>

namespace trato::core {
namespace {

// The processor's own counter, and how much it counts in about 100 microseconds.
#if defined(__x86_64__)
constexpr int64_t kSpin = 250'000;  // of 2 to 4 GHz
int64_t Ticks() { return static_cast<int64_t>(__builtin_ia32_rdtsc()); }
#elif defined(__aarch64__)
constexpr int64_t kSpin = 2'400;  // of 24 MHz
int64_t Ticks() {
  int64_t ticks;
  asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
}
#else
constexpr int64_t kSpin = 2'000;  // attempts
int64_t Ticks() {
  thread_local int64_t attempts = 0;
  return ++attempts;
}
#endif

}  // namespace

SpinLimit::SpinLimit() {
  static const bool spins = sysconf(_SC_NPROCESSORS_ONLN) > 1;
  end_ = spins ? Ticks() + kSpin : 0;
}

bool SpinLimit::IsOver() const { return end_ == 0 || Ticks() >= end_; }

}  // namespace trato::core
