// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "schema/value.h"

#include <cmath>

#include "base/calendar.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {

std::string_view TypeName(ValueType type) {
  switch (type) {
    case ValueType::kNone:
      return "none";
    case ValueType::kBool:
      return "bool";
    case ValueType::kInt:
      return "int";
    case ValueType::kDouble:
      return "double";
    case ValueType::kString:
      return "string";
    case ValueType::kMoney:
      return "money";
    case ValueType::kTimestamp:
      return "timestamp";
  }
  return "none";
}

absl::Status CheckValue(std::string_view field, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return CheckText(field, *text);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    if (!std::isfinite(*number)) {
      return absl::InvalidArgumentError(
          StrCat(field, " is not a finite number"));
    }
  }
  if (const auto* money = std::get_if<Money>(&value)) {
    if (!money->currency) {
      return absl::InvalidArgumentError(StrCat(field, " has no currency"));
    }
  }
  if (const auto* time = std::get_if<Timestamp>(&value)) {
    return CheckInstant(field, time->us);
  }
  return absl::OkStatus();
}

}  // namespace trato::core
