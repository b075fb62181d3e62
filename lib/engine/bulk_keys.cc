// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Keys that are said again, in one table or in what is recorded.

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/fact_codec.h"
#include "engine/bulk.h"

namespace trato::core {
namespace {

// Whether a hash may be one of some few: no more than that.
class FewHashes {
 public:
  explicit FewHashes(const std::vector<uint64_t>& hashes)
      : all_(hashes.begin(), hashes.end()), bits_(kBits / 64, 0) {
    for (uint64_t hash : hashes) {
      bits_[hash % kBits / 64] |= uint64_t{1} << hash % 64;
    }
  }
  bool Contain(uint64_t hash) const {
    return (bits_[hash % kBits / 64] >> hash % 64 & 1) != 0 &&
           all_.contains(hash);
  }

 private:
  static constexpr uint64_t kBits = uint64_t{1} << 23;

  absl::flat_hash_set<uint64_t> all_;
  std::vector<uint64_t> bits_;
};

}  // namespace

std::vector<uint64_t> BulkRows::KeyHashes() const {
  std::vector<uint64_t> hashes;
  hashes.reserve(keys_.size());
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (keys_.form(i) != KeyColumn::Form::kNone) {
      hashes.push_back(keys_.Hash(i, hasher_));
    }
  }
  SortHashes(hashes);
  return hashes;
}

absl::Status BulkRows::DropRepeated(
    std::vector<uint64_t>& hashes,
    const std::function<bool(uint64_t hash)>& may_be_known,
    const std::function<absl::StatusOr<std::optional<KnownFact>>(const Fact&)>&
        find_known,
    uint64_t& dropped) {
  std::vector<uint64_t> suspects;
  for (size_t i = 0; i < hashes.size(); ++i) {
    if ((i > 0 && hashes[i] == hashes[i - 1]) || may_be_known(hashes[i])) {
      suspects.push_back(hashes[i]);
    }
  }
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  if (suspects.empty()) return absl::OkStatus();
  // The rows with these hashes; where they lie is found in one pass.
  std::vector<bool> is_suspect(size_);
  {
    const FewHashes few(suspects);
    for (size_t i = 0; i < keys_.size(); ++i) {
      is_suspect[i] = keys_.form(i) != KeyColumn::Form::kNone &&
                      few.Contain(keys_.Hash(i, hasher_));
    }
  }
  std::vector<Row> rows;
  for (size_t partition = 0; partition < rows_.count(); ++partition) {
    rows_.ForEach(
        partition, [&](uint32_t record, const auto& row, uint32_t number) {
          if (number != RowPartitions::kNoNumber && is_suspect[number]) {
            rows.push_back(ToRow(record, row, number));
          }
        });
  }
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.number < b.number; });
  absl::flat_hash_map<std::string, const Row*> firsts;
  dropped_.assign(size_, false);
  KeyColumn::Buffer buffer;
  for (const Row& row : rows) {
    const std::string key(keys_.Key(row.number, buffer));
    const auto contradicts = [&] {
      return absl::AlreadyExistsError(
          StrCat("row ", row.number, ": key '", key,
                 "' is recorded already, with other content"));
    };
    const auto [first, is_new] = firsts.try_emplace(key, &row);
    if (!is_new) {
      if (!SaysTheSame(*first->second, row)) return contradicts();
    } else {
      if (!may_be_known(hasher_(key))) continue;
      const Fact fact = ToFact(row);
      TRATO_ASSIGN_OR_RETURN(std::optional<KnownFact> known, find_known(fact));
      if (!known) continue;
      if (known->event_us != fact.event_us ||
          known->payload_hash != PayloadHash(fact, CanonicalPayload(fact))) {
        return contradicts();
      }
    }
    dropped_[row.number] = true;
    ++dropped;
  }
  return absl::OkStatus();
}

bool BulkRows::SaysTheSame(const Row& one, const Row& other) const {
  if (one.record != other.record || one.kind != other.kind ||
      one.at_us != other.at_us || one.amount != other.amount) {
    return false;
  }
  return (!HasMore(one.number) && !HasMore(other.number)) ||
         CanonicalPayload(ToFact(one)) == CanonicalPayload(ToFact(other));
}

}  // namespace trato::core
