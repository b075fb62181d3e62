// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// For exchange_test.py: reads a stream as interactions or customers and gives
// what it read as a stream of the kind that a store exports.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/status.h"
#include "columnar/arrow_input.h"
#include "columnar/arrow_output.h"
#include "columnar/export_rows.h"

namespace trato::core {
namespace {

using Pulled = absl::StatusOr<std::optional<OutputBatch>>;

std::string_view TextAt(const TextColumn& column, size_t row) {
  if (!column.present || column.IsNull(row)) return {};
  return column.At(row);
}
int64_t NumberAt(const Int64Column& column, size_t row) {
  return !column.present || column.IsNull(row) ? 0 : column.values[row];
}

std::vector<std::pair<std::string_view, ValueInput>> ValuesAt(
    const std::vector<ValueColumn>& columns, size_t row) {
  std::vector<std::pair<std::string_view, ValueInput>> values;
  for (const ValueColumn& column : columns) {
    ValueInput value;
    value.kind = column.kind;
    if (column.text.present) {
      if (column.text.IsNull(row)) continue;
      value.text = column.text.At(row);
    } else if (column.number.present) {
      if (column.number.IsNull(row)) continue;
      value.number = column.number.values[row];
    } else {
      if (column.integer.IsNull(row)) continue;
      value.integer = column.integer.values[row];
      value.currency = TextAt(column.currency, row);
    }
    values.emplace_back(column.name, value);
  }
  return values;
}

void AddRow(const InteractionBatch& batch, size_t row, InteractionRows* rows) {
  TimelineItem item;
  item.at_us = batch.at_us.values[row];
  item.record = batch.customer.At(row);
  item.type = batch.type.At(row);
  item.channel = TextAt(batch.channel, row);
  item.currency = TextAt(batch.currency, row);
  if (item.currency.empty()) item.currency = "EUR";
  item.outbound = TextAt(batch.direction, row) == "outbound";
  item.amount_minor = NumberAt(batch.amount_minor, row);
  item.key =
      batch.order.present ? TextAt(batch.order, row) : TextAt(batch.key, row);
  std::string number;
  if (batch.key_number.present && !batch.key_number.IsNull(row)) {
    number = std::to_string(batch.key_number.values[row]);
    item.key = number;
  }
  if (const std::string_view id = TextAt(batch.reply_to, row);
      id.size() == 16) {
    item.reply_to.emplace();
    std::copy(id.begin(), id.end(), item.reply_to->begin());
  }
  const LineColumns& lines = batch.lines;
  const auto line = [&](size_t i) {
    item.lines.push_back({lines.product.At(i), TextAt(lines.unit, i),
                          NumberAt(lines.quantity, i),
                          NumberAt(lines.unit_price, i),
                          NumberAt(lines.amount_minor, i)});
  };
  if (lines.present && lines.offsets.empty()) line(row);
  if (lines.present && !lines.offsets.empty()) {
    for (int64_t i = lines.offsets[row]; i < lines.offsets[row + 1]; ++i) {
      line(static_cast<size_t>(i));
    }
  }
  item.fields = ValuesAt(batch.fields, row);
  rows->Add(batch.customer.At(row), item);
}

InputOptions OptionsOf(const char* const* columns, size_t column_count,
                       const char* const* attributes, const uint32_t* kinds,
                       size_t attribute_count) {
  InputOptions options;
  for (size_t i = 0; i + 1 < column_count; i += 2) {
    options.columns.emplace_back(columns[i], columns[i + 1]);
  }
  for (size_t i = 0; i < attribute_count; ++i) {
    options.attributes.push_back({attributes[i], kinds[i]});
  }
  return options;
}

absl::Status EchoInteractions(ArrowArrayStream* in, InputOptions options,
                              ArrowArrayStream* out) {
  auto rows = std::make_shared<InteractionRows>(options.attributes);
  auto next = ReadInteractions(in, std::move(options));
  if (!next.ok()) return next.status();
  MakeStream(
      rows->Schema(),
      [rows, next = *std::move(next)]() -> Pulled {
        auto batch = next();
        if (!batch.ok()) return batch.status();
        if (batch->rows == 0) return std::nullopt;
        for (size_t i = 0; i < batch->rows; ++i) {
          AddRow(*batch, i, rows.get());
        }
        return rows->Take();
      },
      out);
  return absl::OkStatus();
}

absl::Status EchoCustomers(ArrowArrayStream* in, InputOptions options,
                           ArrowArrayStream* out) {
  auto rows = std::make_shared<CustomerRows>(options.attributes);
  auto next = ReadCustomers(in, std::move(options));
  if (!next.ok()) return next.status();
  MakeStream(
      rows->Schema(),
      [rows, next = *std::move(next)]() -> Pulled {
        auto batch = next();
        if (!batch.ok()) return batch.status();
        if (batch->rows == 0) return std::nullopt;
        for (size_t i = 0; i < batch->rows; ++i) {
          rows->Add(batch->customer.At(i), IdBytes{},
                    static_cast<int64_t>(batch->identifiers.size()),
                    ValuesAt(batch->attributes, i));
        }
        return rows->Take();
      },
      out);
  return absl::OkStatus();
}

}  // namespace
}  // namespace trato::core

// kind: "interactions" or "customers"; columns: fields and columns by turns.
// Returns the status code; writes the message, cut to `capacity`.
extern "C" __attribute__((visibility("default"))) int columnar_echo(
    const char* kind, ArrowArrayStream* in, const char* const* columns,
    size_t column_count, const char* const* attributes, const uint32_t* kinds,
    size_t attribute_count, ArrowArrayStream* out, char* message,
    size_t capacity) {
  using namespace trato::core;
  InputOptions options =
      OptionsOf(columns, column_count, attributes, kinds, attribute_count);
  const absl::Status status =
      std::strcmp(kind, "interactions") == 0
          ? EchoInteractions(in, std::move(options), out)
          : EchoCustomers(in, std::move(options), out);
  std::snprintf(message, capacity, "%s", std::string(status.message()).c_str());
  return static_cast<int>(status.code());
}
