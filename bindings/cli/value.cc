// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "bindings/cli/failure.h"
#include "bindings/cli/money.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

std::int64_t ParseBool(const std::string& text) {
  if (text == "true" || text == "yes" || text == "1") return 1;
  if (text == "false" || text == "no" || text == "0") return 0;
  throw Failure("value: \"" + text + "\" is neither true nor false");
}

double ParseDouble(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc() || stopped != end || !std::isfinite(number)) {
    throw Failure("value: \"" + text + "\" is not a number such as 0.25");
  }
  return number;
}

}  // namespace

const std::vector<std::string>& TypeNames() {
  static const auto& names = *new std::vector<std::string>{
      "bool", "int", "double", "string", "money", "timestamp"};
  return names;
}

trato_value_kind ParseKind(const std::string& name) {
  static_assert(TRATO_VALUE_BOOL == 1 && TRATO_VALUE_TIMESTAMP == 6);
  const std::vector<std::string>& names = TypeNames();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw Failure("there is no type \"" + name + "\"; the types are " +
                  JoinWrapped(names, ", ", "", 0));
  }
  return static_cast<trato_value_kind>(found - names.begin()) + 1;
}

trato_value ParseValue(const Store& store, trato_value_kind kind,
                       const std::string& text) {
  trato_value value = TRATO_VALUE_INIT;
  value.kind = kind;
  switch (kind) {
    case TRATO_VALUE_BOOL:
      value.integer = ParseBool(text);
      break;
    case TRATO_VALUE_INT:
      value.integer = ParseDecimal(text, 0, "value");
      break;
    case TRATO_VALUE_DOUBLE:
      value.number = ParseDouble(text);
      break;
    case TRATO_VALUE_MONEY: {
      const Money money = ParseMoney(text, store.Currency(), "value");
      value.integer = money.minor;
      std::memcpy(value.currency, money.currency.c_str(),
                  std::min(money.currency.size() + 1, sizeof(value.currency)));
      break;
    }
    case TRATO_VALUE_TIMESTAMP:
      value.integer = store.ParseTime(text, "value");
      break;
    default:
      value.text = View(text);
  }
  return value;
}

std::string ValueText(const Store& store, const trato_value& value) {
  switch (value.kind) {
    case TRATO_VALUE_BOOL:
      return value.integer != 0 ? "true" : "false";
    case TRATO_VALUE_INT:
      return std::to_string(value.integer);
    case TRATO_VALUE_DOUBLE: {
      char text[32];
      const auto end =
          std::to_chars(text, text + sizeof(text), value.number).ptr;
      return std::string(text, end);
    }
    case TRATO_VALUE_STRING:
      return std::string(View(value.text));
    case TRATO_VALUE_MONEY:
      return MoneyText(value.integer, value.currency);
    case TRATO_VALUE_TIMESTAMP:
      return store.FormatTime(value.integer);
    default:
      return "";
  }
}

}  // namespace trato_cli
