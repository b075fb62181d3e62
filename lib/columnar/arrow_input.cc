// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/arrow_input.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/money.h"
#include "base/status.h"
#include "base/strings.h"
#include "columnar/arrow_source.h"
#include "columnar/binding.h"
#include "columnar/line_columns.h"
#include "columnar/number_column.h"
#include "columnar/text_column.h"
#include "columnar/value_kind.h"

namespace trato::core {
namespace {

constexpr std::string_view kIdentifier = "identifier";

absl::StatusOr<Wanted> WantedFor(const NamedAttribute& attribute) {
  switch (attribute.kind) {
    case kBoolKind:
      return Wanted::kBool;
    case kIntKind:
      return Wanted::kWhole;
    case kDoubleKind:
    case kMoneyKind:
      return Wanted::kNumber;
    case kStringKind:
      return Wanted::kText;
    case kTimestampKind:
      return Wanted::kInstant;
    default:
      return absl::UnimplementedError(StrCat("attribute '", attribute.name,
                                             "' is of kind ", attribute.kind,
                                             ", which no column can hold"));
  }
}

struct BoundAttribute {
  NamedAttribute attribute;
  Bound column;
  Bound currency;  // of money
};

// What the three kinds of table have in common.
class TableReader {
 public:
  TableReader(std::unique_ptr<ArrowSource> source, InputOptions options,
              ColumnMap map)
      : source_(std::move(source)),
        options_(std::move(options)),
        map_(std::move(map)),
        binder_(source_->type().children, "", &map_),
        local_(options_.local_to_utc
                   ? options_.local_to_utc
                   : [](int64_t us) -> absl::StatusOr<int64_t> { return us; }) {
  }

 protected:
  absl::Status BindAttributes(std::initializer_list<std::string_view> taken) {
    for (const NamedAttribute& attribute : options_.attributes) {
      // A column of the table's own goes before an attribute of its name.
      if (std::find(taken.begin(), taken.end(), attribute.name) !=
          taken.end()) {
        continue;
      }
      TRATO_ASSIGN_OR_RETURN(Wanted wanted, WantedFor(attribute));
      BoundAttribute bound{attribute, {}, {}};
      TRATO_ASSIGN_OR_RETURN(bound.column,
                             binder_.Find(attribute.name, wanted));
      if (!bound.column) continue;
      if (attribute.kind == kMoneyKind) {
        TRATO_ASSIGN_OR_RETURN(
            bound.currency,
            binder_.Find(StrCat(attribute.name, kCurrencySuffix),
                         Wanted::kText));
      }
      attributes_.push_back(std::move(bound));
    }
    return absl::OkStatus();
  }

  ColumnPlace PlaceOf(const Bound& bound) const {
    return ColumnPlace(bound.column, first_row());
  }

  // read(slice, type, place) with the values of the column, if there is one.
  template <typename Function>
  absl::Status With(const Bound& bound, Function read) const {
    if (!bound) return absl::OkStatus();
    const ColumnPlace place = PlaceOf(bound);
    TRATO_ASSIGN_OR_RETURN(
        ArraySlice slice,
        SliceOf(part_.array->children[bound.index], *bound.type, part_.offset,
                part_.rows, place));
    return read(slice, *bound.type, place);
  }

  absl::Status Text(const Bound& bound, TextColumn* column) {
    return With(bound, [&](auto& slice, auto& type, auto& place) {
      return ReadText(slice, type, place, &known_, column);
    });
  }
  absl::Status Name(const Bound& bound, TextColumn* column) {
    return With(bound, [&](auto& slice, auto& type, auto& place) {
      return ReadName(slice, type, place, &known_, &storage_, column);
    });
  }
  absl::Status Instant(const Bound& bound, Int64Column* column) {
    return With(bound, [&](auto& slice, auto& type, auto& place) {
      return ReadInstant(slice, type, &local_, place, column);
    });
  }

  // INVALID_ARGUMENT when a row has no value.
  template <typename Column>
  absl::Status CheckComplete(const Bound& bound, const Column& column) const {
    return RequireValues(column, rows(), PlaceOf(bound));
  }

  // The digits of each row's currency.
  absl::StatusOr<Digits> DigitsOf(const TextColumn& currency,
                                  const Bound& bound) const {
    Digits digits;
    TRATO_ASSIGN_OR_RETURN(digits.all, CurrencyDigits(""));
    if (!currency.present) return digits;
    constexpr int8_t kUnknown = -1;
    digits.each.resize(rows());
    std::vector<int8_t> known(
        currency.dictionary == nullptr ? 0 : currency.dictionary->size(),
        kUnknown);
    std::optional<std::string_view> last;
    int last_digits = 0;
    for (size_t row = 0; row < rows(); ++row) {
      const std::string_view code =
          currency.IsNull(row) ? std::string_view() : currency.At(row);
      int8_t* kept = known.empty() || currency.IsNull(row)
                         ? nullptr
                         : &known[currency.codes[row]];
      if (kept != nullptr && *kept != kUnknown) {
        digits.each[row] = *kept;
        continue;
      }
      if (!last || *last != code) {
        const absl::StatusOr<int> found = CurrencyDigits(code);
        if (!found.ok()) {
          return PlaceOf(bound).Error(found.status().code(),
                                      static_cast<int64_t>(row),
                                      ToStd(found.status().message()));
        }
        last = code;
        last_digits = *found;
      }
      digits.each[row] = static_cast<int8_t>(last_digits);
      if (kept != nullptr) *kept = digits.each[row];
    }
    return digits;
  }

  absl::Status Attributes(std::vector<ValueColumn>* columns) {
    for (const BoundAttribute& bound : attributes_) {
      if (bound.column.type->Is(ArrowKind::kNull)) continue;
      ValueColumn column;
      column.name = bound.attribute.name;
      column.kind = bound.attribute.kind;
      TRATO_RETURN_IF_ERROR(Text(bound.currency, &column.currency));
      TRATO_RETURN_IF_ERROR(
          With(bound.column, [&](auto& slice, auto& type, auto& place) {
            return ReadValue(bound, slice, type, place, &column);
          }));
      columns->push_back(std::move(column));
    }
    return absl::OkStatus();
  }

  // Moves on to the next rows, or to the end.
  absl::Status Advance() {
    storage_.clear();
    part_.offset += part_.rows;
    begin_ += part_.rows;
    if (part_.array == nullptr || begin_ == part_.array->length) {
      part_ = {};
      TRATO_ASSIGN_OR_RETURN(bool more, source_->Advance());
      if (!more) return absl::OkStatus();
      part_.array = &source_->batch();
      part_.offset = part_.array->offset;
      begin_ = 0;
    }
    part_.rows = std::min(kPartRows, part_.array->length - begin_);
    return absl::OkStatus();
  }
  // How many there are now, and the place of the first in the stream.
  size_t rows() const { return static_cast<size_t>(part_.rows); }
  uint64_t first_row() const {
    return source_->first_row() + static_cast<uint64_t>(begin_);
  }
  const ArraySlice& part() const { return part_; }

  std::unique_ptr<ArrowSource> source_;
  InputOptions options_;
  ColumnMap map_;
  Binder binder_;
  LocalTime local_;
  TextStorage storage_;
  KnownDictionaries known_;

 private:
  // Large batches are given in parts, which stay in the processor's cache from
  // one step to the next.
  static constexpr int64_t kPartRows = 65536;

  absl::StatusOr<int> CurrencyDigits(std::string_view code) const {
    if (options_.digits_of) {
      TRATO_ASSIGN_OR_RETURN(int digits, options_.digits_of(code));
      if (digits >= 0 && digits <= 18) return digits;
      return absl::InternalError(StrCat("a currency of ", digits, " digits"));
    }
    if (code.empty()) return 2;
    TRATO_ASSIGN_OR_RETURN(Currency currency, Currency::Parse(code));
    return currency.digits();
  }

  absl::Status ReadValue(const BoundAttribute& bound, const ArraySlice& slice,
                         const ArrowType& type, const ColumnPlace& place,
                         ValueColumn* column) {
    switch (column->kind) {
      case kBoolKind:
        return ReadBool(slice, type, place, &column->integer);
      case kIntKind:
        return ReadWhole(slice, type, place, &column->integer);
      case kDoubleKind:
        return ReadDouble(slice, type, place, &column->number);
      case kStringKind:
        return ReadText(slice, type, place, &known_, &column->text);
      case kTimestampKind:
        return ReadInstant(slice, type, &local_, place, &column->integer);
      default: {
        if (type.IsWhole()) {
          return ReadWhole(slice, type, place, &column->integer);
        }
        TRATO_ASSIGN_OR_RETURN(Digits digits,
                               DigitsOf(column->currency, bound.currency));
        return ReadScaled(slice, type, digits, place, &column->integer);
      }
    }
  }

  std::vector<BoundAttribute> attributes_;
  ArraySlice part_;    // of the stream's batch; without array: before the first
  int64_t begin_ = 0;  // in the batch
};

class InteractionReader : public TableReader {
 public:
  using Batch = InteractionBatch;
  using TableReader::TableReader;

  absl::Status Bind() {
    TRATO_ASSIGN_OR_RETURN(customer_,
                           binder_.Require("customer", Wanted::kName));
    TRATO_ASSIGN_OR_RETURN(at_, binder_.Require("at", Wanted::kInstant));
    TRATO_ASSIGN_OR_RETURN(type_, binder_.Require("type", Wanted::kText));
    TRATO_ASSIGN_OR_RETURN(channel_, binder_.Find("channel", Wanted::kText));
    TRATO_ASSIGN_OR_RETURN(direction_,
                           binder_.Find("direction", Wanted::kText));
    TRATO_ASSIGN_OR_RETURN(currency_, binder_.Find("currency", Wanted::kText));
    TRATO_ASSIGN_OR_RETURN(key_, binder_.Find("key", Wanted::kName));
    TRATO_ASSIGN_OR_RETURN(reply_to_, binder_.Find("reply_to", Wanted::kId));
    TRATO_RETURN_IF_ERROR(binder_.FindEither("lines", Wanted::kLines, &lines_,
                                             "order", Wanted::kName, &order_));
    if (lines_ && lines_.type->Is(ArrowKind::kNull)) lines_ = {};
    if (order_) {
      TRATO_RETURN_IF_ERROR(line_.Bind(&binder_));
      TRATO_RETURN_IF_ERROR(BindAttributes(
          {"customer", "at", "type", "channel", "direction", "currency", "key",
           "reply_to", "lines", "order", "product", "unit", "quantity",
           "unit_price", "amount_minor", "amount"}));
    } else {
      if (lines_) {
        Binder lines(lines_.type->children[0].type.children, "lines.", &map_);
        TRATO_RETURN_IF_ERROR(line_.Bind(&lines));
      }
      TRATO_RETURN_IF_ERROR(binder_.FindEither("amount_minor", Wanted::kWhole,
                                               &amount_minor_, "amount",
                                               Wanted::kNumber, &amount_));
      TRATO_RETURN_IF_ERROR(BindAttributes(
          {"customer", "at", "type", "channel", "direction", "currency", "key",
           "reply_to", "lines", "order", "amount_minor", "amount"}));
    }
    return map_.CheckAllUsed();
  }

  absl::StatusOr<InteractionBatch> Next() {
    InteractionBatch batch;
    TRATO_RETURN_IF_ERROR(Advance());
    batch.rows = rows();
    if (batch.rows == 0) return batch;
    batch.first_row = first_row();
    if (absl::Status read = Fill(&batch); !read.ok()) {
      return source_->Fail(std::move(read));
    }
    return batch;
  }

 private:
  absl::Status Fill(InteractionBatch* batch) {
    TRATO_RETURN_IF_ERROR(Name(customer_, &batch->customer));
    TRATO_RETURN_IF_ERROR(CheckComplete(customer_, batch->customer));
    TRATO_RETURN_IF_ERROR(Instant(at_, &batch->at_us));
    TRATO_RETURN_IF_ERROR(CheckComplete(at_, batch->at_us));
    TRATO_RETURN_IF_ERROR(Text(type_, &batch->type));
    TRATO_RETURN_IF_ERROR(CheckComplete(type_, batch->type));
    TRATO_RETURN_IF_ERROR(Text(channel_, &batch->channel));
    TRATO_RETURN_IF_ERROR(Text(direction_, &batch->direction));
    TRATO_RETURN_IF_ERROR(Text(currency_, &batch->currency));
    TRATO_RETURN_IF_ERROR(With(key_, [&](auto& slice, auto& type, auto& place) {
      if (ReadDecimal(slice, type, &batch->key_number)) {
        return absl::OkStatus();
      }
      return ReadName(slice, type, place, &known_, &storage_, &batch->key);
    }));
    TRATO_RETURN_IF_ERROR(
        With(reply_to_, [&](auto& slice, auto& type, auto& place) {
          return ReadId(slice, type, place, &batch->reply_to);
        }));
    Digits digits;
    if (amount_ || line_.amount) {
      TRATO_ASSIGN_OR_RETURN(digits, DigitsOf(batch->currency, currency_));
    }
    TRATO_RETURN_IF_ERROR(
        With(amount_minor_, [&](auto& slice, auto& type, auto& place) {
          return ReadWhole(slice, type, place, &batch->amount_minor);
        }));
    TRATO_RETURN_IF_ERROR(
        With(amount_, [&](auto& slice, auto& type, auto& place) {
          return ReadScaled(slice, type, digits, place, &batch->amount_minor);
        }));
    if (order_) {
      TRATO_RETURN_IF_ERROR(Name(order_, &batch->order));
      TRATO_RETURN_IF_ERROR(CheckComplete(order_, batch->order));
      TRATO_RETURN_IF_ERROR(ReadFlatLines(line_, part(), digits,
                                          batch->first_row, &known_, &storage_,
                                          &batch->lines));
    }
    TRATO_RETURN_IF_ERROR(
        With(lines_, [&](auto& slice, auto& type, auto& place) {
          return ReadNestedLines(line_, slice, type, digits, place,
                                 batch->first_row, &known_, &storage_,
                                 &batch->lines);
        }));
    return Attributes(&batch->fields);
  }

  Bound customer_, at_, type_, channel_, direction_, currency_, key_, reply_to_,
      lines_, order_, amount_minor_, amount_;
  LineBinding line_;
};

class CustomerReader : public TableReader {
 public:
  using Batch = CustomerBatch;
  using TableReader::TableReader;

  absl::Status Bind() {
    TRATO_ASSIGN_OR_RETURN(customer_,
                           binder_.Require("customer", Wanted::kName));
    TRATO_ASSIGN_OR_RETURN(at_, binder_.Find("at", Wanted::kInstant));
    // identifier, identifier.NAMESPACE; by their columns, then by the map.
    std::vector<std::string> fields = map_.FieldsWith(kIdentifier);
    for (const ArrowColumn& column : source_->type().children) {
      fields.push_back(column.name);
    }
    for (const std::string& field : fields) {
      std::string_view rest = field;
      if (!rest.starts_with(kIdentifier)) continue;
      rest.remove_prefix(kIdentifier.size());
      if (!rest.empty() && rest.front() != '.') continue;
      if (!rest.empty()) rest.remove_prefix(1);
      const auto same = [&](auto& known) { return known.first == rest; };
      if (std::any_of(identifiers_.begin(), identifiers_.end(), same)) {
        continue;
      }
      TRATO_ASSIGN_OR_RETURN(Bound bound, binder_.Find(field, Wanted::kName));
      identifiers_.emplace_back(rest, std::move(bound));
    }
    TRATO_RETURN_IF_ERROR(BindAttributes({"customer", "at", kIdentifier}));
    return map_.CheckAllUsed();
  }

  absl::StatusOr<CustomerBatch> Next() {
    CustomerBatch batch;
    TRATO_RETURN_IF_ERROR(Advance());
    batch.rows = rows();
    if (batch.rows == 0) return batch;
    batch.first_row = first_row();
    if (absl::Status read = Fill(&batch); !read.ok()) {
      return source_->Fail(std::move(read));
    }
    return batch;
  }

 private:
  absl::Status Fill(CustomerBatch* batch) {
    TRATO_RETURN_IF_ERROR(Name(customer_, &batch->customer));
    TRATO_RETURN_IF_ERROR(CheckComplete(customer_, batch->customer));
    TRATO_RETURN_IF_ERROR(Instant(at_, &batch->at_us));
    for (const auto& [name_space, bound] : identifiers_) {
      TextColumn column;
      TRATO_RETURN_IF_ERROR(Name(bound, &column));
      if (!column.present) continue;
      batch->identifiers.emplace_back(name_space, std::move(column));
    }
    return Attributes(&batch->attributes);
  }

  Bound customer_, at_;
  std::vector<std::pair<std::string, Bound>> identifiers_;
};

class ProductReader : public TableReader {
 public:
  using Batch = ProductBatch;
  using TableReader::TableReader;

  absl::Status Bind() {
    TRATO_ASSIGN_OR_RETURN(product_, binder_.Require("product", Wanted::kName));
    TRATO_ASSIGN_OR_RETURN(name_, binder_.Require("name", Wanted::kText));
    return map_.CheckAllUsed();
  }

  absl::StatusOr<ProductBatch> Next() {
    ProductBatch batch;
    TRATO_RETURN_IF_ERROR(Advance());
    batch.rows = rows();
    if (batch.rows == 0) return batch;
    batch.first_row = first_row();
    if (absl::Status read = Fill(&batch); !read.ok()) {
      return source_->Fail(std::move(read));
    }
    return batch;
  }

 private:
  absl::Status Fill(ProductBatch* batch) {
    TRATO_RETURN_IF_ERROR(Name(product_, &batch->product));
    TRATO_RETURN_IF_ERROR(CheckComplete(product_, batch->product));
    TRATO_RETURN_IF_ERROR(Text(name_, &batch->name));
    return CheckComplete(name_, batch->name);
  }

  Bound product_, name_;
};

template <typename Reader>
absl::StatusOr<BatchReader<typename Reader::Batch>> Open(
    ArrowArrayStream* stream, InputOptions options) {
  TRATO_ASSIGN_OR_RETURN(std::unique_ptr<ArrowSource> source,
                         ArrowSource::Open(stream));
  TRATO_ASSIGN_OR_RETURN(ColumnMap map, ColumnMap::Create(options.columns));
  auto reader = std::make_shared<Reader>(std::move(source), std::move(options),
                                         std::move(map));
  TRATO_RETURN_IF_ERROR(reader->Bind());
  return BatchReader<typename Reader::Batch>(
      [reader] { return reader->Next(); });
}

}  // namespace

absl::StatusOr<BatchReader<InteractionBatch>> ReadInteractions(
    ArrowArrayStream* stream, InputOptions options) {
  return Open<InteractionReader>(stream, std::move(options));
}

absl::StatusOr<BatchReader<CustomerBatch>> ReadCustomers(
    ArrowArrayStream* stream, InputOptions options) {
  return Open<CustomerReader>(stream, std::move(options));
}

absl::StatusOr<BatchReader<ProductBatch>> ReadProducts(ArrowArrayStream* stream,
                                                       InputOptions options) {
  return Open<ProductReader>(stream, std::move(options));
}

}  // namespace trato::core
