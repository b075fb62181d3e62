// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Interactions on their way in by the million: columns are checked and brought
// to numbers batch by batch, then clustered by record and packed straight into
// blocks. Nothing of the store changes until all of the stream has been read.

#ifndef TRATO_ENGINE_BULK_H_
#define TRATO_ENGINE_BULK_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "codec/fact.h"
#include "engine/chain.h"
#include "engine/state.h"
#include "trato/batch.h"
#include "trato/store.h"

namespace trato::core {

// What many rows have in common.
struct BulkKind {
  uint32_t type = 0;
  uint32_t channel = 0;
  Direction direction = Direction::kInbound;
  Currency currency;
};

class BulkRows {
 public:
  // The caller is the writer, and holds nothing else. `lock` guards the state's
  // names.
  BulkRows(State* state, SharedMutex* lock, Fact envelope,
           std::string_view name_space);

  // Errors name column and row.
  // Where two batches have texts at the same place, they are the same.
  absl::Status Add(const InteractionBatch& batch);
  // Rows of one order become one interaction; after the last batch.
  absl::Status Finish();

  size_t size() const { return at_.size(); }
  // The i-th row as a fact.
  Fact ToFact(size_t i) const;

  // Records that come to exist, in the order of their numbers.
  const std::deque<std::string>& new_records() const { return new_records_; }
  bool has_keys() const { return !keys_.empty(); }
  std::string_view key(size_t i) const {
    return keys_.empty() ? std::string_view() : keys_[i];
  }
  // Takes a row out again.
  void Drop(size_t i) { record_[i] = kDropped; }
  bool is_dropped(size_t i) const { return record_[i] == kDropped; }

  // Packs the rows, which all have the same log position, and adds a commitment
  // for each record. `first_seen` gets the earliest time by record; `run`
  // spreads the work.
  struct Packed {
    std::vector<PackedBlock> blocks;
    uint64_t rows = 0;
  };
  using Run =
      std::function<void(size_t count, const std::function<void(size_t)>&)>;
  Packed Pack(uint64_t position, Chain* chain, Link* link,
              std::vector<int64_t>& first_seen, const Run& run);

 private:
  static constexpr uint32_t kDropped = 0xffffffff;
  // What the texts of a dictionary stand for, as far as rows asked.
  struct Codes {
    std::vector<std::string_view> values;  // to know the dictionary again
    std::vector<uint32_t> numbers;
  };
  struct Row {
    uint32_t record;
    uint32_t kind;
    int64_t at_us;
    int64_t amount;
    uint32_t index;
  };
  struct PendingOrder {
    uint32_t record;
    uint32_t kind;
    int64_t at_us;
    std::string key;
    std::vector<Line> lines;
    uint64_t row;
  };

  absl::StatusOr<uint32_t> RecordOf(std::string_view name, uint64_t row);
  absl::StatusOr<uint32_t> KindOf(std::string_view type,
                                  std::string_view channel,
                                  std::string_view direction,
                                  std::string_view currency, uint64_t row);
  uint32_t NameOf(std::string_view text);
  absl::StatusOr<Line> LineOf(const LineColumns& lines, size_t i,
                              Currency currency, uint64_t row);
  absl::Status AddRow(uint32_t record, uint32_t kind, int64_t at_us,
                      int64_t amount);
  void PackBlock(std::span<const Row> rows, uint32_t first, uint32_t last,
                 uint64_t position, Chain* chain, PackedBlock& block,
                 std::vector<Hash256>& commitments);
  Interaction ToInteraction(size_t i) const;
  // Whether the row has neither key nor answer, field or line.
  bool IsPlain(size_t i) const {
    return (keys_.empty() || keys_[i].empty()) &&
           (line_end_.empty() ||
            line_end_[i] == (i == 0 ? 0 : line_end_[i - 1])) &&
           (rest_.empty() || !rest_.contains(static_cast<uint32_t>(i)));
  }
  void Commit(std::span<const Row> rows, const Chain& chain,
              std::vector<Hash256>& commitments) const;

  State* state_;
  SharedMutex* lock_;
  const Fact envelope_;
  const std::string name_space_;
  uint32_t source_ = 0, actor_ = 0, batch_ = 0;

  std::deque<std::string> new_records_;  // never move
  absl::flat_hash_map<std::string_view, uint32_t, StringHash, StringEqual>
      new_by_name_;
  // By kind, for the chain.
  std::vector<std::array<uint8_t, 16>> kind_forms_;
  std::vector<uint32_t> kind_ranks_;
  std::vector<BulkKind> kinds_;
  absl::flat_hash_map<std::array<uint32_t, 4>, uint32_t> kind_numbers_;
  Codes customer_codes_;

  std::vector<uint32_t> record_, kind_;
  std::vector<int64_t> at_, amount_;
  std::vector<std::string> keys_;   // empty: none has one
  std::vector<uint32_t> line_end_;  // empty: none has any
  std::vector<Line> lines_;
  absl::flat_hash_map<uint32_t, Interaction> rest_;  // fields and answers
  std::vector<PendingOrder> orders_;
  absl::flat_hash_map<std::string, size_t> order_places_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_BULK_H_
