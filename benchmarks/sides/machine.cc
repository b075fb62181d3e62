// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the machine can do: how fast one thread reads memory, and how long a
// small append takes to reach the disk. The figures of a run say little
// without.

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "sides/sides.h"

namespace trato::bench {
namespace {

// Eight sums, so that the additions do not wait for each other.
uint64_t Sum(const std::vector<uint64_t>& words) {
  uint64_t sums[8] = {};
  for (size_t i = 0; i + 8 <= words.size(); i += 8) {
    for (size_t j = 0; j < 8; ++j) sums[j] += words[i + j];
  }
  uint64_t sum = 0;
  for (const uint64_t part : sums) sum += part;
  return sum;
}

}  // namespace

Json Machine(const Arguments& arguments) {
  const std::vector<uint64_t> words(size_t{64} << 20, 1);  // 512 MiB
  volatile uint64_t sum = 0;
  const double seconds = MedianSeconds(5, [&] { sum = Sum(words); });

  const std::string path = arguments.Text("path", "machine");
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (file < 0) Fail("cannot make " + path);
  const std::vector<char> page(4096, 'x');
  std::vector<double> syncs;
  for (int i = 0; i < 500; ++i) {
    const Stopwatch one;
    if (write(file, page.data(), page.size()) != 4096 || fdatasync(file) != 0) {
      Fail("cannot write " + path);
    }
    syncs.push_back(one.Seconds());
  }
  close(file);
  unlink(path.c_str());
  return {{"memory_gb_per_s",
           static_cast<double>(words.size() * 8) / seconds / 1e9},
          {"append_sync_us", Median(std::move(syncs)) * 1e6}};
}

}  // namespace trato::bench
