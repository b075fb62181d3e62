// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/record_parts.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"

namespace trato::core {
namespace {

constexpr size_t kMaxSlots = 4;
constexpr uint64_t kVersion = 1;
// What is merged is held in memory, and is one block.
constexpr uint64_t kMaxMergedBytes = uint64_t{256} << 20;

void PutSlot(std::string& bytes, const PartSlot& slot) {
  PutVarint(bytes, slot.number);
  PutVarint(bytes, slot.size);
  PutVarint(bytes, slot.count);
  PutVarint(bytes, slot.has_keys ? 1 : 0);
}

std::shared_ptr<PartSlot> ReadSlot(ByteReader& reader, bool is_index) {
  auto slot = std::make_shared<PartSlot>();
  slot->is_index = is_index;
  slot->number = static_cast<uint32_t>(reader.Varint());
  slot->size = static_cast<uint32_t>(reader.Varint());
  slot->count = static_cast<uint32_t>(reader.Varint());
  slot->has_keys = reader.Varint() != 0;
  return slot;
}

absl::Status NoDirectory() {
  return absl::DataLossError(
      "the store is damaged: its directory of records cannot be read");
}

}  // namespace

bool MergeIsDue(const PartSlots& slots) {
  if (slots.size() < 2) return false;
  uint64_t largest = 0;
  uint64_t all = 0;
  for (const auto& slot : slots) {
    largest = std::max<uint64_t>(largest, slot->size);
    all += slot->size;
  }
  if (all > kMaxMergedBytes) return false;
  return slots.size() > kMaxSlots || 4 * (all - largest) >= largest;
}

uint64_t IdentifierBucket::entries() const {
  uint64_t count = 0;
  for (const auto& slot : slots) count += slot->count;
  return count;
}

void RecordParts::IndexBuckets() {
  table_depth_ = 0;
  for (const IdentifierBucket& bucket : buckets) {
    table_depth_ = std::max(table_depth_, bucket.depth);
  }
  table_.assign(size_t{1} << table_depth_, 0);
  for (size_t i = 0; i < buckets.size() && table_depth_ > 0; ++i) {
    const size_t begin = buckets[i].from >> (64 - table_depth_);
    const size_t count = size_t{1} << (table_depth_ - buckets[i].depth);
    std::fill_n(table_.begin() + static_cast<std::ptrdiff_t>(begin), count,
                static_cast<uint32_t>(i));
  }
}

std::string RecordParts::Encode() const {
  std::string bytes;
  PutVarint(bytes, kVersion);
  PutVarint(bytes, facts);
  PutVarint(bytes, claims);
  PutVarint(bytes, kinds);
  PutVarint(bytes, next_number);
  PutVarint(bytes, grouped);
  PutVarint(bytes, ranges.size());
  for (const PartSlots& slots : ranges) {
    PutVarint(bytes, slots.size());
    for (const auto& slot : slots) PutSlot(bytes, *slot);
  }
  PutVarint(bytes, buckets.size());
  for (const IdentifierBucket& bucket : buckets) {
    PutVarint(bytes, static_cast<uint64_t>(bucket.depth));
    PutVarint(bytes, bucket.slots.size());
    for (const auto& slot : bucket.slots) PutSlot(bytes, *slot);
  }
  return bytes;
}

absl::StatusOr<std::shared_ptr<RecordParts>> RecordParts::Decode(
    std::string_view bytes, std::shared_ptr<PartCache> cache) {
  ByteReader reader(bytes);
  if (reader.Varint() != kVersion) return NoDirectory();
  auto parts = std::make_shared<RecordParts>(std::move(cache));
  parts->facts = reader.Varint();
  parts->claims = reader.Varint();
  parts->kinds = reader.Varint();
  parts->next_number = static_cast<uint32_t>(reader.Varint());
  parts->grouped = static_cast<RecordNumber>(reader.Varint());
  parts->ranges.resize(reader.Count());
  for (PartSlots& slots : parts->ranges) {
    for (uint64_t count = reader.Count(); count > 0; --count) {
      slots.push_back(ReadSlot(reader, false));
    }
  }
  parts->buckets.resize(reader.Count());
  uint64_t from = 0;
  for (size_t i = 0; i < parts->buckets.size(); ++i) {
    IdentifierBucket& bucket = parts->buckets[i];
    const uint64_t depth = reader.Varint();
    if (depth > kMaxDepth) return NoDirectory();
    bucket.depth = static_cast<int>(depth);
    bucket.from = from;
    for (uint64_t count = reader.Count(); count > 0; --count) {
      bucket.slots.push_back(ReadSlot(reader, true));
    }
    // Together they are all hashes: the last one ends where the first begins.
    from += depth == 0 ? 0 : uint64_t{1} << (64 - depth);
    const bool is_last = i + 1 == parts->buckets.size();
    if ((from == 0) != is_last) return NoDirectory();
  }
  if (!reader.ok() || !reader.rest().empty()) return NoDirectory();
  parts->IndexBuckets();
  return parts;
}

absl::Status RangeReader::Load(size_t range) {
  if (range == range_) return absl::OkStatus();
  blocks_.clear();
  range_ = static_cast<size_t>(-1);
  for (const auto& slot : parts_.ranges[range]) {
    TRATO_ASSIGN_OR_RETURN(std::shared_ptr<const RecordBlock> block,
                           parts_.cache->ReadRecords(*slot));
    if (block->range() != range) return NoDirectory();
    blocks_.push_back(std::move(block));
  }
  range_ = range;
  return absl::OkStatus();
}

}  // namespace trato::core
