// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Clocks, memory and files, and how a side hands back what it measured.

#ifndef TRATO_BENCHMARKS_SIDES_MEASURE_H_
#define TRATO_BENCHMARKS_SIDES_MEASURE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace trato::bench {

using Json = nlohmann::ordered_json;

// What stands on the command line: --name value.
class Arguments {
 public:
  Arguments(int argc, char** argv);
  std::string Text(const std::string& name, const std::string& otherwise) const;
  uint64_t Number(const std::string& name, uint64_t otherwise) const;

 private:
  std::map<std::string, std::string> values_;
};

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         start_)
        .count();
  }

 private:
  std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
};

// What this process has had of the processors, in its own code and the
// system's: it does not count what others took meanwhile, nor waits for a disk.
double ProcessorSeconds();

// The median of at least `least` runs of `work`, and of more until a second is
// over. In seconds.
double MedianSeconds(int least, const std::function<void()>& work);

double Median(std::vector<double> values);

// Bytes this process holds in memory now, after giving back what is free, and
// at most since ResetPeak().
uint64_t MemoryNow();
uint64_t MemoryPeak();
void ResetPeak();

// Bytes of the file and what belongs to it (-wal).
uint64_t FileBytes(const std::string& path);
// Of the file, the pages that hold nothing now.
uint64_t FreeBytes(const std::string& path);
// Writes the file out and asks the system to forget it.
void DropCache(const std::string& path);
// Reads the whole file, so that the system has it.
void FillCache(const std::string& path);
void RemoveStore(const std::string& path);

[[noreturn]] void Fail(const std::string& message);

// What a timeline of 100 newest gave; equal between engines.
struct TimelineAnswer {
  uint64_t entries = 0;
  int64_t amounts = 0;
  int64_t times = 0;  // each modulo a prime, so that sums stay small

  void Add(int64_t at_us, int64_t amount_minor) {
    ++entries;
    amounts += amount_minor;
    times += at_us % 1000003;
  }
  Json ToJson() const { return {entries, amounts, times}; }
};

inline constexpr uint64_t kAskedForAnswer = 20;

}  // namespace trato::bench

#endif  // TRATO_BENCHMARKS_SIDES_MEASURE_H_
