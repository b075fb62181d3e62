// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One attribute's values by record, for questions about everybody: as numbers,
// texts as places in a dictionary. It follows from what the records say, is
// made when it is first asked for, and is kept up from then on. An entry says
// what holds from some instant on; before that, and where a record says more
// than an entry can, the record itself has to be asked.

#ifndef TRATO_CUSTOMER_ATTRIBUTE_COLUMN_H_
#define TRATO_CUSTOMER_ATTRIBUTE_COLUMN_H_

#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/strings.h"
#include "schema/value.h"

namespace trato::core {

class AttributeColumn {
 public:
  enum class Entry : uint8_t {
    kNone,    // no value
    kValue,   // that of the column
    kLookUp,  // ask the record
  };
  // More different texts than this, and the column is no use.
  static constexpr size_t kMaxTexts = 65'536;

  // The record's entry from `from_us` on; null: no value.
  void Set(uint32_t record, int64_t from_us, const Value* value);
  void SetLookUp(uint32_t record);

  // Whether it says anything that asking each record would not say as fast.
  bool is_useful() const { return is_useful_; }

  // Records from here on have no value.
  size_t size() const { return entries_.size(); }
  ValueType type() const { return type_; }
  // By record. What is said holds from that instant on.
  const Entry* entries() const { return entries_.data(); }
  const int64_t* from_us() const { return from_us_.data(); }
  // No entry holds from later on.
  int64_t latest_us() const { return latest_us_; }
  // Of a bool, an int, a timestamp, an amount: minor units of `currency`.
  const int64_t* wholes() const { return wholes_.data(); }
  const double* reals() const { return reals_.data(); }
  // Of texts: where they are in `texts`, no two of which are the same.
  const uint32_t* codes() const { return codes_.data(); }
  const std::deque<std::string>& texts() const { return texts_; }
  Currency currency() const { return currency_; }

 private:
  void Grow(uint32_t record);
  // False when it does not fit in.
  bool Put(uint32_t record, const Value& value);

  bool is_useful_ = true;
  ValueType type_ = ValueType::kNone;
  Currency currency_;
  int64_t latest_us_ = std::numeric_limits<int64_t>::min();
  std::vector<Entry> entries_;
  std::vector<int64_t> from_us_;
  std::vector<int64_t> wholes_;
  std::vector<double> reals_;
  std::vector<uint32_t> codes_;
  std::deque<std::string> texts_;  // never move
  absl::flat_hash_map<std::string_view, uint32_t, StringHash, StringEqual>
      places_;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_ATTRIBUTE_COLUMN_H_
