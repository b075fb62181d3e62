// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What is gone is gone. Calls with planted markers are sealed out of the
// journal, and the blocks that hold them are replaced by merges; then the
// file's raw bytes are searched. A marker may be there as often as in a copy of
// the live content alone, which SQLite makes (VACUUM INTO), and no more.

#include <sqlite3.h>

#include <cstdio>
#include <string>

#include "arrow.h"
#include "facts.h"
#include "parts.h"

namespace trato::crash {
namespace {

size_t Count(const std::string& bytes, const std::string& marker) {
  size_t count = 0;
  for (size_t at = bytes.find(marker); at != bytes.npos;
       at = bytes.find(marker, at + 1)) {
    ++count;
  }
  return count;
}

bool CopyLive(const std::string& from, const std::string& to) {
  sqlite3* db = nullptr;
  const std::string sql = "VACUUM INTO '" + to + "'";
  const bool done =
      sqlite3_open_v2(from.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) ==
          SQLITE_OK &&
      sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  sqlite3_close(db);
  return done;
}

void One(Counters& counters, const std::string& folder, uint64_t seed) {
  ++counters.tried;
  EmptyFolder(folder);
  const std::string path = folder + "/a.trato";
  const std::string place = " at seed " + std::to_string(seed);
  Random random(seed);
  Store store;
  Said said = store.Open(path);
  if (said.ok()) said = DefineFields(store.get());
  std::vector<std::string> markers;
  // A large run, so that the small ones are merged among themselves.
  if (said.ok()) {
    said =
        AppendColumns(store.get(), FlatSpecsOf(seed, 7, 10000, 8), kNow, false);
  }
  const uint64_t calls = 20 + random.Below(20);
  for (uint64_t i = 0; said.ok() && i < calls; ++i) {
    auto specs = SpecsOf(seed, 100 + i, 1 + random.Below(30), 400);
    for (Spec& spec : specs) {
      if (!random.OneIn(3)) continue;
      markers.push_back("planted-" + std::to_string(seed) + "-" +
                        std::to_string(markers.size()) + "-marker");
      spec.note = markers.back();
    }
    said = Record(store.get(), specs, kNow, random.OneIn(4));
    if (said.ok() && random.OneIn(3)) {
      said = Say([&](trato_error* error) {
        return trato_store_checkpoint(store.get(), 0, nullptr, error);
      });
    }
  }
  if (said.ok()) {
    said = Say([&](trato_error* error) {
      return trato_store_checkpoint(store.get(), 0, nullptr, error);
    });
  }
  if (said.ok()) said = store.Close();
  if (!said.ok() || !CopyLive(path, folder + "/live")) {
    Tell(counters, counters.wrong, "without damage: " + said.text() + place);
    return;
  }
  const std::string bytes = ReadFile(path);
  const std::string live = ReadFile(folder + "/live");
  counters.images += markers.size();
  for (const std::string& marker : markers) {
    const size_t there = Count(bytes, marker);
    const size_t alive = Count(live, marker);
    if (alive > 0) ++counters.noticed;  // the search can see it
    if (there > alive) {
      Tell(counters, counters.wrong,
           marker + " is there " + std::to_string(there) + " times, live " +
               std::to_string(alive) + place);
    }
  }
}

}  // namespace

void RunErase(const Settings& settings, Counters& counters) {
  const uint64_t stores = (settings.full ? 200 : 8) * settings.scale;
  RunCases(
      settings, counters, stores,
      [&](uint64_t i, const std::string& folder) {
        One(counters, folder, settings.seed * 1000 + i);
      },
      [](uint64_t i) { return "store " + std::to_string(i); });
}

}  // namespace trato::crash
