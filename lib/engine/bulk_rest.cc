// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What only some rows have: order lines, fields, answers; and tables with a row
// for each line.

#include <algorithm>
#include <utility>

#include "base/money.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/bulk.h"
#include "engine/bulk_error.h"
#include "engine/checks.h"

namespace trato::core {

absl::StatusOr<Line> BulkRows::LineOf(const LineColumns& lines, size_t i,
                                      Currency currency, uint64_t row) {
  Line line;
  if (lines.product.IsNull(i)) return MissingAtRow("product", row);
  const std::string_view product = lines.product.At(i);
  if (absl::Status status = CheckLabel("product", product); !status.ok()) {
    return AtRow("product", row, status);
  }
  line.product = NameOf(product);
  if (lines.unit.present && !lines.unit.IsNull(i)) {
    const std::string_view unit = lines.unit.At(i);
    if (!unit.empty()) {
      if (absl::Status status = CheckLabel("unit", unit); !status.ok()) {
        return AtRow("unit", row, status);
      }
    }
    line.unit = NameOf(unit);
  }
  line.quantity = !lines.quantity.present    ? 1000000
                  : lines.quantity.IsNull(i) ? 0
                                             : lines.quantity.values[i];
  if (lines.unit_price.present && !lines.unit_price.IsNull(i)) {
    line.unit_price = lines.unit_price.values[i];
    if (line.unit_price < 0) {
      return absl::InvalidArgumentError(
          StrCat("column 'unit_price', row ", row, ": it is negative"));
    }
  }
  if (lines.amount_minor.present && !lines.amount_minor.IsNull(i)) {
    line.amount_minor = lines.amount_minor.values[i];
  } else if (line.unit_price != 0) {
    auto amount = Rescale(absl::int128(line.quantity) * line.unit_price, 12,
                          currency.digits());
    if (!amount.ok()) return AtRow("unit_price", row, amount.status());
    line.amount_minor = *amount;
  }
  return line;
}

absl::Status BulkRows::ReadLines(const InteractionBatch& batch) {
  if (!batch.lines.present) return absl::OkStatus();
  is_rich_ = true;
  // Those before have none.
  line_end_.resize(size_, static_cast<uint32_t>(lines_.size()));
  line_end_.reserve(size_ + batch.rows);
  const std::vector<int64_t>& offsets = batch.lines.offsets;
  for (size_t i = 0; i < batch.rows; ++i) {
    const uint64_t row = batch.first_row + i;
    const auto begin = static_cast<size_t>(offsets[i]);
    const auto end = static_cast<size_t>(offsets[i + 1]);
    if (end - begin > kMaxLines) {
      return absl::InvalidArgumentError(StrCat(
          "column 'lines', row ", row, ": more than ", kMaxLines, " lines"));
    }
    int64_t sum = 0;
    for (size_t line = begin; line < end; ++line) {
      TRATO_ASSIGN_OR_RETURN(
          Line it, LineOf(batch.lines, line, kinds_[kind_[i]].currency, row));
      if (!AddTo(sum, it.amount_minor)) {
        return absl::OutOfRangeError(
            StrCat("column 'lines', row ", row,
                   ": the sum of the lines does not fit in 64 bits"));
      }
      lines_.push_back(it);
    }
    if (begin != end) {
      if (amount_[i] != 0 && amount_[i] != sum) {
        return absl::InvalidArgumentError(
            StrCat("column 'amount_minor', row ", row,
                   ": it is not the sum of the lines"));
      }
      amount_[i] = sum;
    }
    line_end_.push_back(static_cast<uint32_t>(lines_.size()));
  }
  return absl::OkStatus();
}

absl::Status BulkRows::ReadRest(const InteractionBatch& batch) {
  const bool has_answers = batch.reply_to.present;
  if (!has_answers && batch.fields.empty()) return absl::OkStatus();
  for (const ValueColumn& column : batch.fields) {
    const AttributeDefinition* definition =
        state_->schema.FindAttribute(Subject::kInteraction, column.name);
    if (definition != nullptr && definition->retired) {
      return absl::FailedPreconditionError(StrCat(
          "column '", column.name, "' is retired and takes no values"));
    }
  }
  for (size_t i = 0; i < batch.rows; ++i) {
    const uint64_t row = batch.first_row + i;
    Interaction rest;
    if (has_answers && !batch.reply_to.IsNull(i)) {
      const auto id = Id::Parse(batch.reply_to.At(i));
      if (!id) {
        return absl::InvalidArgumentError(
            StrCat("column 'reply_to', row ", row,
                   ": it is neither 16 bytes nor 32 hexadecimal digits"));
      }
      rest.reply_to = FactId{*id};
    }
    for (const ValueColumn& column : batch.fields) {
      Value value;
      switch (static_cast<ValueType>(column.kind)) {
        case ValueType::kString:
          if (!column.text.IsNull(i)) value = std::string(column.text.At(i));
          break;
        case ValueType::kDouble:
          if (!column.number.IsNull(i)) value = column.number.values[i];
          break;
        default:
          if (column.integer.IsNull(i)) break;
          value = column.integer.values[i];
          if (static_cast<ValueType>(column.kind) == ValueType::kBool) {
            value = column.integer.values[i] != 0;
          } else if (static_cast<ValueType>(column.kind) ==
                     ValueType::kTimestamp) {
            value = Timestamp{column.integer.values[i]};
          } else if (static_cast<ValueType>(column.kind) == ValueType::kMoney) {
            Money money{column.integer.values[i], state_->currency};
            if (column.currency.present && !column.currency.IsNull(i)) {
              auto parsed = Currency::Parse(column.currency.At(i));
              if (!parsed.ok()) return AtRow(column.name, row, parsed.status());
              money.currency = *parsed;
            }
            value = money;
          }
      }
      if (TypeOf(value) == ValueType::kNone) continue;
      if (absl::Status status = CheckValue(column.name, value); !status.ok()) {
        return AtRow(column.name, row, status);
      }
      rest.fields.push_back(
          {NameOf(state_->schema.Stored(DefinitionKind::kField, column.name)),
           std::move(value)});
    }
    if (!rest.reply_to && rest.fields.empty()) continue;
    std::sort(rest.fields.begin(), rest.fields.end(),
              [&](const Field& a, const Field& b) {
                return state_->names.Text(a.name) < state_->names.Text(b.name);
              });
    is_rich_ = true;
    rest_.emplace(size_ + static_cast<uint32_t>(i), std::move(rest));
  }
  return absl::OkStatus();
}

absl::Status BulkRows::ReadOrders(const InteractionBatch& batch) {
  for (size_t i = 0; i < batch.rows; ++i) {
    const uint64_t row = batch.first_row + i;
    const uint32_t record = record_[i];
    const uint16_t kind = kind_[i];
    const int64_t at_us = batch.at_us.values[i];
    if (batch.order.IsNull(i)) return MissingAtRow("order", row);
    const std::string_view order = batch.order.At(i);
    if (absl::Status status = CheckLabel("order", order, kMaxIdentifierBytes);
        !status.ok()) {
      return AtRow("order", row, status);
    }
    auto [place, is_new] = order_places_.try_emplace(
        StrCat(record, " ", kinds_[kind].type, " ", order), orders_.size());
    if (is_new) {
      orders_.push_back({record, kind, at_us, std::string(order), {}, row});
    }
    PendingOrder& pending = orders_[place->second];
    if (pending.kind != kind) {
      return absl::InvalidArgumentError(
          StrCat("column 'channel', row ", row,
                 ": rows of one order differ in channel, direction or "
                 "currency"));
    }
    pending.at_us = std::min(pending.at_us, at_us);
    TRATO_ASSIGN_OR_RETURN(Line line,
                           LineOf(batch.lines, i, kinds_[kind].currency, row));
    pending.lines.push_back(line);
  }
  return absl::OkStatus();
}

absl::Status BulkRows::Finish() {
  if (orders_.empty()) return absl::OkStatus();
  TRATO_RETURN_IF_ERROR(CheckRoom(orders_.size()));
  is_rich_ = true;
  line_end_.resize(size_, static_cast<uint32_t>(lines_.size()));
  keys_.AddNone(size_ - keys_.size());
  record_.clear();
  kind_.clear();
  amount_.clear();
  std::vector<int64_t> at_us;
  for (PendingOrder& order : orders_) {
    int64_t sum = 0;
    for (const Line& line : order.lines) {
      if (!AddTo(sum, line.amount_minor)) {
        return absl::OutOfRangeError(
            StrCat("column 'amount', row ", order.row,
                   ": the sum of the order's lines does not fit in 64 bits"));
      }
      lines_.push_back(line);
    }
    if (order.lines.size() > kMaxLines) {
      return absl::InvalidArgumentError(StrCat("column 'order', row ",
                                               order.row, ": more than ",
                                               kMaxLines, " lines"));
    }
    line_end_.push_back(static_cast<uint32_t>(lines_.size()));
    keys_.AddText(order.key);
    if (static_cast<int32_t>(sum) != sum || sum == RowPartitions::kWideAmount) {
      wide_amounts_.emplace(size_ + static_cast<uint32_t>(record_.size()), sum);
    }
    record_.push_back(order.record);
    kind_.push_back(order.kind);
    amount_.push_back(sum);
    at_us.push_back(order.at_us);
    order = {};
  }
  rows_.Add(record_, kind_, at_us, amount_, size_);
  size_ += static_cast<uint32_t>(record_.size());
  orders_.clear();
  order_places_.clear();
  return absl::OkStatus();
}

}  // namespace trato::core
