// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The different values that each customer of a range has. What a customer has
// in one part of a scan is a run of its own, without repetitions; runs of one
// customer are only put together where there are several.

#ifndef TRATO_VECTOR_DISTINCT_VALUES_H_
#define TRATO_VECTOR_DISTINCT_VALUES_H_

#include <cstdint>
#include <span>
#include <vector>

namespace trato::core {

class DistinctValues {
 public:
  // Of texts the values are codes.
  void Begin(size_t slots, bool is_text);
  // No code is as large.
  void SetCodes(size_t codes) {
    if (stamps_.size() < codes) stamps_.resize(codes, 0);
  }
  // Adds to what the slot has.
  void AddCodes(uint32_t slot, const uint32_t* codes, size_t count);
  // Changes their order.
  void AddWholes(uint32_t slot, std::vector<int64_t>& values);
  // The values of one slot, each once.
  std::vector<int64_t> Of(uint32_t slot);
  // Adds what `Of` gave of another one.
  void Add(uint32_t slot, std::span<const int64_t> values);

  // By slot how many there are.
  const std::vector<uint32_t>& Counts();

 private:
  struct Run {
    uint32_t begin;
    uint32_t end;
    uint32_t before;  // the slot's run before this one, counted from 1
  };
  uint32_t NextStamp();
  void Close(uint32_t slot, size_t begin, size_t end);

  bool is_text_ = false;
  std::vector<uint32_t> counts_;
  std::vector<uint32_t> last_;  // by slot: its last run, counted from 1
  std::vector<Run> runs_;
  std::vector<uint32_t> several_;  // slots with several runs
  std::vector<uint32_t> codes_;
  size_t code_count_ = 0;
  std::vector<int64_t> wholes_;
  std::vector<uint32_t> stamps_;  // by code: for whom it was there last
  uint32_t stamp_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_VECTOR_DISTINCT_VALUES_H_
