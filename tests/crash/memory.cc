// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Memory that runs out: the N-th allocation of the library or of its SQLite
// fails, once or from then on. It counts what is allocated inside a call of the
// C interface, by operator new and by SQLite.

#include <sqlite3.h>

#include <cstdlib>
#include <new>

#include "api.h"
#include "host.h"
#include "parts.h"

namespace trato::crash {
namespace {

struct Supply {
  bool counts = false;
  bool is_sticky = false;
  uint64_t at = 0;  // from 1; 0: none fails
  uint64_t count = 0;
};
// One thread uses the store here.
thread_local Supply supply;

bool RunsOut() {
  if (!supply.counts || in_library == 0) return false;
  const uint64_t n = ++supply.count;
  return supply.at != 0 &&
         (n == supply.at || (supply.is_sticky && n > supply.at));
}

sqlite3_mem_methods real;
void* SqliteMalloc(int size) {
  return RunsOut() ? nullptr : real.xMalloc(size);
}
void* SqliteRealloc(void* memory, int size) {
  return RunsOut() ? nullptr : real.xRealloc(memory, size);
}

}  // namespace

thread_local int in_library = 0;

// Before SQLite is used.
void CountSqliteMemory() {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
  sqlite3_mem_methods mine = real;
  mine.xMalloc = SqliteMalloc;
  mine.xRealloc = SqliteRealloc;
  sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
}

void RunMemory(const Settings& settings, Counters& counters) {
  Reference reference;
  const std::string failure = MakeReference(
      settings.seed, 1, settings.folder + "/reference", reference);
  if (!failure.empty()) {
    Tell(counters, counters.wrong, "without faults: " + failure);
    return;
  }
  supply = {true, false, 0, 0};
  Host(reference, counters, [] {
  }).Run(settings.folder + "/counted", "without faults");
  const uint64_t count = supply.count;
  supply = {};
  if (counters.violations() > 0) return;
  // A step that is no divisor of anything, so that all parts are met.
  const uint64_t cases = (settings.full ? 6000 : 500) * settings.scale;
  const auto at = [&](uint64_t i) { return 1 + i * count / cases; };
  const auto place = [&](uint64_t i) {
    return "seed " + std::to_string(settings.seed) + ", no memory at " +
           std::to_string(at(i)) + " of " + std::to_string(count) +
           (i % 4 == 3 ? " and from then on" : "");
  };
  RunCases(
      settings, counters, cases,
      [&](uint64_t i, const std::string& folder) {
        ++counters.tried;
        supply = {true, i % 4 == 3, at(i), 0};
        Host(reference, counters, [] { supply = {}; }).Run(folder, place(i));
        supply = {};
      },
      place);
}

}  // namespace trato::crash

// In place of the standard library's, for the libraries of this process too.
// What is not named here ends in these, but under AddressSanitizer, whose own
// would meet a free() of ours: so the form that returns null is named too.
void* operator new(std::size_t size) {
  if (!trato::crash::RunsOut()) {
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  }
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (trato::crash::RunsOut()) return nullptr;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
