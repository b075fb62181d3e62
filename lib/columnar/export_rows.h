// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The tables that a store gives: what their columns are, and rows into them.
//
//   auto rows = std::make_shared<InteractionRows>(fields);
//   MakeStream(rows->Schema(), [rows, ...] -> ... {
//     while (rows->size() < 65536 && !rows->Full() && more) {
//       rows->Add(customer, item);
//     }
//     if (rows->size() == 0) return std::nullopt;
//     return rows->Take();
//   }, out);
//
// What they write, ReadInteractions and ReadCustomers read back as it was.

#ifndef TRATO_COLUMNAR_EXPORT_ROWS_H_
#define TRATO_COLUMNAR_EXPORT_ROWS_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/strings.h"
#include "columnar/arrow_input.h"
#include "columnar/arrow_output.h"
#include "trato/store.h"

namespace trato::core {

// A column for each attribute: bool, int64, double, utf8 or timestamp[us, UTC].
// Money has two: minor units under its name, and NAME.currency.
class AttributeRows {
 public:
  using Values = std::span<const std::pair<std::string_view, ValueInput>>;

  explicit AttributeRows(std::vector<NamedAttribute> attributes);

  void AddTo(std::vector<OutputField>* fields) const;
  // A row. What has another kind than its column, or no column, is left out.
  void Add(Values values);
  bool Full() const;
  void TakeTo(std::vector<OutputColumn>* columns);

 private:
  struct Column {
    NamedAttribute attribute;
    std::variant<NumberBuilder<int64_t>, NumberBuilder<double>, BoolBuilder,
                 TextBuilder>
        values;
    NameBuilder currency;  // of money
    bool filled = false;   // in the row being added
  };
  void Append(Column& column, const ValueInput& value);
  void AppendNull(Column& column);

  std::vector<Column> columns_;
  StringHashMap<size_t> by_name_;
};

// Interactions: see trato_interactions_export. Quantities and prices are
// decimal128(19, 6) in units; amounts are whole minor units.
class InteractionRows {
 public:
  explicit InteractionRows(std::vector<NamedAttribute> fields)
      : fields_(std::move(fields)) {}

  std::vector<OutputField> Schema() const;

  // `customer` is the name of the record that gives the public id.
  void Add(std::string_view customer, const TimelineItem& item);

  int64_t size() const { return rows_; }
  // Whether the batch should end here, whatever number of rows it has.
  bool Full() const;
  OutputBatch Take();

 private:
  int64_t rows_ = 0;
  int64_t line_count_ = 0;
  NameBuilder customer_, record_, type_, channel_, source_, direction_,
      currency_;
  NumberBuilder<IdBytes> fact_, reply_to_;
  NumberBuilder<int64_t> at_, recorded_, amount_minor_;
  TextBuilder key_;
  ListBuilder lines_;
  NameBuilder product_, unit_;
  NumberBuilder<Decimal128> quantity_, unit_price_;
  NumberBuilder<int64_t> line_amount_;
  AttributeRows fields_;
};

// Customers: see trato_customers_export.
class CustomerRows {
 public:
  explicit CustomerRows(std::vector<NamedAttribute> attributes)
      : attributes_(std::move(attributes)) {}

  std::vector<OutputField> Schema() const;
  void Add(std::string_view customer, const IdBytes& id, int64_t records,
           AttributeRows::Values attributes);
  int64_t size() const { return rows_; }
  bool Full() const;
  OutputBatch Take();

 private:
  int64_t rows_ = 0;
  TextBuilder customer_;
  NumberBuilder<IdBytes> id_;
  NumberBuilder<int64_t> records_;
  AttributeRows attributes_;
};

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_EXPORT_ROWS_H_
