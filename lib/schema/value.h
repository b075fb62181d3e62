// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Typed values of attributes and fields.

#ifndef TRATO_SCHEMA_VALUE_H_
#define TRATO_SCHEMA_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "base/money.h"

namespace trato::core {

// The numbers are those of TRATO_VALUE_... in trato.h and of the protobuf
// enum, and are kept for ever.
enum class ValueType : uint8_t {
  kNone = 0,
  kBool = 1,
  kInt = 2,
  kDouble = 3,
  kString = 4,
  kMoney = 5,
  kTimestamp = 6,
};
inline constexpr int kValueTypeCount = 7;

struct Timestamp {
  int64_t us = 0;
  auto operator<=>(const Timestamp&) const = default;
};

// In the order of ValueType.
using Value = std::variant<std::monostate, bool, int64_t, double, std::string,
                           Money, Timestamp>;

inline ValueType TypeOf(const Value& value) {
  return static_cast<ValueType>(value.index());
}

// "int", "money", ...
std::string_view TypeName(ValueType type);

// INVALID_ARGUMENT or OUT_OF_RANGE that names `field` when the value cannot be
// kept: text that is not UTF-8, a number that is not finite, money without
// currency, a time out of range.
absl::Status CheckValue(std::string_view field, const Value& value);

}  // namespace trato::core

#endif  // TRATO_SCHEMA_VALUE_H_
