// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/mutex.h"

#include <chrono>
#include <thread>

namespace trato::core {
namespace {

constexpr int64_t kSpinNs = 100'000;

int64_t NowNs() {
  return std::chrono::steady_clock::now().time_since_epoch() /
         std::chrono::nanoseconds(1);
}

}  // namespace

SpinClock::SpinClock() {
  static const bool spins = std::thread::hardware_concurrency() > 1;
  end_ns_ = spins ? NowNs() + kSpinNs : 0;
}

bool SpinClock::IsOver() {
  if (end_ns_ == 0) return true;
  // The clock takes longer than an attempt.
  thread_local uint32_t calls = 0;
  return ++calls % 32 == 0 && NowNs() >= end_ns_;
}

}  // namespace trato::core
