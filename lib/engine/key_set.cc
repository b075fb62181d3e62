// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/key_set.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/numeric/int128.h"
#include "base/strings.h"

namespace trato::core {
namespace {

// The part of n that the hash is of all hashes: about its place among n sorted
// ones.
size_t PlaceOf(uint64_t hash, size_t n) {
  return static_cast<size_t>(
      absl::Uint128High64(absl::uint128(hash) * absl::uint128(n)));
}

bool ContainsSorted(const std::vector<uint64_t>& hashes, uint64_t hash) {
  if (hashes.empty()) return false;
  // From where it should be, in steps that double.
  size_t begin = PlaceOf(hash, hashes.size());
  size_t end = begin + 1;
  for (size_t step = 16; begin > 0 && hashes[begin] > hash; step *= 2) {
    end = begin + 1;
    begin -= std::min(begin, step);
  }
  for (size_t step = 16; end < hashes.size() && hashes[end - 1] < hash;
       step *= 2) {
    begin = end - 1;
    end = std::min(hashes.size(), end + step);
  }
  return std::binary_search(hashes.begin() + static_cast<ptrdiff_t>(begin),
                            hashes.begin() + static_cast<ptrdiff_t>(end), hash);
}

}  // namespace

KeyHasher::KeyHasher(std::string_view source)
    : source_(absl::HashOf(ToAbsl(source))) {}

uint64_t KeyHasher::operator()(std::string_view key) const {
  uint64_t number = 0;
  if (IsDecimal(key, &number)) return (*this)(number);
  return absl::HashOf(source_, ToAbsl(key));
}

bool IsDecimal(std::string_view key, uint64_t* number) {
  if (key.empty() || key.size() > 20 || (key[0] == '0' && key.size() > 1)) {
    return false;
  }
  uint64_t value = 0;
  for (char c : key) {
    if (c < '0' || c > '9' || __builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, static_cast<uint64_t>(c - '0'), &value)) {
      return false;
    }
  }
  *number = value;
  return true;
}

void SortHashes(std::vector<uint64_t>& hashes) {
  constexpr size_t kFew = 4096;
  constexpr size_t kInPart = 4096;  // fits in the first cache
  if (hashes.size() < kFew) {
    std::sort(hashes.begin(), hashes.end());
    return;
  }
  // Into parts by their first bits, and each part by the next ones; what is
  // left to do is next to nothing.
  const int bits = std::min<int>(
      11, static_cast<int>(std::bit_width(hashes.size() / kInPart)));
  const int shift = 64 - bits;
  std::vector<size_t> ends((size_t{1} << bits) + 1, 0);
  for (uint64_t hash : hashes) ++ends[(hash >> shift) + 1];
  for (size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  std::vector<size_t> next(ends.begin(), ends.end() - 1);
  std::vector<uint64_t> parts(hashes.size());
  for (uint64_t hash : hashes) parts[next[hash >> shift]++] = hash;
  constexpr int kNextBits = 12;
  const int next_shift = shift - kNextBits;
  constexpr uint64_t kMask = (uint64_t{1} << kNextBits) - 1;
  std::vector<uint32_t> places(kMask + 2);
  for (size_t part = 0; part + 1 < ends.size(); ++part) {
    const uint64_t* from = parts.data() + ends[part];
    const size_t count = ends[part + 1] - ends[part];
    uint64_t* to = hashes.data() + ends[part];
    std::fill(places.begin(), places.end(), 0);
    for (size_t i = 0; i < count; ++i) {
      ++places[(from[i] >> next_shift & kMask) + 1];
    }
    for (size_t i = 1; i < places.size(); ++i) places[i] += places[i - 1];
    for (size_t i = 0; i < count; ++i) {
      to[places[from[i] >> next_shift & kMask]++] = from[i];
    }
    // An insertion sort where runs of few are out of order.
    size_t moves = 0;
    for (size_t i = 1; i < count; ++i) {
      const uint64_t hash = to[i];
      size_t place = i;
      for (; place > 0 && to[place - 1] > hash; --place, ++moves) {
        to[place] = to[place - 1];
      }
      to[place] = hash;
      if (moves > 64 * count) {
        // They are not spread as they should be.
        std::sort(to, to + count);
        break;
      }
    }
  }
}

bool KeySet::Contains(uint64_t hash) const {
  if (single_.contains(hash)) return true;
  return std::any_of(runs_.begin(), runs_.end(), [hash](const auto& run) {
    return ContainsSorted(run, hash);
  });
}

void KeySet::InsertFrom(const KeySet& other,
                        const absl::flat_hash_set<uint64_t>& but) {
  std::vector<uint64_t> hashes;
  const auto add = [&](const auto& all) {
    for (uint64_t hash : all) {
      if (!but.contains(hash)) hashes.push_back(hash);
    }
  };
  add(other.single_);
  for (const auto& run : other.runs_) add(run);
  SortHashes(hashes);
  InsertSorted(std::move(hashes));
}

void KeySet::InsertSorted(std::vector<uint64_t> hashes) {
  if (hashes.empty()) return;
  constexpr size_t kFew = 1024;
  if (hashes.size() <= kFew) {
    single_.insert(hashes.begin(), hashes.end());
    return;
  }
  runs_.push_back(std::move(hashes));
  // Few arrays, each larger than the ones after it.
  while (runs_.size() > 1 &&
         (runs_.size() > kMaxRuns ||
          runs_[runs_.size() - 2].size() < 2 * runs_.back().size())) {
    std::vector<uint64_t> merged;
    const std::vector<uint64_t> last = std::move(runs_.back());
    runs_.pop_back();
    const std::vector<uint64_t> before = std::move(runs_.back());
    merged.reserve(last.size() + before.size());
    std::set_union(before.begin(), before.end(), last.begin(), last.end(),
                   std::back_inserter(merged));
    runs_.back() = std::move(merged);
  }
}

}  // namespace trato::core
