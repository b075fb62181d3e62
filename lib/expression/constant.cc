// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/constant.h"

#include <algorithm>

namespace trato::core {
namespace {

bool ReadsNow(const Node& node) {
  return node.op == Op::kNow ||
         std::any_of(node.args.begin(), node.args.end(),
                     [](const auto& arg) { return ReadsNow(*arg); });
}

// Whether nothing but constants and one attribute is asked for.
bool ReadsOne(const Node& node, std::optional<uint32_t>& attribute) {
  switch (node.op) {
    case Op::kAttribute:
      // Its owner is no value.
      if (node.type.is(Kind::kList) || node.type.is(Kind::kMap)) return false;
      if (attribute && *attribute != node.number) return false;
      attribute = node.number;
      return true;
    case Op::kCall:
      if (!node.is_pure) return IsConstant(node, 0);
      break;
    case Op::kNot:
    case Op::kAnd:
    case Op::kOr:
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
    case Op::kIn:
      break;
    default:
      return IsConstant(node, 0);
  }
  return std::all_of(
      node.args.begin(), node.args.end(),
      [&](const auto& arg) { return ReadsOne(*arg, attribute); });
}

}  // namespace

bool IsConstant(const Node& node, uint32_t bound) {
  switch (node.op) {
    case Op::kAttribute:
    case Op::kHasAttribute:
      return false;
    case Op::kVariable:
      return (bound >> node.slot & 1) != 0;
    case Op::kCall:
      // A span is the call's own, so it is no literal.
      if (!node.is_pure && !node.type.is(Kind::kSpan)) return false;
      break;
    case Op::kCount:
    case Op::kFirst:
    case Op::kLast:
    case Op::kSum:
    case Op::kMin:
    case Op::kMax:
    case Op::kAverage:
    case Op::kDistinct:
    case Op::kExists:
    case Op::kAll:
    case Op::kExistsOne:
    case Op::kWhere:
      return false;
    case Op::kListExists:
    case Op::kListAll:
    case Op::kListExistsOne:
    case Op::kListFilter:
    case Op::kListMap:
      if (!IsConstant(*node.args[0], bound)) return false;
      for (size_t i = 1; i < node.args.size(); ++i) {
        if (!IsConstant(*node.args[i], bound | 1u << node.slot)) return false;
      }
      return true;
    default:
      break;
  }
  return std::all_of(node.args.begin(), node.args.end(),
                     [&](const auto& arg) { return IsConstant(*arg, bound); });
}

std::optional<uint32_t> OnlyAttribute(const Node& node) {
  std::optional<uint32_t> attribute;
  if (ReadsNow(node) || !ReadsOne(node, attribute)) return std::nullopt;
  return attribute;
}

}  // namespace trato::core
