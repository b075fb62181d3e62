// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One store under many threads at once: two write, beside those that read,
// checkpoint, back up, ask an open handle of a reader, and open and close other
// handles; then many that decide and contact. Meant for ThreadSanitizer; what is
// answered is checked too.

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "arrow.h"
#include "counters.h"
#include "dump.h"
#include "facts.h"
#include "parts.h"

namespace trato::crash {

thread_local int in_library = 0;

namespace {

constexpr uint64_t kSeed = 11;
constexpr size_t kNoteBytes = 60;
constexpr uint64_t kRounds = 60;

std::atomic<int> failures{0};

bool Check(const Said& said, const char* what) {
  if (said.ok()) return true;
  ++failures;
  std::fprintf(stderr, "%s: %s\n", what, said.text().c_str());
  return false;
}

void Fail(const std::string& what) {
  ++failures;
  std::fprintf(stderr, "not true: %s\n", what.c_str());
}

uint64_t MembersOf(const trato_store* store) {
  trato_segment_size size = {};
  Check(Say([&](trato_error* error) {
          return trato_segment_count(store, Str("all"), kAsked, &size, error);
        }),
        "count");
  return size.members;
}

// Each call is there whole, and what was there stays.
size_t Look(const trato_store* store, size_t before) {
  std::string dump;
  if (!Check(Dump(store, {}, &dump), "dump")) return before;
  const auto found = InteractionsOf(dump);
  if (found.size() < before) Fail("nothing is unsaid");
  return found.size();
}

void Write(trato_store* store, uint64_t first) {
  for (uint64_t i = 0; i < kRounds; ++i) {
    if (i % 20 == 9) {
      const auto specs = FlatSpecsOf(kSeed, first + i, 10000, kNoteBytes);
      Check(AppendColumns(store, specs, kNow, false), "append");
    } else {
      const auto specs = SpecsOf(kSeed, first + i, 0, kNoteBytes);
      Check(Record(store, specs, kNow, i % 3 == 0), "record");
    }
    if (i % 16 == 5) {
      Check(Say([&](trato_error* error) {
              return trato_store_flush(store, error);
            }),
            "flush");
    }
  }
}

int Run() {
  const std::string folder =
      std::string(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") +
      "/trato_concurrent" + std::to_string(getpid());
  EmptyFolder(folder);
  const std::string path = folder + "/a.trato";
  Store store;
  if (!Check(store.Open(path), "open")) return 1;
  Check(DefineFields(store.get()), "define");
  Check(Say([&](trato_error* error) {
          return trato_segment_define(store.get(), Str("all"), Str("true"),
                                      kNow, nullptr, error);
        }),
        "segment");
  std::atomic<int> writing{2};
  const auto while_writing = [&](const std::function<void(int)>& work) {
    return std::thread([&writing, work] {
      for (int i = 0; i == 0 || writing > 0; ++i) work(i);
    });
  };
  std::vector<std::thread> threads;
  for (uint64_t thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      Write(store.get(), 1000 * (thread + 1));
      --writing;
    });
  }
  threads.push_back(while_writing(
      [&, last = size_t{0}](int) mutable { last = Look(store.get(), last); }));
  threads.push_back(while_writing([&, last = uint64_t{0}](int) mutable {
    const uint64_t members = MembersOf(store.get());
    if (members < last) Fail("nobody leaves");
    last = members;
  }));
  threads.push_back(while_writing([&](int) {
    Check(Say([&](trato_error* error) {
            return trato_store_checkpoint(store.get(), 1, nullptr, error);
          }),
          "checkpoint");
    Said said;
    const std::string damage = DamageOf(store.get(), &said);
    Check(said, "verify");
    if (!damage.empty()) Fail("verify: " + damage);
  }));
  threads.push_back(while_writing([&](int i) {
    const std::string copy = path + ".copy" + std::to_string(i);
    if (!Check(Say([&](trato_error* error) {
                 return trato_store_backup(store.get(), Str(copy), nullptr,
                                           nullptr, error);
               }),
               "backup")) {
      return;
    }
    Store other;
    if (Check(other.Open(copy, TRATO_OPEN_EXISTING), "open a backup")) {
      Look(other.get(), 0);
      Check(other.Close(), "close a backup");
    }
    unlink(copy.c_str());
  }));
  Store reader;
  Check(reader.Open(path, TRATO_OPEN_READ), "open to read");
  threads.push_back(while_writing([&, last = size_t{0}](int) mutable {
    Check(Say([&](trato_error* error) {
            return trato_store_refresh(reader.get(), error);
          }),
          "refresh");
    last = Look(reader.get(), last);
  }));
  for (std::thread& thread : threads) thread.join();
  const size_t there = Look(store.get(), 0);
  Check(reader.Close(), "close the reader");
  Check(store.Close(), "close");
  Check(store.Open(path), "open again");
  if (Look(store.get(), 0) != there) Fail("all is there again");
  Check(store.Close(), "close again");
  Settings settings;
  settings.folder = folder;
  Counters* const counters = NewCounters();
  RunLimits(settings, *counters);
  failures += static_cast<int>(counters->violations());
  RemoveFolder(folder);
  std::printf("%zu interactions, %d failures\n", there, failures.load());
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace trato::crash

int main() { return trato::crash::Run(); }
