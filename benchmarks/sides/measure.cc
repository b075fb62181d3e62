// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "sides/measure.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace trato::bench {
namespace {

// A line of /proc/self/status such as "VmRSS:  123 kB", in bytes.
uint64_t StatusBytes(const std::string& name) {
  std::ifstream file("/proc/self/status");
  std::string word;
  while (file >> word) {
    uint64_t kib = 0;
    if (word == name + ":" && file >> kib) return kib * 1024;
  }
  return 0;
}

}  // namespace

Arguments::Arguments(int argc, char** argv) {
  for (int i = 0; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (!name.starts_with("--")) Fail(name + ": expected --name value");
    values_[name.substr(2)] = argv[i + 1];
  }
  if (argc % 2 != 0)
    Fail(std::string(argv[argc - 1]) + ": the value is missing");
}

std::string Arguments::Text(const std::string& name,
                            const std::string& otherwise) const {
  const auto found = values_.find(name);
  return found == values_.end() ? otherwise : found->second;
}

uint64_t Arguments::Number(const std::string& name, uint64_t otherwise) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return otherwise;
  char* end = nullptr;
  const uint64_t number = std::strtoull(found->second.c_str(), &end, 10);
  if (*end != '\0') Fail("--" + name + " wants a number");
  return number;
}

double MedianSeconds(int least, const std::function<void()>& work) {
  std::vector<double> seconds;
  const Stopwatch all;
  while (static_cast<int>(seconds.size()) < least || all.Seconds() < 1) {
    const Stopwatch one;
    work();
    seconds.push_back(one.Seconds());
  }
  return Median(std::move(seconds));
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double ProcessorSeconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& it) {
    return static_cast<double>(it.tv_sec) +
           1e-6 * static_cast<double>(it.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

uint64_t MemoryNow() {
  malloc_trim(0);
  return StatusBytes("VmRSS");
}

uint64_t MemoryPeak() { return StatusBytes("VmHWM"); }

void ResetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

uint64_t FileBytes(const std::string& path) {
  uint64_t bytes = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code error;
    const uint64_t size = std::filesystem::file_size(path + suffix, error);
    if (!error) bytes += size;
  }
  return bytes;
}

void DropCache(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR);
  if (file < 0) Fail("cannot open " + path);
  if (fdatasync(file) != 0 ||
      posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0) {
    Fail("cannot drop " + path + " from the system's cache");
  }
  close(file);
}

void FillCache(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY);
  std::vector<char> buffer(1 << 20);
  while (file >= 0 && read(file, buffer.data(), buffer.size()) > 0) {
  }
  if (file >= 0) close(file);
}

void RemoveStore(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-lock", "-journal"}) {
    std::filesystem::remove(path + suffix);
  }
}

void Fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(1);
}

}  // namespace trato::bench
