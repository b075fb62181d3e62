// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/type.h"

#include "base/strings.h"

namespace trato::core {

std::string NameOf(Type type) {
  switch (type.kind) {
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kMoney:
      return "money";
    case Kind::kTimestamp:
      return "timestamp";
    case Kind::kList:
      return StrCat("list of ", NameOf({type.element}));
    case Kind::kCustomer:
      return "customer";
    case Kind::kInteractions:
      return "interactions";
    case Kind::kInteraction:
      return "interaction";
    case Kind::kLines:
      return "lines";
    case Kind::kLine:
      return "line";
  }
  return "nothing";
}

Type TypeOfAttribute(ValueType type) {
  switch (type) {
    case ValueType::kBool:
      return {Kind::kBool};
    case ValueType::kInt:
      return {Kind::kInt};
    case ValueType::kDouble:
      return {Kind::kDouble};
    case ValueType::kMoney:
      return {Kind::kMoney};
    case ValueType::kTimestamp:
      return {Kind::kTimestamp};
    case ValueType::kString:
    case ValueType::kNone:
      break;
  }
  return {Kind::kString};
}

}  // namespace trato::core
