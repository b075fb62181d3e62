// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/distinct_values.h"

#include <algorithm>

namespace trato::core {

void DistinctValues::Begin(size_t slots, bool is_text) {
  is_text_ = is_text;
  counts_.assign(slots, 0);
  last_.assign(slots, 0);
  runs_.clear();
  several_.clear();
  code_count_ = 0;
  wholes_.clear();
}

uint32_t DistinctValues::NextStamp() {
  if (++stamp_ == 0) {
    std::fill(stamps_.begin(), stamps_.end(), 0);
    ++stamp_;
  }
  return stamp_;
}

void DistinctValues::Close(uint32_t slot, size_t begin, size_t end) {
  if (begin == end) return;
  uint32_t& last = last_[slot];
  // Once a slot, at its second run.
  if (last != 0 && runs_[last - 1].before == 0) several_.push_back(slot);
  runs_.push_back(
      {static_cast<uint32_t>(begin), static_cast<uint32_t>(end), last});
  last = static_cast<uint32_t>(runs_.size());
  counts_[slot] += static_cast<uint32_t>(end - begin);
}

void DistinctValues::AddCodes(uint32_t slot, const uint32_t* codes,
                              size_t count) {
  const size_t begin = code_count_;
  if (codes_.size() < begin + count) {
    codes_.resize(std::max(begin + count, 2 * codes_.size()));
  }
  const uint32_t stamp = NextStamp();
  uint32_t* const stamps = stamps_.data();
  uint32_t* const out = codes_.data() + begin;
  size_t kept = 0;
  // Without a branch, as it is hard to guess.
  for (size_t i = 0; i < count; ++i) {
    const uint32_t code = codes[i];
    out[kept] = code;
    kept += stamps[code] != stamp;
    stamps[code] = stamp;
  }
  code_count_ = begin + kept;
  Close(slot, begin, code_count_);
}

void DistinctValues::AddWholes(uint32_t slot, std::vector<int64_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  const size_t begin = wholes_.size();
  wholes_.insert(wholes_.end(), values.begin(), values.end());
  Close(slot, begin, wholes_.size());
}

std::vector<int64_t> DistinctValues::Of(uint32_t slot) {
  std::vector<int64_t> values;
  const uint32_t stamp = NextStamp();
  for (uint32_t run = last_[slot]; run != 0; run = runs_[run - 1].before) {
    for (uint32_t i = runs_[run - 1].begin; i < runs_[run - 1].end; ++i) {
      if (!is_text_) {
        values.push_back(wholes_[i]);
      } else if (stamps_[codes_[i]] != stamp) {
        stamps_[codes_[i]] = stamp;
        values.push_back(codes_[i]);
      }
    }
  }
  if (!is_text_) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  return values;
}

void DistinctValues::Add(uint32_t slot, std::span<const int64_t> values) {
  if (!is_text_) {
    std::vector<int64_t> copy(values.begin(), values.end());
    AddWholes(slot, copy);
    return;
  }
  std::vector<uint32_t> codes(values.begin(), values.end());
  if (!codes.empty()) {
    SetCodes(size_t{*std::max_element(codes.begin(), codes.end())} + 1);
  }
  AddCodes(slot, codes.data(), codes.size());
}

const std::vector<uint32_t>& DistinctValues::Counts() {
  for (const uint32_t slot : several_) {
    counts_[slot] = static_cast<uint32_t>(Of(slot).size());
  }
  return counts_;
}

}  // namespace trato::core
