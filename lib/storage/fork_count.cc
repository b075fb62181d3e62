// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/fork_count.h"

#include <pthread.h>

#include <atomic>

namespace trato::core {
namespace {

std::atomic<uint64_t> forks{0};

void CountFork() { forks.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

uint64_t ForkCount() {
  [[maybe_unused]] static const int registered =
      pthread_atfork(nullptr, nullptr, CountFork);
  return forks.load(std::memory_order_relaxed);
}

}  // namespace trato::core
