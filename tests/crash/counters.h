// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a part of the programme has counted, and how its cases are spread over
// processes: a case that crashes takes its own process with it, is counted, and
// the next one goes on.

#ifndef TRATO_TESTS_CRASH_COUNTERS_H_
#define TRATO_TESTS_CRASH_COUNTERS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace trato::crash {

// Lies in memory that all processes share. What follows `noticed` must be 0.
struct Counters {
  std::atomic<uint64_t> tried;     // kills, boundaries, changes, faults
  std::atomic<uint64_t> images;    // states of the disk that were made
  std::atomic<uint64_t> distinct;  // of them, those not made before: opened
  std::atomic<uint64_t> noticed;   // damage or a fault that was reported
  std::atomic<uint64_t> lost;      // acknowledged, and not there
  std::atomic<uint64_t> phantom;   // there, and never sent or taken back
  std::atomic<uint64_t> refused;   // a store that must open and does not
  std::atomic<uint64_t> wrong;     // another answer, or half a call, unnoticed
  std::atomic<uint64_t> crashed;   // the process died or hung
  std::atomic<uint64_t> told;      // violations printed

  uint64_t violations() const {
    return lost + phantom + refused + wrong + crashed;
  }
};

struct Settings {
  bool full = false;
  uint64_t seed = 1;
  uint64_t thin = 1;   // rot: one of so many lengths, and bits far apart
  uint64_t scale = 1;  // of the random counts
  size_t workers = 2;
  std::string folder;    // for stores; in memory where there is such a place
  std::string kept;      // where failing images go; empty: nowhere
  int64_t only = -1;     // this case alone, in this process: for a debugger
  bool faulted = false;  // stop at the first violation: a fault is looked for
};

// Zeroed memory that processes forked later share.
void* SharedMemory(size_t size);
Counters* NewCounters();

// Prints a violation, unless there were many.
void Tell(Counters& counters, std::atomic<uint64_t>& which,
          const std::string& what);

// Runs body(i, folder) for each i below count, over several processes, each
// with a folder of its own. A body that dies or takes longer than a minute is
// counted as crashed and told of as describe(i).
void RunCases(const Settings& settings, Counters& counters, uint64_t count,
              const std::function<void(uint64_t, const std::string&)>& body,
              const std::function<std::string(uint64_t)>& describe);

struct Part {
  std::string name;
  const Counters* counters;
  double seconds;
};

// The table, and whether all that must be 0 is.
bool PrintTable(const std::vector<Part>& parts);

// Files.
std::string ReadFile(const std::string& path);
bool FileExists(const std::string& path);
void WriteFile(const std::string& path, const std::string& bytes);
void EmptyFolder(const std::string& path);
void RemoveFolder(const std::string& path);
double Seconds();

// From now on the process ends by a signal after a minute of work, or ten
// minutes of waiting: a busy machine is not a store that hangs.
void LimitTime();

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_COUNTERS_H_
