// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The measurements of one process each. They take --interactions and --path
// (the file to make), and give what they measured as one JSON object.

#ifndef TRATO_BENCHMARKS_SIDES_SIDES_H_
#define TRATO_BENCHMARKS_SIDES_SIDES_H_

#include "sides/measure.h"

namespace trato::bench {

// --keys none|all --lines 0|1 --times us|s --keep 0|1
Json TratoBulk(const Arguments& arguments);
// --csv FILE
Json TratoOrders(const Arguments& arguments);
// --corrections N (at most; else all) --timelines N
Json TratoAsk(const Arguments& arguments);
Json TratoLog(const Arguments& arguments);
Json TratoCustomers(const Arguments& arguments);
// --threads N --corrections N --keep 0|1 --question N --times N
Json TratoSegments(const Arguments& arguments);
// --segments FILE (a list of name and expression, as JSON) --threads N
Json TratoLive(const Arguments& arguments);
// --cache cold|warm --memory-limit BYTES --timelines N
Json TratoOpen(const Arguments& arguments);
// --form index|covering
Json SqliteBulk(const Arguments& arguments);
Json SqliteLog(const Arguments& arguments);
Json SqliteOpen(const Arguments& arguments);
Json Machine(const Arguments& arguments);

}  // namespace trato::bench

#endif  // TRATO_BENCHMARKS_SIDES_SIDES_H_
