// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The sealed interactions of a range of records, as packed columns. Every
// question names types, so a block is clustered by type first: within a type
// lie the runs of the records, one after the other, each sorted by (event time,
// source, fact id). Order lines are child columns. The bytes of a block are the
// same on disk and in memory and are read in place; its idempotency keys lie
// apart, because few questions ask for them.

#ifndef TRATO_TIMELINE_BLOCK_H_
#define TRATO_TIMELINE_BLOCK_H_

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "timeline/interaction.h"
#include "timeline/packed_column.h"
#include "timeline/row_directory.h"

namespace trato::core {

enum class ColumnId : uint8_t {
  // By entry, where the type is not in the block's directory.
  kRecord = 0,  // that has rows
  kEnd,         // the row after its last
  // By row.
  kAt,
  kRecorded,  // recorded time, or that less the event time
  kPosition,
  kAmount,
  kChannel,  // twice the channel, plus the direction
  kSource,
  kActor,
  kBatch,
  kCurrency,  // into the block's currencies
  kLineEnd,   // the line after its last
  // By line.
  kProduct,
  kUnit,
  kQuantity,
  kUnitPrice,
  kLineAmount,  // less what quantity and unit price make
  // By row that has more than that.
  kExtraRow,
  kExtraEnd,
  // By row again.
  kKeyed,  // 1: it has a key
};
inline constexpr int kColumnCount = 20;

// A type's interactions of the block's records before they are packed.
struct ClusterRows {
  uint32_t type = 0;
  // The records that have rows, counted from the block's first, and where
  // their rows end.
  std::vector<int64_t> record, end;
  std::vector<int64_t> at;
  // By row; or one for all rows, where nothing is added any more.
  std::vector<int64_t> recorded, position, amount, channel, source, actor,
      batch;
  std::vector<Currency> currency;
  std::vector<int64_t> line_end;  // empty: no lines at all
  std::vector<int64_t> product, unit, quantity, unit_price, line_amount;
  std::vector<std::string> keys;  // empty: none has one
  // Instead of keys, where all rows have one and all are decimal numbers.
  std::vector<int64_t> key_numbers;
  std::vector<std::pair<int64_t, std::string>> extras;  // by row

  size_t rows() const { return at.size(); }
  // The row's value in a column that has one for all rows, or for each.
  template <typename T>
  static const T& At(const std::vector<T>& column, size_t row) {
    return column[column.size() == 1 ? 0 : row];
  }
  void Add(const Interaction& interaction);
};

// What few interactions have: fields, and what they answer.
std::string EncodeExtras(const Interaction& interaction);

class Block;
class BlockKeys;

// A type's interactions of the block's records.
class Cluster {
 public:
  uint32_t type() const { return type_; }
  uint32_t rows() const { return rows_; }
  // The rows of the i-th record of the block.
  std::pair<uint32_t, uint32_t> RowsOf(uint32_t i) const {
    if (entries_ == 0) return {i == 0 ? 0 : ends_[i - 1], ends_[i]};
    if ((listed_[i >> 3] >> (i & 7) & 1) == 0) return {0, 0};
    const PackedColumn& record = column(ColumnId::kRecord);
    const size_t after = record.UpperBound(0, entries_, i);
    if (after == 0 || record[after - 1] != i) return {0, 0};
    return {EntryEnd(after - 2), EntryEnd(after - 1)};
  }
  // Asks for what finding those begins with.
  void PrefetchRowsOf(uint32_t i) const {
    if (entries_ == 0) {
      ends_.Prefetch(i);
    } else {
      __builtin_prefetch(listed_ + (i >> 3));
    }
  }
  // Calls `visit(i, begin, end)` for each record that has rows.
  template <typename Visit>
  void ForEachEntry(Visit visit) const {
    const PackedColumn& record = column(ColumnId::kRecord);
    const uint32_t count = entry_count();
    uint32_t begin = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t after = entries_ != 0 ? EntryEnd(i) : ends_[i];
      if (after > begin) {
        visit(entries_ != 0 ? static_cast<uint32_t>(record[i]) : i, begin,
              after);
      }
      begin = after;
    }
  }
  // Gives all records that have rows, counted from `first_record`, and the row
  // after the last of each; how many there are. There must be room for
  // entry_count() of them.
  uint32_t ReadEntries(uint32_t first_record, uint32_t* records,
                       uint32_t* ends) const;
  uint32_t entry_count() const;
  // Of a type in the block's directory: the row after the last of each of
  // `count` records from the i-th on, whether they have rows or not.
  void ReadEnds(uint32_t i, uint32_t count, uint32_t* ends) const {
    ends_.Read(i, count, ends);
  }
  bool is_in_directory() const { return entries_ == 0; }
  // Where the type is not in the block's directory: how many records have
  // rows; otherwise 0.
  uint32_t entries() const { return entries_; }

  const PackedColumn& column(ColumnId id) const {
    return columns_[places_[static_cast<size_t>(id)]];
  }
  // When the last of all its rows happened; gone through when it is first
  // asked.
  int64_t latest_us() const;
  int64_t at_us(uint32_t row) const { return column(ColumnId::kAt)[row]; }
  int64_t recorded_us(uint32_t row) const {
    return recorded_us(at_us(row), row);
  }
  // Where its event time is known already.
  int64_t recorded_us(int64_t at_us, uint32_t row) const {
    const int64_t kept = column(ColumnId::kRecorded)[row];
    // Wraps as it did when it was packed.
    return recorded_is_plain_
               ? kept
               : static_cast<int64_t>(static_cast<uint64_t>(at_us) +
                                      static_cast<uint64_t>(kept));
  }
  Money amount(uint32_t row) const;
  const Currency& currency(uint32_t row) const;
  bool has_lines() const { return lines_ != 0; }
  // Asks for where the event times begin.
  void PrefetchTimes() const {
    __builtin_prefetch(column(ColumnId::kAt).place(0));
  }
  std::pair<uint32_t, uint32_t> LinesOf(uint32_t row) const {
    if (lines_ == 0) return {0, 0};
    const PackedColumn& end = column(ColumnId::kLineEnd);
    return {row == 0 ? 0 : static_cast<uint32_t>(end[row - 1]),
            static_cast<uint32_t>(end[row])};
  }
  Line line(uint32_t row, uint32_t line) const;
  // The bytes of EncodeExtras; empty: none.
  std::string_view extras(uint32_t row) const;
  bool has_key(uint32_t row) const {
    return column(ColumnId::kKeyed)[row] != 0;
  }
  const Block& block() const { return *block_; }

  // Appends the rows to columns that are not packed.
  void Unpack(uint32_t begin, uint32_t end, const BlockKeys* keys,
              ClusterRows& out) const;
  uint32_t index() const { return index_; }

 private:
  friend class Block;

  // Whether what its columns say of places is within the block.
  bool IsSound() const;
  // The end of an entry's rows; of the one before the first, 0.
  uint32_t EntryEnd(size_t entry) const {
    return entry == static_cast<size_t>(-1)
               ? 0
               : static_cast<uint32_t>(column(ColumnId::kEnd)[entry]);
  }

  const Block* block_ = nullptr;
  uint32_t type_ = 0;
  uint32_t rows_ = 0;
  uint32_t lines_ = 0;
  uint32_t entries_ = 0;
  uint32_t index_ = 0;  // in the block
  bool recorded_is_plain_ = false;
  RowEnds ends_;                  // where it is in the block's directory
  const char* listed_ = nullptr;  // otherwise: a bit for each record that some
                                  // cluster lists
  // The columns that it has lie together, after one of zeros, which stands for
  // all others.
  const PackedColumn* columns_ = nullptr;
  std::array<uint8_t, kColumnCount> places_{};
  uint32_t extra_count_ = 0;
  std::string_view extra_bytes_;
  // Read and written as an atomic.
  alignas(8) mutable int64_t latest_us_ = std::numeric_limits<int64_t>::min();
};

// The idempotency keys of a block.
class BlockKeys {
 public:
  static absl::StatusOr<std::shared_ptr<const BlockKeys>> Parse(
      std::string bytes, const Block& block);

  std::string Key(uint32_t cluster, uint32_t row) const;
  // In memory.
  size_t bytes() const;

 private:
  struct Column {
    bool has_all = false;        // each row has one
    std::vector<uint32_t> rows;  // otherwise: those that do
    uint32_t count = 0;
    bool is_number = false;
    std::string_view prefix;
    uint32_t digits = 0;  // of numbers led by zeros; 0: as they come
    PackedColumn numbers;
    PackedColumn end;
    std::string_view text;
  };

  std::string bytes_;
  std::vector<Column> columns_;  // by cluster
};

class Block {
 public:
  struct Packed {
    std::string bytes;
    std::string keys;  // empty: none has one
  };

  // The clusters are by type number.
  static Packed Pack(uint32_t first_record, uint32_t record_count,
                     std::span<const ClusterRows> clusters);
  // DATA_LOSS when the bytes are no block.
  static absl::StatusOr<std::shared_ptr<const Block>> Parse(std::string bytes);

  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  uint32_t first_record() const { return first_record_; }
  uint32_t record_count() const { return record_count_; }
  uint32_t rows() const { return rows_; }
  uint64_t lines() const { return lines_; }
  uint64_t max_position() const { return max_position_; }
  std::span<const Cluster> clusters() const { return clusters_; }
  // Null when the block has nothing of the type.
  const Cluster* Find(uint32_t type) const;
  // Asks for what reading a type of all records begins with; in two steps, as
  // the second one needs what the first has asked for.
  void PrefetchFind() const {
    constexpr size_t kLine = 64;
    const auto* const at = reinterpret_cast<const char*>(this);
    for (size_t k = 0; k < sizeof(*this); k += kLine)
      __builtin_prefetch(at + k);
  }
  void PrefetchScan(uint32_t type) const {
    constexpr size_t kLine = 64;
    const Cluster* cluster = Find(type);
    if (cluster == nullptr) return;
    const auto* const at = reinterpret_cast<const char*>(cluster);
    for (size_t k = 0; k < sizeof(*cluster); k += kLine) {
      __builtin_prefetch(at + k);
    }
    __builtin_prefetch(directory_);
    __builtin_prefetch(directory_ + kLine);
  }
  // Asks for the memory that finding the i-th record's rows takes, all of it
  // side by side: it lies apart, and one thing after the other takes long.
  void Prefetch(uint32_t i) const {
    constexpr size_t kLine = 64;
    __builtin_prefetch(directory_ + (i == 0 ? 0 : (i - 1) * stride_ >> 3));
    __builtin_prefetch(directory_ + (i * stride_ >> 3));
    const auto ask = [](const void* from, size_t bytes) {
      const auto* at = static_cast<const char*>(from);
      for (size_t k = 0; k < bytes; k += kLine) __builtin_prefetch(at + k);
    };
    // With many types most are another record's.
    constexpr size_t kMost = 16;
    if (clusters_.size() > kMost) return;
    ask(clusters_.data(), clusters_.size() * sizeof(Cluster));
    ask(columns_.data(), columns_.size() * sizeof(PackedColumn));
  }
  // A bit for each record that has rows; empty where any may have some.
  std::string_view present() const {
    if (listed_ == nullptr || stride_ > 0) return {};
    return {listed_, PackedColumn::BytesFor(record_count_, 1)};
  }
  const Currency& currency(size_t i) const { return currencies_[i]; }
  size_t currency_count() const { return currencies_.size(); }
  // In memory.
  size_t bytes() const {
    return sizeof(*this) + bytes_.capacity() +
           clusters_.capacity() * sizeof(Cluster) +
           columns_.capacity() * sizeof(PackedColumn);
  }

 private:
  Block() = default;
  bool Read();

  std::string bytes_;
  uint32_t first_record_ = 0;
  uint32_t record_count_ = 0;
  uint32_t rows_ = 0;
  uint64_t lines_ = 0;
  uint64_t max_position_ = 0;
  std::vector<Currency> currencies_;
  const char* listed_ = nullptr;  // the records that some cluster lists
  const char* directory_ = nullptr;
  uint64_t stride_ = 0;                      // its bits for each record
  std::vector<Cluster> clusters_;            // by type
  absl::InlinedVector<uint32_t, 12> types_;  // theirs
  std::vector<PackedColumn> columns_;
};

// A value among the extras; text points into them.
struct FieldView {
  uint32_t name = 0;
  ValueType type = ValueType::kNone;
  int64_t integer = 0;  // of bool, int, money, timestamp
  double number = 0;
  std::string_view text;
  Currency currency;

  Value ToValue() const;
};
struct Extras {
  std::optional<FactId> reply_to;
  std::vector<FieldView> fields;
};
Extras DecodeExtras(std::string_view bytes);

}  // namespace trato::core

#endif  // TRATO_TIMELINE_BLOCK_H_
