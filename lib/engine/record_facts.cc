// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/record_facts.h"

#include <algorithm>
#include <bit>

#include "base/status.h"
#include "codec/fact_codec.h"
#include "engine/sealed_form.h"

namespace trato::core {
namespace {

// What a step of a merge reads, about.
constexpr uint64_t kMergeBytes = uint64_t{4} << 20;

int DepthFor(uint64_t entries) {
  const uint64_t buckets = entries / RecordParts::kEntriesPerBucket;
  return std::min(static_cast<int>(std::bit_width(buckets)),
                  RecordParts::kMaxDepth);
}

uint64_t SizeOf(const PartSlots& slots) {
  uint64_t size = 0;
  for (const auto& slot : slots) size += slot->size;
  return size;
}

bool SplitIsDue(const IdentifierBucket& bucket) {
  return bucket.depth < RecordParts::kMaxDepth &&
         bucket.entries() > 2 * RecordParts::kEntriesPerBucket;
}

// The range's facts as one part.
absl::Status MergeRange(uint32_t range, RecordParts& parts, Sealing& sealing) {
  PartSlots& slots = parts.ranges[range];
  RecordBlockWriter writer(range);
  RangeReader reader(parts);
  const RecordNumber begin = range * kRecordsPerRange;
  for (RecordNumber i = begin; i < begin + kRecordsPerRange; ++i) {
    TRATO_RETURN_IF_ERROR(reader.ForEachFact(
        i, [&](const RecordFact& fact) { writer.Add(fact); }));
  }
  for (const auto& slot : slots) {
    TRATO_RETURN_IF_ERROR(parts.cache->Retire(*slot));
    sealing.erase.push_back(PartId(*slot));
  }
  slots = {PutPart(false, writer.facts(), writer.has_keys(), writer.Finish(),
                   parts, sealing)};
  return absl::OkStatus();
}

}  // namespace

BlockId PartId(const PartSlot& slot) {
  return {slot.is_index ? kIdentifiers : kRecordFacts, 0, slot.number};
}

std::shared_ptr<PartSlot> PutPart(bool is_index, uint32_t count, bool has_keys,
                                  std::string bytes, RecordParts& parts,
                                  Sealing& sealing) {
  auto slot = std::make_shared<PartSlot>();
  slot->is_index = is_index;
  slot->has_keys = has_keys;
  slot->number = parts.next_number++;
  slot->size = static_cast<uint32_t>(bytes.size());
  slot->count = count;
  sealing.put.emplace_back(PartId(*slot), std::move(bytes));
  return slot;
}

std::vector<IdentifierBucket> PutBucket(const IdentifierBucket& place,
                                        std::vector<IdentifierEntry> entries,
                                        RecordParts& parts, Sealing& sealing) {
  int depth = place.depth;
  for (uint64_t each = entries.size();
       each > 2 * RecordParts::kEntriesPerBucket &&
       depth < RecordParts::kMaxDepth;
       each /= 2) {
    ++depth;
  }
  std::vector<IdentifierBucket> buckets;
  size_t next = 0;
  for (uint64_t i = 0; i < uint64_t{1} << (depth - place.depth); ++i) {
    IdentifierBucket& bucket = buckets.emplace_back();
    bucket.depth = depth;
    bucket.from = place.from + (depth == 0 ? 0 : i << (64 - depth));
    const size_t begin = next;
    while (next < entries.size() &&
           (depth == 0 ||
            entries[next].first >> (64 - depth) == bucket.from >> (64 - depth))) {
      ++next;
    }
    if (next == begin) continue;
    bucket.slots = {PutPart(
        true, static_cast<uint32_t>(next - begin), false,
        IdentifierBlock::Encode(
            std::span<const IdentifierEntry>(entries).subspan(begin,
                                                              next - begin)),
        parts, sealing)};
  }
  return buckets;
}

absl::StatusOr<std::vector<IdentifierEntry>> EntriesOf(
    const IdentifierBucket& bucket, PartCache& cache) {
  std::vector<IdentifierEntry> entries;
  for (const auto& slot : bucket.slots) {
    TRATO_ASSIGN_OR_RETURN(const std::vector<IdentifierEntry> some,
                           cache.ReadIdentifiers(*slot));
    entries.insert(entries.end(), some.begin(), some.end());
  }
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  return entries;
}

RecordSealer::RecordSealer(const State& state, const RecordParts* before,
                           std::shared_ptr<PartCache> cache)
    : state_(state), before_(before), cache_(std::move(cache)) {}

absl::StatusOr<std::string> RecordSealer::Take(uint64_t at,
                                               std::string_view entry) {
  TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
  std::vector<Fact> rest;
  int64_t recorded_us = 0;
  for (Fact& fact : decoded.facts) {
    recorded_us = fact.recorded_us;
    const std::string* const name = RecordOf(fact);
    if (name == nullptr) {
      rest.push_back(std::move(fact));
      continue;
    }
    const auto record = state_.customers.FindRecord(*name);
    if (!record) return absl::InternalError("a fact is of no record");
    const RecordFact it = ToRecordFact(fact, *record, at);
    const uint32_t range = *record / kRecordsPerRange;
    writers_.try_emplace(range, range).first->second.Add(it);
    ++facts_;
    kinds_ += it.kind == RecordFact::Kind::kKind;
    // By its own name it is found anyway.
    if (it.kind == RecordFact::Kind::kClaim && it.text != *name) {
      identifiers_.emplace_back(IdentifierHash(it.text), *record);
    }
  }
  if (rest.empty()) return std::string();
  if (rest.size() == decoded.facts.size() && decoded.salts.empty()) {
    return std::string(entry);
  }
  // What is left of it has its salts elsewhere.
  return EncodeEntry(recorded_us, rest);
}

void RecordSealer::PutIdentifiers(RecordParts& parts, Sealing& sealing) {
  if (identifiers_.empty()) return;
  std::sort(identifiers_.begin(), identifiers_.end());
  identifiers_.erase(std::unique(identifiers_.begin(), identifiers_.end()),
                     identifiers_.end());
  if (parts.buckets.empty()) {
    const int depth = DepthFor(identifiers_.size());
    for (uint64_t i = 0; i < uint64_t{1} << depth; ++i) {
      IdentifierBucket& bucket = parts.buckets.emplace_back();
      bucket.depth = depth;
      bucket.from = depth == 0 ? 0 : i << (64 - depth);
    }
    parts.IndexBuckets();
  }
  for (size_t begin = 0; begin < identifiers_.size();) {
    const size_t at = parts.BucketOf(identifiers_[begin].first);
    size_t end = begin;
    while (end < identifiers_.size() &&
           parts.BucketOf(identifiers_[end].first) == at) {
      ++end;
    }
    parts.buckets[at].slots.push_back(PutPart(
        true, static_cast<uint32_t>(end - begin), false,
        IdentifierBlock::Encode(std::span<const IdentifierEntry>(identifiers_)
                                    .subspan(begin, end - begin)),
        parts, sealing));
    begin = end;
  }
}

std::shared_ptr<RecordParts> RecordSealer::Put(Sealing& sealing) {
  auto parts = before_ == nullptr ? std::make_shared<RecordParts>(cache_)
                                  : std::make_shared<RecordParts>(*before_);
  for (auto& [range, writer] : writers_) {
    if (parts->ranges.size() <= range) parts->ranges.resize(range + 1);
    parts->ranges[range].push_back(
        PutPart(false, writer.facts(), writer.has_keys(), writer.Finish(),
                *parts, sealing));
  }
  PutIdentifiers(*parts, sealing);
  parts->facts += facts_;
  parts->kinds += kinds_;
  parts->claims = state_.customers.claim_count();
  return parts;
}

absl::StatusOr<std::shared_ptr<RecordParts>> MergeRecordParts(
    const RecordParts& parts, Sealing& sealing) {
  std::shared_ptr<RecordParts> next;
  const auto changed = [&]() -> RecordParts& {
    if (next == nullptr) next = std::make_shared<RecordParts>(parts);
    return *next;
  };
  uint64_t bytes = 0;
  for (uint32_t range = 0; range < parts.ranges.size() && bytes < kMergeBytes;
       ++range) {
    if (!MergeIsDue(parts.ranges[range])) continue;
    bytes += SizeOf(parts.ranges[range]);
    TRATO_RETURN_IF_ERROR(MergeRange(range, changed(), sealing));
  }
  std::vector<IdentifierBucket> buckets;
  bool any = false;
  for (const IdentifierBucket& bucket : parts.buckets) {
    if (bytes >= kMergeBytes ||
        (!MergeIsDue(bucket.slots) && !SplitIsDue(bucket))) {
      buckets.push_back(bucket);
      continue;
    }
    any = true;
    bytes += SizeOf(bucket.slots);
    TRATO_ASSIGN_OR_RETURN(std::vector<IdentifierEntry> entries,
                           EntriesOf(bucket, *parts.cache));
    for (const auto& slot : bucket.slots) {
      TRATO_RETURN_IF_ERROR(parts.cache->Retire(*slot));
      sealing.erase.push_back(PartId(*slot));
    }
    for (IdentifierBucket& it :
         PutBucket(bucket, std::move(entries), changed(), sealing)) {
      buckets.push_back(std::move(it));
    }
  }
  if (any) {
    next->buckets = std::move(buckets);
    next->IndexBuckets();
  }
  return next;
}

}  // namespace trato::core
