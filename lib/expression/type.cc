// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/type.h"

#include "base/strings.h"

namespace trato::core {

std::string NameOf(Type type) {
  switch (type.kind()) {
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kUint:
      return "uint";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kBytes:
      return "bytes";
    case Kind::kNull:
      return "null";
    case Kind::kTimestamp:
      return "timestamp";
    case Kind::kDuration:
      return "duration";
    case Kind::kSpan:
      return "span";
    case Kind::kMoney:
      return "money";
    case Kind::kType:
      return "type";
    case Kind::kDyn:
      return "dyn";
    case Kind::kList:
      return StrCat("list of ", NameOf(type.element()));
    case Kind::kMap:
      return StrCat("map of ", NameOf(type.key()), " to ",
                    NameOf(type.value()));
    case Kind::kCustomer:
      return "customer";
    case Kind::kInteractions:
      return "interactions";
    case Kind::kSequence:
      return "sequence";
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
      return Kind::kBool;
    case ValueType::kInt:
      return Kind::kInt;
    case ValueType::kDouble:
      return Kind::kDouble;
    case ValueType::kMoney:
      return Kind::kMoney;
    case ValueType::kTimestamp:
      return Kind::kTimestamp;
    case ValueType::kString:
    case ValueType::kNone:
      break;
  }
  return Kind::kString;
}

namespace {

template <typename Leaf>
bool Match(Type a, Type b, Leaf leaf) {
  if (a == b) return true;
  if (a.is(Kind::kDyn)) return b.is_value();
  if (b.is(Kind::kDyn)) return a.is_value();
  if (a.is(Kind::kList) && b.is(Kind::kList)) {
    return Match(a.element(), b.element(), leaf);
  }
  if (a.is(Kind::kMap) && b.is(Kind::kMap)) {
    return Match(a.key(), b.key(), leaf) && Match(a.value(), b.value(), leaf);
  }
  return leaf(a, b);
}

}  // namespace

bool Fits(Type wanted, Type given) {
  if (wanted.is(Kind::kInteractions) && given.is(Kind::kSequence)) return true;
  return Match(wanted, given, [](Type, Type) { return false; });
}

bool Comparable(Type a, Type b) {
  return Match(a, b,
               [](Type x, Type y) { return x.is_number() && y.is_number(); });
}

Type Joined(Type a, Type b) {
  if (a == b) return a;
  if (a.is(Kind::kList) && b.is(Kind::kList)) {
    return Type::ListOf(Joined(a.element(), b.element()));
  }
  if (a.is(Kind::kMap) && b.is(Kind::kMap)) {
    return Type::MapOf(Joined(a.key(), b.key()), Joined(a.value(), b.value()));
  }
  return Kind::kDyn;
}

}  // namespace trato::core
