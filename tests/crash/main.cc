// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// crash_test PART... [--share small|full] [--seed N] [--scale N] [--thin N]
//            [--workers N] [--folder PLACE] [--keep PLACE]
//            [--case N] [--first]
//
// README.md beside this file says what the parts are and what is counted.

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "parts.h"
#include "vfs.h"

namespace trato::crash {
namespace {

struct Named {
  const char* name;
  void (*run)(const Settings&, Counters&);
};
constexpr Named kParts[] = {{"kill", RunKill},     {"power", RunPower},
                            {"rot", RunRot},       {"wal", RunWal},
                            {"errors", RunErrors}, {"memory", RunMemory},
                            {"erase", RunErase},   {"coupons", RunCoupons},
                            {"limits", RunLimits}};

int Usage() {
  std::fprintf(
      stderr,
      "crash_test kill|power|rot|wal|errors|memory|erase|coupons|limits|all"
      "... [--share small|full] [--seed N]\n"
      "  [--scale N] [--thin N] [--workers N] [--folder PLACE] [--keep PLACE] "
      "[--case N] [--first]\n");
  return 2;
}

int Main(int argc, char** argv) {
  Settings settings;
  const std::string shm = "/dev/shm";
  settings.folder = access(shm.c_str(), W_OK) == 0 ? shm : "/tmp";
  std::vector<const Named*> chosen;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--first") {
      settings.faulted = true;
      continue;
    }
    if (word.compare(0, 2, "--") == 0) {
      if (++i >= argc) return Usage();
      const std::string value = argv[i];
      const uint64_t number = std::strtoull(value.c_str(), nullptr, 10);
      if (word == "--share" && (value == "small" || value == "full")) {
        settings.full = value == "full";
      } else if (word == "--seed") {
        settings.seed = number;
      } else if (word == "--scale" && number > 0) {
        settings.scale = number;
      } else if (word == "--thin" && number > 0) {
        settings.thin = number;
      } else if (word == "--workers" && number > 0) {
        settings.workers = number;
      } else if (word == "--case") {
        settings.only = static_cast<int64_t>(number);
      } else if (word == "--folder") {
        settings.folder = value;
      } else if (word == "--keep") {
        settings.kept = value;
      } else {
        return Usage();
      }
      continue;
    }
    bool known = false;
    for (const Named& part : kParts) {
      if (word != "all" && word != part.name) continue;
      chosen.push_back(&part);
      known = true;
    }
    if (!known) return Usage();
  }
  if (chosen.empty()) return Usage();
  // What crashes is counted; it need not leave its memory behind as well.
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  settings.folder += "/trato_crash" + std::to_string(getpid());
  CountSqliteMemory();
  InstallVfs();
  std::vector<Part> parts;
  for (const Named* part : chosen) {
    Counters* const counters = NewCounters();
    const double start = Seconds();
    part->run(settings, *counters);
    parts.push_back({part->name, counters, Seconds() - start});
  }
  RemoveFolder(settings.folder);
  return PrintTable(parts) ? 0 : 1;
}

}  // namespace
}  // namespace trato::crash

int main(int argc, char** argv) { return trato::crash::Main(argc, argv); }
