// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside storage only: tells a forked child from the process that opened a
// store, at the cost of reading a number, where getpid is a system call.

#ifndef TRATO_STORAGE_FORK_COUNT_H_
#define TRATO_STORAGE_FORK_COUNT_H_

#include <cstdint>

namespace trato::core {

// How many forks lie between this process and the first one that asked.
// Children made without fork (vfork, clone) are not counted.
uint64_t ForkCount();

}  // namespace trato::core

#endif  // TRATO_STORAGE_FORK_COUNT_H_
