// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/export_rows.h"

#include <algorithm>

#include "columnar/value_kind.h"

namespace trato::core {
namespace {

// utf8 has offsets of 31 bits, and one row adds far less than this.
constexpr size_t kFullBytes = size_t{256} << 20;
constexpr int64_t kFullLines = 1 << 24;

OutputField Field(std::string_view name, std::string_view format,
                  bool nullable) {
  return {std::string(name), std::string(format), nullable, false, {}};
}
OutputField Names(std::string_view name, bool nullable) {
  return {std::string(name), "i", nullable, true, {}};
}

constexpr std::string_view kInstant = "tsu:UTC";
constexpr std::string_view kIdFormat = "w:16";
constexpr std::string_view kMillionths = "d:19,6";

std::string_view FormatOf(uint32_t kind) {
  switch (kind) {
    case kBoolKind:
      return "b";
    case kDoubleKind:
      return "g";
    case kStringKind:
      return "u";
    case kTimestampKind:
      return kInstant;
    default:
      return "l";
  }
}

}  // namespace

AttributeRows::AttributeRows(std::vector<NamedAttribute> attributes) {
  for (NamedAttribute& attribute : attributes) {
    by_name_.try_emplace(attribute.name, columns_.size());
    Column column;
    column.attribute = std::move(attribute);
    switch (column.attribute.kind) {
      case kBoolKind:
        column.values = BoolBuilder();
        break;
      case kDoubleKind:
        column.values = NumberBuilder<double>();
        break;
      case kStringKind:
        column.values = TextBuilder();
        break;
      default:
        column.values = NumberBuilder<int64_t>();
        break;
    }
    columns_.push_back(std::move(column));
  }
}

void AttributeRows::AddTo(std::vector<OutputField>* fields) const {
  for (const Column& column : columns_) {
    fields->push_back(
        Field(column.attribute.name, FormatOf(column.attribute.kind), true));
    if (column.attribute.kind == kMoneyKind) {
      fields->push_back(
          Names(StrCat(column.attribute.name, kCurrencySuffix), true));
    }
  }
}

void AttributeRows::Append(Column& column, const ValueInput& value) {
  switch (column.attribute.kind) {
    case kBoolKind:
      std::get<BoolBuilder>(column.values).Append(value.integer != 0);
      break;
    case kDoubleKind:
      std::get<NumberBuilder<double>>(column.values).Append(value.number);
      break;
    case kStringKind:
      std::get<TextBuilder>(column.values).Append(value.text);
      break;
    default:
      std::get<NumberBuilder<int64_t>>(column.values).Append(value.integer);
      break;
  }
  if (column.attribute.kind == kMoneyKind) {
    column.currency.Append(value.currency);
  }
}

void AttributeRows::AppendNull(Column& column) {
  std::visit([](auto& values) { values.AppendNull(); }, column.values);
  if (column.attribute.kind == kMoneyKind) column.currency.AppendNull();
}

void AttributeRows::Add(Values values) {
  for (Column& column : columns_) column.filled = false;
  for (const auto& [name, value] : values) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) continue;
    Column& column = columns_[found->second];
    if (column.filled || column.attribute.kind != value.kind) continue;
    column.filled = true;
    Append(column, value);
  }
  for (Column& column : columns_) {
    if (!column.filled) AppendNull(column);
  }
}

bool AttributeRows::Full() const {
  return std::any_of(columns_.begin(), columns_.end(), [](const Column& c) {
    const auto* text = std::get_if<TextBuilder>(&c.values);
    return text != nullptr && text->bytes() > kFullBytes;
  });
}

void AttributeRows::TakeTo(std::vector<OutputColumn>* columns) {
  for (Column& column : columns_) {
    columns->push_back(
        std::visit([](auto& values) { return values.Take(); }, column.values));
    if (column.attribute.kind == kMoneyKind) {
      columns->push_back(column.currency.Take());
    }
  }
}

std::vector<OutputField> InteractionRows::Schema() const {
  std::vector<OutputField> fields = {
      Names("customer", false),
      Names("record", false),
      Field("fact", kIdFormat, false),
      Field("at", kInstant, false),
      Field("recorded", kInstant, false),
      Names("type", false),
      Names("channel", true),
      Names("source", true),
      Names("direction", false),
      Names("currency", true),
      Field("amount_minor", "l", true),
      Field("key", "u", true),
      Field("reply_to", kIdFormat, true),
  };
  OutputField line = Field("item", "+s", false);
  line.children = {
      Names("product", false),
      Names("unit", true),
      Field("quantity", kMillionths, false),
      Field("unit_price", kMillionths, false),
      Field("amount_minor", "l", false),
  };
  OutputField lines = Field("lines", "+l", false);
  lines.children.push_back(std::move(line));
  fields.push_back(std::move(lines));
  fields_.AddTo(&fields);
  return fields;
}

void InteractionRows::Add(std::string_view customer, const TimelineItem& item) {
  customer_.Append(customer);
  record_.Append(item.record);
  fact_.Append(item.fact);
  at_.Append(item.at_us);
  recorded_.Append(item.recorded_us);
  type_.Append(item.type);
  channel_.Append(item.channel);
  source_.Append(item.source);
  direction_.Append(item.outbound ? "outbound" : "inbound");
  currency_.Append(item.currency);
  // Without a currency there is no amount.
  if (item.currency.empty()) {
    amount_minor_.AppendNull();
  } else {
    amount_minor_.Append(item.amount_minor);
  }
  if (item.key.empty()) {
    key_.AppendNull();
  } else {
    key_.Append(item.key);
  }
  if (item.reply_to) {
    reply_to_.Append(*item.reply_to);
  } else {
    reply_to_.AppendNull();
  }
  for (const LineView& line : item.lines) {
    product_.Append(line.product);
    unit_.Append(line.unit);
    quantity_.Append(Decimal128(line.quantity));
    unit_price_.Append(Decimal128(line.unit_price));
    line_amount_.Append(line.amount_minor);
    ++line_count_;
  }
  lines_.End(line_count_);
  fields_.Add(item.fields);
  ++rows_;
}

bool InteractionRows::Full() const {
  return line_count_ > kFullLines || key_.bytes() > kFullBytes ||
         customer_.bytes() > kFullBytes || record_.bytes() > kFullBytes ||
         source_.bytes() > kFullBytes || product_.bytes() > kFullBytes ||
         unit_.bytes() > kFullBytes || fields_.Full();
}

OutputBatch InteractionRows::Take() {
  OutputBatch batch;
  batch.rows = std::exchange(rows_, 0);
  const int64_t lines = std::exchange(line_count_, 0);
  std::vector<OutputColumn>& columns = batch.columns;
  columns.push_back(customer_.Take());
  columns.push_back(record_.Take());
  columns.push_back(fact_.Take());
  columns.push_back(at_.Take());
  columns.push_back(recorded_.Take());
  columns.push_back(type_.Take());
  columns.push_back(channel_.Take());
  columns.push_back(source_.Take());
  columns.push_back(direction_.Take());
  columns.push_back(currency_.Take());
  columns.push_back(amount_minor_.Take());
  columns.push_back(key_.Take());
  columns.push_back(reply_to_.Take());
  std::vector<OutputColumn> line;
  line.push_back(product_.Take());
  line.push_back(unit_.Take());
  line.push_back(quantity_.Take());
  line.push_back(unit_price_.Take());
  line.push_back(line_amount_.Take());
  columns.push_back(lines_.Take(StructOf(lines, std::move(line))));
  fields_.TakeTo(&columns);
  return batch;
}

std::vector<OutputField> CustomerRows::Schema() const {
  std::vector<OutputField> fields = {
      Field("customer", "u", false),
      Field("id", kIdFormat, false),
      Field("records", "l", false),
  };
  attributes_.AddTo(&fields);
  return fields;
}

void CustomerRows::Add(std::string_view customer, const IdBytes& id,
                       int64_t records, AttributeRows::Values attributes) {
  customer_.Append(customer);
  id_.Append(id);
  records_.Append(records);
  attributes_.Add(attributes);
  ++rows_;
}

bool CustomerRows::Full() const {
  return customer_.bytes() > kFullBytes || attributes_.Full();
}

OutputBatch CustomerRows::Take() {
  OutputBatch batch;
  batch.rows = std::exchange(rows_, 0);
  batch.columns.push_back(customer_.Take());
  batch.columns.push_back(id_.Take());
  batch.columns.push_back(records_.Take());
  attributes_.TakeTo(&batch.columns);
  return batch;
}

}  // namespace trato::core
