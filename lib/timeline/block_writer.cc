// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The packing side of a block.

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/numeric/int128.h"
#include "base/bytes.h"
#include "timeline/block.h"
#include "timeline/block_format.h"

namespace trato::core {
namespace {

// A product up to here is divided in 64 bits.
constexpr int64_t kShortLimit = int64_t{1} << 62;

// A column on its way into a block: its place in the header, and its bits.
void PutColumn(ColumnId id, std::span<const int64_t> values,
               const PackedColumn::Shape& shape, std::string& header,
               uint32_t& count, std::string& bits) {
  if (shape.is_zero()) return;
  header.push_back(static_cast<char>(id));
  header.push_back(static_cast<char>(shape.width));
  PutSigned(header, shape.base);
  PutVarint(header, shape.scale);
  PackedColumn::Append(values, shape, bits);
  ++count;
}

void PutValue(const Value& value, std::string& out) {
  out.push_back(static_cast<char>(TypeOf(value)));
  if (const auto* flag = std::get_if<bool>(&value)) {
    out.push_back(*flag ? 1 : 0);
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    PutSigned(out, *integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    char bytes[sizeof(double)];
    std::memcpy(bytes, number, sizeof(bytes));
    out.append(bytes, sizeof(bytes));
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    PutBytes(out, *text);
  } else if (const auto* money = std::get_if<Money>(&value)) {
    PutSigned(out, money->minor);
    PutBytes(out, money->currency.code());
  } else if (const auto* at = std::get_if<Timestamp>(&value)) {
    PutSigned(out, at->us);
  }
}

}  // namespace

int64_t ExpectedAmount(int64_t quantity, int64_t unit_price,
                       Currency currency) {
  if (quantity == 0 || unit_price == 0) return 0;
  int64_t short_product;
  if (!__builtin_mul_overflow(quantity, unit_price, &short_product) &&
      short_product > -kShortLimit && short_product < kShortLimit) {
    int64_t divisor = 1;
    for (int i = currency.digits(); i < 12; ++i) divisor *= 10;
    const int64_t half = divisor / 2;
    return short_product < 0 ? -((-short_product + half) / divisor)
                             : (short_product + half) / divisor;
  }
  absl::int128 divisor = 1;
  for (int i = currency.digits(); i < 12; ++i) divisor *= 10;
  const absl::int128 product = absl::int128(quantity) * unit_price;
  const absl::int128 half = divisor / 2;
  const absl::int128 rounded =
      product < 0 ? -((-product + half) / divisor) : (product + half) / divisor;
  return static_cast<int64_t>(absl::Int128Low64(rounded));
}

std::string EncodeExtras(const Interaction& interaction) {
  std::string bytes;
  if (!interaction.reply_to && interaction.fields.empty()) return bytes;
  bytes.push_back(interaction.reply_to ? 1 : 0);
  if (interaction.reply_to) bytes += interaction.reply_to->ToByteString();
  PutVarint(bytes, interaction.fields.size());
  for (const Field& field : interaction.fields) {
    PutVarint(bytes, field.name);
    PutValue(field.value, bytes);
  }
  return bytes;
}

void ClusterRows::Add(const Interaction& it) {
  const size_t row = at.size();
  at.push_back(it.at_us);
  recorded.push_back(it.recorded_us);
  position.push_back(static_cast<int64_t>(it.position));
  amount.push_back(it.amount.minor);
  channel.push_back(int64_t{it.channel} * 2 + static_cast<int>(it.direction));
  source.push_back(it.source);
  actor.push_back(it.actor);
  batch.push_back(it.batch);
  currency.push_back(it.amount.currency);
  if (!it.lines.empty() && line_end.empty()) line_end.assign(row, 0);
  for (const Line& line : it.lines) {
    product.push_back(line.product);
    unit.push_back(line.unit);
    quantity.push_back(line.quantity);
    unit_price.push_back(line.unit_price);
    line_amount.push_back(line.amount_minor);
  }
  if (!line_end.empty() || !product.empty()) {
    line_end.push_back(static_cast<int64_t>(product.size()));
  }
  if (!it.key.empty() && keys.empty()) keys.resize(row);
  if (!it.key.empty() || !keys.empty()) keys.push_back(it.key);
  if (it.reply_to || !it.fields.empty()) {
    extras.emplace_back(static_cast<int64_t>(row), EncodeExtras(it));
  }
}

namespace {

// A block on its way: what leads it, and the bits of its columns.
class BlockBuilder {
 public:
  explicit BlockBuilder(uint32_t record_count)
      : record_count_(record_count), directory_(record_count) {}

  // The rows must stay where they are.
  void Add(const ClusterRows& rows);
  std::string Finish(uint32_t first_record, size_t clusters) const;

 private:
  void Put(ColumnId id, std::span<const int64_t> values) {
    Put(id, values, PackedColumn::Fit(values));
  }
  void Put(ColumnId id, std::span<const int64_t> values,
           const PackedColumn::Shape& shape) {
    PutColumn(id, values, shape, columns_, column_count_, bits_);
  }
  bool PutTimes(const ClusterRows& rows);
  void PutCurrencies(const ClusterRows& rows);
  void PutKeyed(const ClusterRows& rows);
  void PutLines(const ClusterRows& rows);
  std::string PutExtras(const ClusterRows& rows);
  int64_t NumberOf(Currency currency);

  const uint32_t record_count_;
  uint32_t rows_ = 0;
  uint64_t max_position_ = 0;
  std::vector<Currency> currencies_;
  RowDirectoryBuilder directory_;
  std::string heads_;
  std::string bits_;
  // Of the cluster that is added.
  std::string columns_;
  uint32_t column_count_ = 0;
  std::vector<int64_t> scratch_;
};

// The recorded time is kept as it is where that takes less than what it is
// later than the event; whether it is.
bool BlockBuilder::PutTimes(const ClusterRows& it) {
  const PackedColumn::Shape at = PackedColumn::Fit(it.at);
  Put(ColumnId::kAt, it.at, at);
  const PackedColumn::Shape plain = PackedColumn::Fit(it.recorded);
  if (plain.width == 0 && at.width > 0) {
    Put(ColumnId::kRecorded, it.recorded, plain);
    return true;
  }
  scratch_.resize(it.rows());
  for (size_t i = 0; i < it.rows(); ++i) {
    scratch_[i] = WrappingSubtract(ClusterRows::At(it.recorded, i), it.at[i]);
  }
  const PackedColumn::Shape after = PackedColumn::Fit(scratch_);
  const bool is_plain = plain.width < after.width;
  if (is_plain) {
    Put(ColumnId::kRecorded, it.recorded, plain);
  } else {
    Put(ColumnId::kRecorded, scratch_, after);
  }
  return is_plain;
}

int64_t BlockBuilder::NumberOf(Currency currency) {
  const auto found =
      std::find(currencies_.begin(), currencies_.end(), currency);
  const int64_t number = found - currencies_.begin();
  if (found == currencies_.end()) currencies_.push_back(currency);
  return number;
}

void BlockBuilder::PutCurrencies(const ClusterRows& it) {
  scratch_.resize(it.currency.size());
  for (size_t i = 0; i < it.currency.size(); ++i) {
    scratch_[i] = i > 0 && it.currency[i] == it.currency[i - 1]
                      ? scratch_[i - 1]
                      : NumberOf(it.currency[i]);
  }
  Put(ColumnId::kCurrency, scratch_);
}

void BlockBuilder::PutKeyed(const ClusterRows& it) {
  if (!it.key_numbers.empty()) {
    scratch_.assign(1, 1);
  } else if (!it.keys.empty()) {
    scratch_.resize(it.rows());
    for (size_t i = 0; i < it.rows(); ++i) scratch_[i] = !it.keys[i].empty();
  } else {
    return;
  }
  Put(ColumnId::kKeyed, scratch_);
}

void BlockBuilder::PutLines(const ClusterRows& it) {
  if (it.product.empty()) return;
  Put(ColumnId::kLineEnd, it.line_end);
  Put(ColumnId::kProduct, it.product);
  Put(ColumnId::kUnit, it.unit);
  Put(ColumnId::kQuantity, it.quantity);
  Put(ColumnId::kUnitPrice, it.unit_price);
  scratch_.resize(it.product.size());
  size_t line = 0;
  for (size_t row = 0; row < it.rows(); ++row) {
    for (; line < static_cast<size_t>(it.line_end[row]); ++line) {
      scratch_[line] = WrappingSubtract(
          it.line_amount[line],
          ExpectedAmount(it.quantity[line], it.unit_price[line],
                         ClusterRows::At(it.currency, row)));
    }
  }
  Put(ColumnId::kLineAmount, scratch_);
}

std::string BlockBuilder::PutExtras(const ClusterRows& it) {
  std::string all;
  if (it.extras.empty()) return all;
  scratch_.clear();
  for (const auto& [row, bytes] : it.extras) scratch_.push_back(row);
  Put(ColumnId::kExtraRow, scratch_);
  scratch_.clear();
  for (const auto& [row, bytes] : it.extras) {
    all += bytes;
    scratch_.push_back(static_cast<int64_t>(all.size()));
  }
  Put(ColumnId::kExtraEnd, scratch_);
  return all;
}

void BlockBuilder::Add(const ClusterRows& it) {
  rows_ += static_cast<uint32_t>(it.rows());
  for (int64_t position : it.position) {
    max_position_ = std::max(max_position_, static_cast<uint64_t>(position));
  }
  columns_.clear();
  column_count_ = 0;
  const bool is_listed = !directory_.Add(it.record, it.end);
  if (is_listed) {
    Put(ColumnId::kRecord, it.record);
    Put(ColumnId::kEnd, it.end);
  }
  const bool recorded_is_plain = PutTimes(it);
  Put(ColumnId::kPosition, it.position);
  Put(ColumnId::kAmount, it.amount);
  Put(ColumnId::kChannel, it.channel);
  Put(ColumnId::kSource, it.source);
  Put(ColumnId::kActor, it.actor);
  Put(ColumnId::kBatch, it.batch);
  PutCurrencies(it);
  PutKeyed(it);
  PutLines(it);
  const std::string extras = PutExtras(it);
  PutVarint(heads_, it.type);
  PutVarint(heads_, it.rows());
  PutVarint(heads_, it.product.size());
  PutVarint(heads_, it.extras.size());
  PutVarint(heads_, recorded_is_plain ? 1 : 0);
  PutVarint(heads_, is_listed ? it.record.size() : 0);
  PutVarint(heads_, column_count_);
  heads_ += columns_;
  PutVarint(heads_, extras.size());
  bits_ += extras;
}

std::string BlockBuilder::Finish(uint32_t first_record, size_t clusters) const {
  std::string bytes;
  const std::string directory = directory_.Finish();
  bytes.reserve(heads_.size() + directory.size() + bits_.size() + 64);
  bytes = kMagic;
  PutVarint(bytes, first_record);
  PutVarint(bytes, record_count_);
  PutVarint(bytes, rows_);
  PutVarint(bytes, max_position_);
  PutVarint(bytes, currencies_.size());
  for (Currency currency : currencies_) PutBytes(bytes, currency.code());
  PutVarint(bytes, clusters);
  bytes += heads_;
  bytes += directory;
  bytes += bits_;
  bytes.append(PackedColumn::kPadding, '\0');
  return bytes;
}

// The values of a column of keys.
void PutKeyValues(std::span<const int64_t> values, std::string& out) {
  const PackedColumn::Shape shape = PackedColumn::Fit(values);
  out.push_back(static_cast<char>(shape.width));
  PutSigned(out, shape.base);
  PutVarint(out, shape.scale);
  PackedColumn::Append(values, shape, out);
}

void PutKeyNumbers(std::string_view prefix, size_t digits,
                   std::span<const int64_t> values, std::string& out) {
  out.push_back(1);
  PutBytes(out, prefix);
  PutVarint(out, digits);
  PutKeyValues(values, out);
}

// Only of the rows that have one, as kKeyed says. Most keys are numbers behind a
// fixed beginning: then the number is kept.
void PutKeyTexts(const std::vector<std::string>& of_rows, std::string& out) {
  std::vector<std::string_view> keys;
  keys.reserve(of_rows.size());
  for (const std::string& key : of_rows) {
    if (!key.empty()) keys.push_back(key);
  }
  if (keys.empty()) {
    out.push_back(0);
    return;
  }
  std::string_view prefix = keys.front();
  for (std::string_view key : keys) {
    const auto differs =
        std::mismatch(prefix.begin(), prefix.end(), key.begin(), key.end());
    prefix =
        prefix.substr(0, static_cast<size_t>(differs.first - prefix.begin()));
  }
  while (!prefix.empty() && prefix.back() >= '0' && prefix.back() <= '9') {
    prefix.remove_suffix(1);
  }
  const size_t digits = keys.front().size() - prefix.size();
  bool fixed = digits <= 20;
  bool plain = true;
  std::vector<int64_t> values;
  values.reserve(keys.size());
  for (std::string_view key : keys) {
    const std::string_view number = key.substr(prefix.size());
    uint64_t value = 0;
    bool fits = !number.empty();
    for (char c : number) {
      fits = fits && c >= '0' && c <= '9' &&
             !__builtin_mul_overflow(value, 10, &value) &&
             !__builtin_add_overflow(value, static_cast<uint64_t>(c - '0'),
                                     &value);
    }
    if (!fits) {
      fixed = plain = false;
      break;
    }
    fixed = fixed && number.size() == digits;
    plain = plain && (number[0] != '0' || number.size() == 1);
    values.push_back(static_cast<int64_t>(value));
  }
  if (plain || fixed) {
    PutKeyNumbers(prefix, plain ? 0 : digits, values, out);
    return;
  }
  out.push_back(2);
  values.clear();
  int64_t end = 0;
  for (std::string_view key : keys) {
    values.push_back(end += static_cast<int64_t>(key.size()));
  }
  PutKeyValues(values, out);
  for (std::string_view key : keys) out += key;
}

}  // namespace

Block::Packed Block::Pack(uint32_t first_record, uint32_t record_count,
                          std::span<const ClusterRows> clusters) {
  BlockBuilder builder(record_count);
  bool has_keys = false;
  for (const ClusterRows& it : clusters) {
    builder.Add(it);
    has_keys = has_keys || !it.keys.empty() || !it.key_numbers.empty();
  }
  Packed packed;
  packed.bytes = builder.Finish(first_record, clusters.size());
  if (!has_keys) return packed;
  for (const ClusterRows& it : clusters) {
    if (!it.key_numbers.empty()) {
      PutKeyNumbers({}, 0, it.key_numbers, packed.keys);
    } else if (!it.keys.empty()) {
      PutKeyTexts(it.keys, packed.keys);
    } else {
      packed.keys.push_back(0);
    }
  }
  packed.keys.append(PackedColumn::kPadding, '\0');
  return packed;
}

}  // namespace trato::core
