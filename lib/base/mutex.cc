// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/mutex.h"

#include <unistd.h>

namespace trato::core {
namespace {

// The processor's own counter, and how much it counts in about 100 microseconds.
#if defined(__x86_64__)
int64_t SpinTicks() { return 250'000; }  // of 2 to 4 GHz
int64_t Ticks() { return static_cast<int64_t>(__builtin_ia32_rdtsc()); }
#elif defined(__aarch64__)
int64_t SpinTicks() {
  int64_t hertz;
  asm volatile("mrs %0, cntfrq_el0" : "=r"(hertz));
  return hertz / 10'000;
}
int64_t Ticks() {
  int64_t ticks;
  asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
}
#else
int64_t SpinTicks() { return 2'000; }  // attempts
int64_t Ticks() {
  thread_local int64_t attempts = 0;
  return ++attempts;
}
#endif

}  // namespace

SpinLimit::SpinLimit() {
  static const int64_t spin =
      sysconf(_SC_NPROCESSORS_ONLN) > 1 ? SpinTicks() : 0;
  end_ = spin > 0 ? Ticks() + spin : 0;
}

bool SpinLimit::IsOver() const { return end_ == 0 || Ticks() >= end_; }

}  // namespace trato::core
