// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/attribute_column.h"

#include <algorithm>

namespace trato::core {

void AttributeColumn::Grow(uint32_t record) {
  if (record < entries_.size()) return;
  entries_.resize(record + 1, Entry::kNone);
  from_us_.resize(record + 1, std::numeric_limits<int64_t>::min());
  if (type_ == ValueType::kString) {
    codes_.resize(record + 1);
  } else if (type_ == ValueType::kDouble) {
    reals_.resize(record + 1);
  } else {
    wholes_.resize(record + 1);
  }
}

void AttributeColumn::SetLookUp(uint32_t record) {
  Grow(record);
  entries_[record] = Entry::kLookUp;
}

void AttributeColumn::Set(uint32_t record, int64_t from_us,
                          const Value* value) {
  if (!is_useful_) return;
  Grow(record);
  from_us_[record] = from_us;
  latest_us_ = std::max(latest_us_, from_us);
  if (value == nullptr) {
    entries_[record] = Entry::kNone;
  } else {
    entries_[record] = Put(record, *value) ? Entry::kValue : Entry::kLookUp;
  }
}

bool AttributeColumn::Put(uint32_t record, const Value& value) {
  if (type_ == ValueType::kNone) {
    type_ = TypeOf(value);
    if (type_ == ValueType::kString) codes_.resize(entries_.size());
    if (type_ == ValueType::kDouble) reals_.resize(entries_.size());
    if (const auto* it = std::get_if<Money>(&value)) currency_ = it->currency;
  }
  if (TypeOf(value) != type_) return false;
  switch (type_) {
    case ValueType::kBool:
      wholes_[record] = std::get<bool>(value);
      return true;
    case ValueType::kInt:
      wholes_[record] = std::get<int64_t>(value);
      return true;
    case ValueType::kTimestamp:
      wholes_[record] = std::get<Timestamp>(value).us;
      return true;
    case ValueType::kDouble:
      reals_[record] = std::get<double>(value);
      return true;
    case ValueType::kMoney: {
      const Money& money = std::get<Money>(value);
      wholes_[record] = money.minor;
      return money.currency == currency_;
    }
    case ValueType::kString: {
      const std::string& text = std::get<std::string>(value);
      const auto known = places_.find(text);
      if (known != places_.end()) {
        codes_[record] = known->second;
        return true;
      }
      if (texts_.size() == kMaxTexts) {
        *this = AttributeColumn();
        is_useful_ = false;
        Grow(record);
        return false;
      }
      const auto code = static_cast<uint32_t>(texts_.size());
      texts_.push_back(text);
      places_.emplace(texts_.back(), code);
      codes_[record] = code;
      return true;
    }
    case ValueType::kNone:
      break;
  }
  return false;
}

}  // namespace trato::core
