// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Deliberate bugs, to see that the tests find them. Built with TRATO_FAULTS,
// the one that the environment variable TRATO_FAULT names is on; otherwise
// there is none, and no code for it. tests/crash/faults lists them.

#ifndef TRATO_BASE_FAULT_H_
#define TRATO_BASE_FAULT_H_

#ifdef TRATO_FAULTS
#include <cstdlib>
#include <cstring>
#endif

namespace trato::core {

#ifdef TRATO_FAULTS
inline bool Fault(const char* name) {
  static const char* const active = std::getenv("TRATO_FAULT");
  return active != nullptr && std::strcmp(active, name) == 0;
}
#else
inline bool Fault(const char*) { return false; }
#endif

}  // namespace trato::core

#endif  // TRATO_BASE_FAULT_H_
