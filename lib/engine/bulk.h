// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Interactions on their way in by the million: columns are checked and brought
// to numbers batch by batch, then clustered by record and packed straight into
// blocks. Nothing of the store changes until all of the stream has been read,
// but that records get numbers, which nobody can see and which are taken back.

#ifndef TRATO_ENGINE_BULK_H_
#define TRATO_ENGINE_BULK_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "codec/fact.h"
#include "engine/chain.h"
#include "engine/key_column.h"
#include "engine/row_partitions.h"
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
  // names and records.
  BulkRows(State* state, SharedMutex* lock, Fact envelope,
           std::string_view name_space);
  // Takes back the records that came to exist, unless they were kept.
  ~BulkRows();
  BulkRows(const BulkRows&) = delete;
  BulkRows& operator=(const BulkRows&) = delete;

  // Errors name column and row.
  absl::Status Add(const InteractionBatch& batch);
  // Rows of one order become one interaction; after the last batch.
  absl::Status Finish();

  size_t size() const { return size_; }
  // All rows as facts, as they came. For few.
  std::vector<Fact> ToFacts() const;
  bool has_keys() const { return keys_.any(); }

  // The hashes of all keys, sorted.
  std::vector<uint64_t> KeyHashes() const;
  // Leaves out the rows whose keys are said again, here or according to
  // `find_known`, which gives what is recorded under the fact's key, if it is.
  // `hashes` are those of KeyHashes, and each is there once afterwards; a key
  // is known, if at all, where `may_be_known` says so of its hash. `dropped`
  // grows by what was left out. ALREADY_EXISTS for a key with other content.
  absl::Status DropRepeated(
      std::vector<uint64_t>& hashes,
      const std::function<bool(uint64_t hash)>& may_be_known,
      const std::function<
          absl::StatusOr<std::optional<KnownFact>>(const Fact&)>& find_known,
      uint64_t& dropped);

  // Records from this number on came to exist with these rows. They are the
  // store's from when they are kept; after they are taken back, rows are read
  // no more.
  RecordNumber first_new_record() const { return first_new_record_; }
  void KeepRecords();
  void TakeBackRecords();

  // Packs the rows, which all have the same log position, and adds a commitment
  // for each record to `link`; without a chain, none. `first_seen` gets the
  // earliest time by record. `run` spreads the work; `take` is given blocks in
  // order of record, and ends it all with an error. The rows are gone then.
  using Run =
      std::function<void(size_t count, const std::function<void(size_t)>&)>;
  using Take = std::function<absl::Status(std::vector<PackedBlock> blocks)>;
  absl::Status Pack(uint64_t position, Chain* chain, Link* link,
                    std::vector<int64_t>& first_seen, const Run& run,
                    const Take& take);

 private:
  // What the texts of a dictionary stand for, as far as rows asked.
  struct Codes {
    TextColumn::Dictionary dictionary;  // to know it again
    std::vector<uint32_t> numbers;
  };
  // A row out of its partition.
  struct Row {
    int64_t at_us;
    int64_t amount;
    uint32_t record;
    uint32_t number;  // or RowPartitions::kNoNumber
    uint32_t kind;
  };
  struct PendingOrder {
    uint32_t record;
    uint16_t kind;
    int64_t at_us;
    std::string key;
    std::vector<Line> lines;
    uint64_t row;
  };
  template <typename Row>
  class BlockMaker;
  template <typename RowInBlock>
  absl::Status PackAs(uint64_t position, Chain* chain, Link* link,
                      std::vector<int64_t>& first_seen, const Run& run,
                      const Take& take);

  // ---- A batch, column by column (bulk.cc).
  absl::Status ReadRecords(const InteractionBatch& batch);
  absl::Status ReadCodedRecords(const InteractionBatch& batch);
  absl::StatusOr<uint32_t> RecordOf(std::string_view name, uint64_t row);
  absl::Status ReadKinds(const InteractionBatch& batch);
  absl::StatusOr<uint16_t> KindOf(std::string_view type,
                                  std::string_view channel,
                                  std::string_view direction,
                                  std::string_view currency, uint64_t row);
  absl::Status ReadKeys(const InteractionBatch& batch);
  uint32_t NameOf(std::string_view text);
  absl::Status CheckRoom(size_t rows) const;

  // ---- What few rows have (bulk_rest.cc).
  absl::StatusOr<Line> LineOf(const LineColumns& lines, size_t i,
                              Currency currency, uint64_t row);
  absl::Status ReadLines(const InteractionBatch& batch);
  absl::Status ReadRest(const InteractionBatch& batch);
  absl::Status ReadOrders(const InteractionBatch& batch);

  // ---- Rows again.
  Row ToRow(uint32_t record, const RowPartitions::Row& row,
            uint32_t number) const {
    Row out{row.at_us, row.amount, record, number, row.kind};
    if (row.amount == RowPartitions::kWideAmount) {
      out.amount = wide_amounts_.find(number)->second;
    }
    return out;
  }
  Fact ToFact(const Row& row) const;
  // Of two rows, whether they differ in nothing but, perhaps, their keys.
  bool SaysTheSame(const Row& one, const Row& other) const;
  Interaction ToInteraction(const Row& row) const;
  std::pair<uint32_t, uint32_t> LinesOf(uint32_t number) const {
    if (number >= line_end_.size()) return {0, 0};
    return {number == 0 ? 0 : line_end_[number - 1], line_end_[number]};
  }
  const Interaction* RestOf(uint32_t number) const {
    if (rest_.empty()) return nullptr;
    const auto found = rest_.find(number);
    return found == rest_.end() ? nullptr : &found->second;
  }
  KeyColumn::Value KeyOf(uint32_t number) const {
    return number < keys_.size() ? keys_.Get(number) : KeyColumn::Value();
  }
  // Whether the row has an answer, fields or lines.
  bool HasMore(uint32_t number) const {
    const auto [begin, end] = LinesOf(number);
    return begin != end || RestOf(number) != nullptr;
  }
  bool IsDropped(uint32_t number) const {
    return number < dropped_.size() && dropped_[number];
  }

  State* state_;
  SharedMutex* lock_;
  const Fact envelope_;
  const std::string name_space_;
  const KeyHasher hasher_;
  uint32_t source_ = 0, actor_ = 0, batch_ = 0;
  RecordNumber first_new_record_ = 0;
  bool owns_records_ = true;  // those from that one on

  std::vector<BulkKind> kinds_;
  absl::flat_hash_map<std::array<uint32_t, 4>, uint16_t> kind_numbers_;
  Codes customer_codes_;
  // The kinds of combinations of the dictionaries' codes.
  std::array<TextColumn::Dictionary, 4> kind_dictionaries_;
  std::vector<uint32_t> kind_by_code_;

  // Of the batch that is read.
  std::vector<uint32_t> record_;
  std::vector<uint32_t> new_rows_;
  std::vector<uint16_t> kind_;
  std::vector<int64_t> amount_;

  RowPartitions rows_;
  uint32_t size_ = 0;
  // By number of the row. Rows that need none of them have no number.
  bool is_rich_ = false;
  absl::flat_hash_map<uint32_t, int64_t> wide_amounts_;
  KeyColumn keys_;
  std::vector<uint32_t> line_end_;  // empty: none has any
  std::vector<Line> lines_;
  absl::flat_hash_map<uint32_t, Interaction> rest_;  // fields and answers
  std::vector<bool> dropped_;

  std::vector<PendingOrder> orders_;
  absl::flat_hash_map<std::string, size_t> order_places_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_BULK_H_
