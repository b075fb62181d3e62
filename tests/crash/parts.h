// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The parts of the programme.

#ifndef TRATO_TESTS_CRASH_PARTS_H_
#define TRATO_TESTS_CRASH_PARTS_H_

#include "counters.h"

namespace trato::crash {

void RunKill(const Settings& settings, Counters& counters);
void RunPower(const Settings& settings, Counters& counters);
void RunRot(const Settings& settings, Counters& counters);
void RunWal(const Settings& settings, Counters& counters);
void RunErrors(const Settings& settings, Counters& counters);
// Before SQLite is used, for RunMemory.
void CountSqliteMemory();
void RunCoupons(const Settings& settings, Counters& counters);
void RunLimits(const Settings& settings, Counters& counters);
void RunErase(const Settings& settings, Counters& counters);
void RunMemory(const Settings& settings, Counters& counters);

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_PARTS_H_
