// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A short life of a store: every kind of call that writes, flushes,
// checkpoints, backups, closing and opening again. What each step does follows
// from the seed.

#ifndef TRATO_TESTS_CRASH_WORKLOAD_H_
#define TRATO_TESTS_CRASH_WORKLOAD_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "api.h"
#include "dump.h"
#include "facts.h"

namespace trato::crash {

enum class Kind {
  kDefine,  // fields, an attribute, a unique namespace
  kRecord,  // interactions, in one call
  kAppend,  // interactions, as columns
  kAttribute,
  kClaim,
  kLink,
  kUnlink,
  kSegment,
  kOffer,
  kDecide,
  kCoupon,
  kRedeem,
  kImport,
  kCorrect,
  kRetract,
  kGuest,  // an interaction of somebody who is erased next
  kErase,  // whom the step before it brought
  kFlush,
  kCheckpoint,
  kBackup,
  kReopen,
};

struct Step {
  Kind kind;
  uint64_t number = 0;  // of the interactions that it writes
  size_t count = 0;     // how many of them, or which definition
  bool buffered = false;
};

// Whether what was told before it is on disk once the step has succeeded.
bool MakesDurable(const Step& step);
const char* NameOf(Kind kind);

struct Length {
  size_t rounds = 2;  // each a reopening
  size_t note_bytes = 3000;
  size_t append_rows = 0;  // more than usual, in each append
  size_t small_runs = 2;   // that a round seals
  bool coupons = true;     // whose codes are drawn anew each time
};

std::vector<Step> MakeWorkload(uint64_t seed, const Length& length);

// Where a workload has got to.
struct Session {
  uint64_t seed = 0;
  size_t note_bytes = 3000;
  std::string path;
  Store store;
  Handed handed;
};

// Does one step. A step whose call the library lacks does nothing.
Said Perform(Session& session, const Step& step);

// The interactions that must be there after the first `count` steps, by key.
std::map<std::string, std::string> Expected(uint64_t seed, size_t note_bytes,
                                            const std::vector<Step>& steps,
                                            size_t count);

// What in a dump differs from these, in words; empty when nothing does. Keys
// that no step writes count as well.
std::string Compare(const std::map<std::string, std::string>& expected,
                    const std::map<std::string, std::string>& found);

// What the step's guest brings, and what no file may hold after her erasure.
std::string MarkerOf(const Step& guest);
// The markers that must be gone after the first `count` steps.
std::vector<std::string> MarkersGone(const std::vector<Step>& steps,
                                     size_t count);

std::string BackupPath(const std::string& path, uint64_t number);

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_WORKLOAD_H_
