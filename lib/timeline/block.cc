// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/block.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "base/strings.h"
#include "timeline/block_format.h"

namespace trato::core {
namespace {

// How many values a column of this kind has.
size_t CountOf(ColumnId id, uint32_t entries, uint32_t rows, uint32_t lines,
               uint32_t extras) {
  if (id <= ColumnId::kEnd) return entries;
  if (id == ColumnId::kKeyed) return rows;
  if (id >= ColumnId::kExtraRow) return extras;
  if (id >= ColumnId::kProduct) return lines;
  return rows;
}

// Whether the first `count` values are not negative, go up (strictly, or
// not down) and end before `limit`: what is read in place must lead nowhere
// else.
bool GoesUp(const PackedColumn& column, uint32_t count, bool strictly,
            int64_t limit) {
  if (count == 0) return true;
  int64_t last = column[0];
  if (last < 0 || last >= limit) return false;
  if (column.is_constant()) return !strictly || count == 1;
  for (uint32_t i = 1; i < count; ++i) {
    const int64_t value = column[i];
    if (value < last || (strictly && value == last)) return false;
    last = value;
  }
  return last < limit;
}

// Whether the first `count` values are within [0, limit).
bool IsBelow(const PackedColumn& column, uint32_t count, uint64_t limit) {
  const uint32_t distinct = column.is_constant() ? std::min(count, 1u) : count;
  for (uint32_t i = 0; i < distinct; ++i) {
    if (static_cast<uint64_t>(column[i]) >= limit) return false;
  }
  return true;
}

Currency ReadCurrency(std::string_view code) {
  auto currency = Currency::Parse(code);
  return currency.ok() ? *currency : Currency();
}

}  // namespace

Extras DecodeExtras(std::string_view bytes) {
  Extras extras;
  if (bytes.empty()) return extras;
  ByteReader reader(bytes);
  if (reader.Take(1) == std::string_view("\1", 1)) {
    const std::string_view id = reader.Take(16);
    if (id.size() == 16) {
      extras.reply_to = FactId{
          Id::FromBytes(reinterpret_cast<const unsigned char*>(id.data()))};
    }
  }
  const uint64_t count = reader.Count();
  extras.fields.reserve(count);
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    FieldView& field = extras.fields.emplace_back();
    field.name = static_cast<uint32_t>(reader.Varint());
    const std::string_view kind = reader.Take(1);
    if (kind.empty()) break;
    field.type = static_cast<ValueType>(kind[0]);
    switch (field.type) {
      case ValueType::kNone:
        break;
      case ValueType::kBool: {
        const std::string_view flag = reader.Take(1);
        field.integer = !flag.empty() && flag[0] != 0;
        break;
      }
      case ValueType::kDouble: {
        const std::string_view raw = reader.Take(sizeof(double));
        if (raw.size() == sizeof(double)) {
          std::memcpy(&field.number, raw.data(), sizeof(double));
        }
        break;
      }
      case ValueType::kString:
        field.text = reader.Bytes();
        break;
      case ValueType::kMoney:
        field.integer = reader.Signed();
        field.currency = ReadCurrency(reader.Bytes());
        break;
      default:
        field.integer = reader.Signed();
    }
  }
  return extras;
}

Value FieldView::ToValue() const {
  switch (type) {
    case ValueType::kBool:
      return Value(integer != 0);
    case ValueType::kInt:
      return Value(integer);
    case ValueType::kDouble:
      return Value(number);
    case ValueType::kString:
      return Value(std::string(text));
    case ValueType::kMoney:
      return Value(Money{integer, currency});
    case ValueType::kTimestamp:
      return Value(Timestamp{integer});
    case ValueType::kNone:
      break;
  }
  return Value();
}

uint32_t Cluster::entry_count() const {
  return entries_ != 0 ? entries_ : block_->record_count();
}

Money Cluster::amount(uint32_t row) const {
  return {
      column(ColumnId::kAmount)[row],
      block_->currency(static_cast<size_t>(column(ColumnId::kCurrency)[row]))};
}

const Currency& Cluster::currency(uint32_t row) const {
  return block_->currency(
      static_cast<size_t>(column(ColumnId::kCurrency)[row]));
}

Line Cluster::line(uint32_t row, uint32_t line) const {
  Line it;
  it.product = static_cast<uint32_t>(column(ColumnId::kProduct)[line]);
  it.unit = static_cast<uint32_t>(column(ColumnId::kUnit)[line]);
  it.quantity = column(ColumnId::kQuantity)[line];
  it.unit_price = column(ColumnId::kUnitPrice)[line];
  const Currency currency =
      block_->currency(static_cast<size_t>(column(ColumnId::kCurrency)[row]));
  it.amount_minor =
      WrappingAdd(column(ColumnId::kLineAmount)[line],
                  ExpectedAmount(it.quantity, it.unit_price, currency));
  return it;
}

std::string_view Cluster::extras(uint32_t row) const {
  if (extra_count_ == 0) return {};
  const PackedColumn& rows = column(ColumnId::kExtraRow);
  const size_t after = rows.UpperBound(0, extra_count_, row);
  if (after == 0 || rows[after - 1] != row) return {};
  const PackedColumn& end = column(ColumnId::kExtraEnd);
  const auto from = after == 1 ? 0 : static_cast<size_t>(end[after - 2]);
  return extra_bytes_.substr(from, static_cast<size_t>(end[after - 1]) - from);
}

void Cluster::Unpack(uint32_t begin, uint32_t end, const BlockKeys* keys,
                     ClusterRows& out) const {
  if (begin == end) return;
  if (keys != nullptr) {
    for (uint32_t row = begin; row < end; ++row) {
      std::string key = keys->Key(index_, row);
      if (!key.empty() && out.keys.empty()) {
        out.keys.resize(out.rows() + row - begin);
      }
      if (!key.empty() || !out.keys.empty()) out.keys.push_back(std::move(key));
    }
  } else if (!out.keys.empty()) {
    out.keys.resize(out.keys.size() + end - begin);
  }
  const auto start = static_cast<int64_t>(out.rows());
  const auto copy = [&](ColumnId id, std::vector<int64_t>& to) {
    const PackedColumn& from = column(id);
    if (from.is_constant()) {
      to.insert(to.end(), end - begin, from[begin]);
      return;
    }
    for (uint32_t row = begin; row < end; ++row) to.push_back(from[row]);
  };
  copy(ColumnId::kAt, out.at);
  for (uint32_t row = begin; row < end; ++row) {
    out.recorded.push_back(recorded_us(row));
  }
  copy(ColumnId::kPosition, out.position);
  copy(ColumnId::kAmount, out.amount);
  copy(ColumnId::kChannel, out.channel);
  copy(ColumnId::kSource, out.source);
  copy(ColumnId::kActor, out.actor);
  copy(ColumnId::kBatch, out.batch);
  for (uint32_t row = begin; row < end; ++row) {
    out.currency.push_back(block_->currency(
        static_cast<size_t>(column(ColumnId::kCurrency)[row])));
  }
  const bool has_lines = lines_ > 0;
  if (has_lines && out.line_end.empty()) {
    out.line_end.assign(static_cast<size_t>(start), 0);
  }
  if (has_lines || !out.line_end.empty()) {
    for (uint32_t row = begin; row < end; ++row) {
      const auto [first, last] = LinesOf(row);
      for (uint32_t i = first; i < last; ++i) {
        const Line it = line(row, i);
        out.product.push_back(it.product);
        out.unit.push_back(it.unit);
        out.quantity.push_back(it.quantity);
        out.unit_price.push_back(it.unit_price);
        out.line_amount.push_back(it.amount_minor);
      }
      out.line_end.push_back(static_cast<int64_t>(out.product.size()));
    }
  }
  if (extra_count_ > 0) {
    for (uint32_t row = begin; row < end; ++row) {
      const std::string_view bytes = extras(row);
      if (bytes.empty()) continue;
      out.extras.emplace_back(start + row - begin, std::string(bytes));
    }
  }
}

absl::StatusOr<std::shared_ptr<const Block>> Block::Parse(std::string bytes) {
  std::shared_ptr<Block> block(new Block());
  // What was just packed may have room to grow.
  bytes.shrink_to_fit();
  block->bytes_ = std::move(bytes);
  if (!block->Read()) {
    return absl::DataLossError("a block of interactions cannot be read");
  }
  return std::shared_ptr<const Block>(std::move(block));
}

bool Block::Read() {
  ByteReader reader(bytes_);
  if (reader.Take(kMagic.size()) != kMagic) return false;
  first_record_ = static_cast<uint32_t>(reader.Varint());
  record_count_ = static_cast<uint32_t>(reader.Varint());
  rows_ = static_cast<uint32_t>(reader.Varint());
  max_position_ = reader.Varint();
  const uint64_t currency_count = reader.Count();
  for (uint64_t i = 0; i < currency_count; ++i) {
    currencies_.push_back(ReadCurrency(reader.Bytes()));
  }
  const uint64_t cluster_count = reader.Count();
  struct Column {
    ColumnId id;
    PackedColumn::Shape shape;
  };
  std::vector<Column> columns;
  // How many columns each cluster has, and how many bytes of extras.
  std::vector<std::pair<uint64_t, uint64_t>> counts;
  clusters_.reserve(cluster_count);
  counts.reserve(cluster_count);
  for (uint64_t i = 0; i < cluster_count && reader.ok(); ++i) {
    Cluster& cluster = clusters_.emplace_back();
    cluster.block_ = this;
    cluster.index_ = static_cast<uint32_t>(i);
    cluster.type_ = static_cast<uint32_t>(reader.Varint());
    if (i > 0 && clusters_[i - 1].type_ >= cluster.type_) return false;
    types_.push_back(cluster.type_);
    cluster.rows_ = static_cast<uint32_t>(reader.Varint());
    cluster.lines_ = static_cast<uint32_t>(reader.Varint());
    cluster.extra_count_ = static_cast<uint32_t>(reader.Varint());
    cluster.recorded_is_plain_ = reader.Varint() != 0;
    cluster.entries_ = static_cast<uint32_t>(reader.Varint());
    lines_ += cluster.lines_;
    const uint64_t column_count = reader.Count();
    for (uint64_t c = 0; c < column_count; ++c) {
      const std::string_view head = reader.Take(2);
      if (head.size() < 2) return false;
      Column& column = columns.emplace_back();
      if (static_cast<unsigned char>(head[0]) >= kColumnCount) return false;
      column.id = static_cast<ColumnId>(head[0]);
      column.shape.width = static_cast<uint8_t>(head[1]);
      if (column.shape.width > 64) return false;
      column.shape.base = reader.Signed();
      column.shape.scale = reader.Varint();
    }
    counts.emplace_back(column_count, reader.Varint());
  }
  if (!reader.ok()) return false;
  uint64_t stride = 0;
  bool lists_any = false;
  for (const Cluster& cluster : clusters_) {
    if (cluster.entries_ == 0) stride += RowEndWidth(cluster.rows_);
    lists_any = lists_any || cluster.entries_ != 0;
  }
  const char* const directory =
      reader.Take(PackedColumn::BytesFor(record_count_, stride)).data();
  const char* const listed =
      reader.Take(lists_any ? PackedColumn::BytesFor(record_count_, 1) : 0)
          .data();
  if (!reader.ok()) return false;
  directory_ = directory;
  stride_ = stride;
  if (lists_any) listed_ = listed;
  uint64_t offset = 0;
  for (Cluster& cluster : clusters_) {
    if (cluster.entries_ != 0) {
      cluster.listed_ = listed;
      continue;
    }
    const unsigned width = RowEndWidth(cluster.rows_);
    cluster.ends_ = RowEnds(directory, stride, offset, width);
    offset += width;
  }
  columns_.reserve(columns.size() + cluster_count);
  auto column = columns.begin();
  for (uint64_t i = 0; i < cluster_count; ++i) {
    Cluster& cluster = clusters_[i];
    cluster.columns_ = columns_.data() + columns_.size();
    columns_.emplace_back();  // of zeros
    for (uint64_t c = 1; c <= counts[i].first; ++c, ++column) {
      const size_t count = CountOf(column->id, cluster.entries_, cluster.rows_,
                                   cluster.lines_, cluster.extra_count_);
      const std::string_view bits =
          reader.Take(PackedColumn::BytesFor(count, column->shape.width));
      uint8_t& place = cluster.places_[static_cast<size_t>(column->id)];
      if (place != 0) return false;  // there twice
      place = static_cast<uint8_t>(c);
      columns_.emplace_back(column->shape, bits.data());
    }
    cluster.extra_bytes_ = reader.Take(counts[i].second);
    if (!reader.ok()) return false;
  }
  if (!reader.ok() || reader.rest().size() < PackedColumn::kPadding) {
    return false;
  }
  // From here on all columns may be read.
  return std::all_of(clusters_.begin(), clusters_.end(),
                     [](const Cluster& it) { return it.IsSound(); });
}

int64_t Cluster::latest_us() const {
  const std::atomic_ref<int64_t> known(latest_us_);
  int64_t latest_us = known.load(std::memory_order_relaxed);
  if (latest_us != std::numeric_limits<int64_t>::min()) return latest_us;
  const PackedColumn& times = column(ColumnId::kAt);
  constexpr uint32_t kAtOnce = 256;
  std::array<int64_t, kAtOnce> some;
  for (uint32_t row = 0; row < rows_; row += kAtOnce) {
    const uint32_t count = std::min(kAtOnce, rows_ - row);
    times.Read(row, count, some.data());
    latest_us = std::max(latest_us,
                         *std::max_element(some.begin(), some.begin() + count));
  }
  known.store(latest_us, std::memory_order_relaxed);
  return latest_us;
}

uint32_t Cluster::ReadEntries(uint32_t first_record, uint32_t* records,
                              uint32_t* ends) const {
  const uint32_t count = entry_count();
  if (entries_ != 0) {
    column(ColumnId::kRecord).Read(0, count, records);
    column(ColumnId::kEnd).Read(0, count, ends);
    for (uint32_t i = 0; i < count; ++i) records[i] += first_record;
    return count;
  }
  ends_.Read(0, count, ends);
  // Those without rows are left out, without a branch, as it is hard to guess.
  uint32_t kept = 0;
  uint32_t before = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t end = ends[i];
    records[kept] = first_record + i;
    ends[kept] = end;
    kept += end > before;
    before = end;
  }
  return kept;
}

bool Cluster::IsSound() const {
  const uint32_t count = entry_count();
  if (rows_ == 0 || count == 0 ||
      !IsBelow(column(ColumnId::kKeyed), rows_, 2) ||
      !IsBelow(column(ColumnId::kCurrency), rows_, block_->currency_count())) {
    return false;
  }
  if (entries_ == 0) {
    uint32_t last = 0;
    bool goes_up = true;
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t end = ends_[i];
      goes_up &= end >= last;
      last = end;
    }
    if (!goes_up || last != rows_) return false;
  } else if (EntryEnd(0) == 0 || EntryEnd(entries_ - 1) != rows_ ||
             !GoesUp(column(ColumnId::kEnd), entries_, true,
                     int64_t{rows_} + 1) ||
             !GoesUp(column(ColumnId::kRecord), entries_, true,
                     block_->record_count())) {
    return false;
  }
  if (lines_ > 0 && (column(ColumnId::kLineEnd)[rows_ - 1] != lines_ ||
                     !GoesUp(column(ColumnId::kLineEnd), rows_, false,
                             int64_t{lines_} + 1))) {
    return false;
  }
  return GoesUp(column(ColumnId::kExtraRow), extra_count_, true, rows_) &&
         GoesUp(column(ColumnId::kExtraEnd), extra_count_, false,
                static_cast<int64_t>(extra_bytes_.size()) + 1);
}

const Cluster* Block::Find(uint32_t type) const {
  const auto found = std::lower_bound(types_.begin(), types_.end(), type);
  return found == types_.end() || *found != type
             ? nullptr
             : &clusters_[static_cast<size_t>(found - types_.begin())];
}

absl::StatusOr<std::shared_ptr<const BlockKeys>> BlockKeys::Parse(
    std::string bytes, const Block& block) {
  auto keys = std::make_shared<BlockKeys>();
  keys->bytes_ = std::move(bytes);
  ByteReader reader(keys->bytes_);
  const absl::Status unreadable =
      absl::DataLossError("the keys of a block cannot be read");
  for (const Cluster& cluster : block.clusters()) {
    Column& column = keys->columns_.emplace_back();
    const std::string_view kind = reader.Take(1);
    if (kind.empty() || static_cast<unsigned char>(kind[0]) > 2) {
      return unreadable;
    }
    if (kind[0] == 0) continue;
    const PackedColumn& keyed = cluster.column(ColumnId::kKeyed);
    column.count = cluster.rows();
    column.has_all = keyed.is_constant() && keyed[0] != 0;
    if (!column.has_all) {
      for (uint32_t row = 0; row < cluster.rows(); ++row) {
        if (keyed[row] != 0) column.rows.push_back(row);
      }
      column.rows.shrink_to_fit();
      column.count = static_cast<uint32_t>(column.rows.size());
      if (column.count == 0) return unreadable;
    }
    column.is_number = kind[0] == 1;
    if (column.is_number) {
      column.prefix = reader.Bytes();
      column.digits = static_cast<uint32_t>(reader.Varint());
      if (column.digits > 20) return unreadable;
    }
    PackedColumn::Shape shape;
    const std::string_view width = reader.Take(1);
    if (width.empty()) return unreadable;
    shape.width = static_cast<uint8_t>(width[0]);
    if (shape.width > 64) return unreadable;
    shape.base = reader.Signed();
    shape.scale = reader.Varint();
    const std::string_view bits =
        reader.Take(PackedColumn::BytesFor(column.count, shape.width));
    // Whatever the values are, what is read of them must be there.
    if (!reader.ok() || reader.rest().size() < PackedColumn::kPadding) {
      return unreadable;
    }
    const PackedColumn values(shape, bits.data());
    if (column.is_number) {
      column.numbers = values;
    } else {
      column.end = values;
      column.text =
          reader.Take(static_cast<uint64_t>(values[column.count - 1]));
      if (!GoesUp(values, column.count, false,
                  static_cast<int64_t>(column.text.size()) + 1)) {
        return unreadable;
      }
    }
  }
  if (!reader.ok() || reader.rest().size() < PackedColumn::kPadding) {
    return unreadable;
  }
  return std::shared_ptr<const BlockKeys>(std::move(keys));
}

std::string BlockKeys::Key(uint32_t cluster, uint32_t row) const {
  const Column& column = columns_[cluster];
  if (!column.has_all) {
    const auto found =
        std::lower_bound(column.rows.begin(), column.rows.end(), row);
    if (found == column.rows.end() || *found != row) return {};
    row = static_cast<uint32_t>(found - column.rows.begin());
  }
  if (!column.is_number) {
    const auto from = row == 0 ? 0 : static_cast<size_t>(column.end[row - 1]);
    return std::string(
        column.text.substr(from, static_cast<size_t>(column.end[row]) - from));
  }
  std::string number =
      std::to_string(static_cast<uint64_t>(column.numbers[row]));
  if (number.size() < column.digits) {
    number.insert(0, column.digits - number.size(), '0');
  }
  return std::string(column.prefix) + number;
}

size_t BlockKeys::bytes() const {
  size_t bytes =
      sizeof(*this) + bytes_.capacity() + columns_.capacity() * sizeof(Column);
  for (const Column& column : columns_) {
    bytes += column.rows.capacity() * sizeof(uint32_t);
  }
  return bytes;
}

}  // namespace trato::core
