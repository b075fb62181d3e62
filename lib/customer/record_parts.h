// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What sealed records say, by record and by identifier. A range of records has
// a few blocks, oldest first: what was sealed later lies beside what was there,
// until they are merged. So has a bucket of the index, which holds the
// identifiers whose hashes begin alike. This is the directory: it does not
// change once it is made, so whoever holds it goes on reading while the next
// one takes its place.

#ifndef TRATO_CUSTOMER_RECORD_PARTS_H_
#define TRATO_CUSTOMER_RECORD_PARTS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/read_scope.h"
#include "customer/part_cache.h"
#include "customer/record_block.h"

namespace trato::core {

using PartSlots = std::vector<std::shared_ptr<PartSlot>>;

// Whether so many blocks, or so much in young ones, want to be one.
bool MergeIsDue(const PartSlots& slots);

struct IdentifierBucket {
  // Holds the hashes that begin with the first `depth` bits of `from`.
  uint64_t from = 0;
  int depth = 0;
  PartSlots slots;

  uint64_t entries() const;
};

class RecordParts {
 public:
  // A bucket is split when it holds more than twice as many.
  static constexpr uint64_t kEntriesPerBucket = 16384;
  static constexpr int kMaxDepth = 24;

  explicit RecordParts(std::shared_ptr<PartCache> cache)
      : cache(std::move(cache)) {}

  std::shared_ptr<PartCache> cache;
  std::vector<PartSlots> ranges;
  std::vector<IdentifierBucket> buckets;  // ascending; together all hashes
  uint64_t facts = 0;
  uint64_t claims = 0;  // that differ
  uint64_t kinds = 0;
  uint32_t next_number = 0;
  // The records below this one were looked at when customers were sealed.
  RecordNumber grouped = 0;

  // Makes what finds buckets, after they changed.
  void IndexBuckets();
  size_t BucketOf(uint64_t hash) const {
    return table_depth_ == 0 ? 0 : table_[hash >> (64 - table_depth_)];
  }

  bool Has(RecordNumber record) const {
    const size_t range = record / kRecordsPerRange;
    return range < ranges.size() && !ranges[range].empty();
  }

  // Calls visit(fact) for the record's facts, with the numbers of names, until
  // it says no; says whether it never did.
  template <typename Visit>
  bool ForEachFact(RecordNumber record, Visit visit) const {
    if (!Has(record)) return true;
    for (const auto& slot : ranges[record / kRecordsPerRange]) {
      std::shared_ptr<const void> owner;
      const RecordBlock* block = cache->Records(*slot, owner);
      if (block != nullptr && !block->ForEach(record, visit)) return false;
    }
    return true;
  }

  // The same for those of the kinds from `first` to `last`.
  template <typename Visit>
  bool ForEachFactOf(RecordNumber record, RecordFact::Kind first,
                     RecordFact::Kind last, Visit visit) const {
    if (!Has(record)) return true;
    for (const auto& slot : ranges[record / kRecordsPerRange]) {
      std::shared_ptr<const void> owner;
      const RecordBlock* block = cache->Records(*slot, owner);
      if (block != nullptr && !block->ForEachOf(record, first, last, visit)) {
        return false;
      }
    }
    return true;
  }

  // The same with the identifiers that it claims.
  template <typename Visit>
  bool ForEachClaim(RecordNumber record, Visit visit) const {
    if (!Has(record)) return true;
    for (const auto& slot : ranges[record / kRecordsPerRange]) {
      std::shared_ptr<const void> owner;
      const RecordBlock* block = cache->Records(*slot, owner);
      if (block == nullptr) continue;
      bool goes_on = true;
      block->ForEach(record, [&](const RecordFact& fact) {
        // They come first.
        if (fact.kind != RecordFact::Kind::kClaim) return false;
        goes_on = visit(fact.text);
        return goes_on;
      });
      if (!goes_on) return false;
    }
    return true;
  }

  bool Claims(RecordNumber record, std::string_view identifier) const {
    if (!Has(record)) return false;
    for (const auto& slot : ranges[record / kRecordsPerRange]) {
      std::shared_ptr<const void> owner;
      const RecordBlock* block = cache->Records(*slot, owner);
      if (block != nullptr && block->Claims(record, identifier)) return true;
    }
    return false;
  }

  // Asks for the memory in which ForEachClaimant begins to look.
  void PrefetchClaimant(std::string_view identifier) const {
    if (buckets.empty()) return;
    const uint64_t hash = IdentifierHash(identifier);
    for (const auto& slot : buckets[BucketOf(hash)].slots) {
      const void* part = cache->Resident(*slot);
      if (part != nullptr) {
        static_cast<const IdentifierBlock*>(part)->Prefetch(hash);
      }
    }
  }

  // And with the records that claim the identifier; one may come twice. Before
  // it is certain that one does, calls ahead(record).
  template <typename Visit, typename Ahead>
  bool ForEachClaimant(std::string_view identifier, Visit visit,
                       Ahead ahead) const {
    if (buckets.empty()) return true;
    const uint64_t hash = IdentifierHash(identifier);
    const IdentifierBucket& bucket = buckets[BucketOf(hash)];
    for (const auto& slot : bucket.slots) {
      std::shared_ptr<const void> owner;
      const IdentifierBlock* block = cache->Identifiers(*slot, owner);
      if (block == nullptr) continue;
      const bool goes_on =
          block->ForEach(hash, [&](RecordNumber record) {
            ahead(record);
            return !Claims(record, identifier) || visit(record);
          });
      if (!goes_on) return false;
    }
    return true;
  }

  template <typename Visit>
  bool ForEachClaimant(std::string_view identifier, Visit visit) const {
    return ForEachClaimant(identifier, visit, [](RecordNumber) {});
  }

  std::string Encode() const;
  static absl::StatusOr<std::shared_ptr<RecordParts>> Decode(
      std::string_view bytes, std::shared_ptr<PartCache> cache);

 private:
  int table_depth_ = 0;
  std::vector<uint32_t> table_;
};

// Reads many records' facts in order of record, a range at a time and beside
// the cache. Numbers of names may be missing.
class RangeReader {
 public:
  explicit RangeReader(const RecordParts& parts) : parts_(parts) {}

  template <typename Visit>
  absl::Status ForEachFact(RecordNumber record, Visit visit) {
    if (!parts_.Has(record)) return absl::OkStatus();
    if (absl::Status status = Load(record / kRecordsPerRange); !status.ok()) {
      return status;
    }
    ReadScope scope;
    for (const auto& block : blocks_) {
      block->ForEach(record, [&](const RecordFact& fact) {
        visit(fact);
        return true;
      });
    }
    return scope.status();
  }
  // Of all records.
  template <typename Visit>
  absl::Status ForEachFact(Visit visit) {
    const auto records =
        static_cast<RecordNumber>(parts_.ranges.size() * kRecordsPerRange);
    for (RecordNumber record = 0; record < records; ++record) {
      if (absl::Status status = ForEachFact(record, visit); !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Load(size_t range);

  const RecordParts& parts_;
  size_t range_ = static_cast<size_t>(-1);
  std::vector<std::shared_ptr<const RecordBlock>> blocks_;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_RECORD_PARTS_H_
