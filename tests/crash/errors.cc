// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A disk that fails: the N-th call of each kind, once or from then on, for each
// N that the workload has.

#include <sqlite3.h>

#include <atomic>
#include <vector>

#include "host.h"
#include "parts.h"
#include "vfs.h"

namespace trato::crash {
namespace {

struct Fault {
  Io io;
  int code;
  bool half;  // of a write is done all the same
  const char* name;
};

constexpr Fault kFaults[] = {
    {Io::kOpen, SQLITE_CANTOPEN, false, "open fails"},
    {Io::kRead, SQLITE_IOERR_READ, false, "read fails"},
    {Io::kWrite, SQLITE_IOERR_WRITE, false, "write fails"},
    {Io::kWrite, SQLITE_IOERR_WRITE, true, "write fails half done"},
    {Io::kWrite, SQLITE_FULL, true, "disk full"},
    {Io::kTruncate, SQLITE_IOERR_TRUNCATE, false, "truncate fails"},
    {Io::kSync, SQLITE_IOERR_FSYNC, false, "sync fails"},
    {Io::kSize, SQLITE_IOERR_FSTAT, false, "size fails"},
    {Io::kDelete, SQLITE_IOERR_DELETE, false, "delete fails"},
    {Io::kAccess, SQLITE_IOERR_ACCESS, false, "access fails"},
    {Io::kLock, SQLITE_IOERR_LOCK, false, "lock fails"},
    {Io::kShare, SQLITE_IOERR_SHMMAP, false, "shared memory fails"},
    {Io::kFolderSync, SQLITE_IOERR_DIR_FSYNC, false, "folder sync fails"},
    {Io::kRename, SQLITE_IOERR, false, "rename fails"},
    {Io::kLink, SQLITE_IOERR, false, "link fails"},
};

class FailingDisk final : public Watcher {
 public:
  FailingDisk(const Fault& fault, uint64_t at, bool sticky)
      : fault_(fault), at_(at), sticky_(sticky) {}

  int Before(const IoCall& call, int* done) override {
    if (call.io != fault_.io) return SQLITE_OK;
    const uint64_t n = ++count_;
    if (n != at_ && !(sticky_ && n > at_)) return SQLITE_OK;
    if (fault_.half) *done = call.size / 2 / 512 * 512;
    return fault_.code;
  }
  void After(const IoCall&) override {}

 private:
  const Fault fault_;
  const uint64_t at_;  // from 1
  const bool sticky_;
  std::atomic<uint64_t> count_{0};
};

class CountingDisk final : public Watcher {
 public:
  int Before(const IoCall& call, int*) override {
    ++counts[static_cast<size_t>(call.io)];
    return SQLITE_OK;
  }
  void After(const IoCall&) override {}
  uint64_t counts[static_cast<size_t>(Io::kCount)] = {};
};

// Whether a call that it makes fail may have left the disk half written. What
// cannot be read, locked or asked for may be tried again.
bool LeavesDoubt(Io io) {
  return io == Io::kWrite || io == Io::kTruncate || io == Io::kSync ||
         io == Io::kDelete || io == Io::kFolderSync;
}

struct Case {
  Fault fault;
  uint64_t at;
  bool sticky;
};

}  // namespace

void RunErrors(const Settings& settings, Counters& counters) {
  Reference reference;
  const std::string failure =
      MakeReference(settings.seed, settings.full ? 2 : 1,
                    settings.folder + "/reference", reference);
  if (!failure.empty()) {
    Tell(counters, counters.wrong, "without faults: " + failure);
    return;
  }
  CountingDisk counting;
  Watch(&counting);
  Host(reference, counters, [] {
  }).Run(settings.folder + "/counted", "without faults");
  Watch(nullptr);
  if (counters.violations() > 0) return;
  std::vector<Case> cases;
  for (const Fault& fault : kFaults) {
    const uint64_t count = counting.counts[static_cast<size_t>(fault.io)];
    // The small share takes the first ones, and some of the rest.
    const uint64_t step = settings.full ? 1 : 1 + count / 40;
    for (uint64_t at = 1; at <= count; at += at < 12 ? 1 : step) {
      cases.push_back({fault, at, false});
      cases.push_back({fault, at, true});
    }
  }
  const auto place = [&](uint64_t i) {
    return "seed " + std::to_string(settings.seed) + ", " +
           cases[i].fault.name + " at call " + std::to_string(cases[i].at) +
           (cases[i].sticky ? " and from then on" : "");
  };
  RunCases(
      settings, counters, cases.size(),
      [&](uint64_t i, const std::string& folder) {
        ++counters.tried;
        FailingDisk disk(cases[i].fault, cases[i].at, cases[i].sticky);
        Watch(&disk);
        Host(
            reference, counters, [] { Watch(nullptr); },
            LeavesDoubt(cases[i].fault.io))
            .Run(folder, place(i));
        Watch(nullptr);
      },
      place);
}

}  // namespace trato::crash
