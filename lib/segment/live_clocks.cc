// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/live_clocks.h"

#include <algorithm>

#include "expression/motion.h"

namespace trato::core {
namespace {

// Longer lists are left to the evaluator, which counts its steps.
constexpr size_t kMaxList = 32;

bool ReadsNow(const Node& node) {
  return node.op == Op::kNow ||
         std::any_of(node.args.begin(), node.args.end(),
                     [](const auto& arg) { return ReadsNow(*arg); });
}

bool IsPlainKind(const Type& type) {
  return type.is_number() || type.is(Kind::kBool) || type.is(Kind::kString) ||
         type.is(Kind::kTimestamp) || type.is(Kind::kDuration);
}

bool IsZone(const Node& node, ZoneAttribute& zone) {
  if (node.op == Op::kLiteral) return true;
  if (node.op != Op::kAttribute || !node.type.is(Kind::kString)) return false;
  if (zone && *zone != node.number) return false;
  zone = node.number;
  return true;
}

// Whether it has a value at each instant, for everybody.
bool HasValue(const Node& node, ZoneAttribute& zone) {
  const auto all = [&] {
    return std::all_of(node.args.begin(), node.args.end(),
                       [&](const auto& arg) { return HasValue(*arg, zone); });
  };
  switch (node.op) {
    case Op::kLiteral:
    case Op::kNow:
      return true;
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot:
    case Op::kConditional:
      return IsPlainKind(node.type) && all();
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
      return IsPlainKind(node.args[0]->type) &&
             IsPlainKind(node.args[1]->type) && all();
    case Op::kIn: {
      const Node& list = *node.args[1];
      return list.op == Op::kList && list.args.size() <= kMaxList &&
             std::all_of(
                 list.args.begin(), list.args.end(),
                 [](const auto& it) { return it->op == Op::kLiteral; }) &&
             HasValue(*node.args[0], zone);
    }
    case Op::kModulo: {
      const auto* by = std::get_if<int64_t>(&node.args[1]->literal);
      return node.args[1]->op == Op::kLiteral && by != nullptr && *by > 0 &&
             node.type.is(Kind::kInt) && HasValue(*node.args[0], zone);
    }
    case Op::kCall:
      if (node.is_method) {
        return node.text.starts_with("get") &&
               node.args[0]->type.is(Kind::kTimestamp) &&
               HasValue(*node.args[0], zone) &&
               (node.args.size() == 1 || IsZone(*node.args[1], zone));
      }
      // Of a text that was checked.
      return (node.text == "timestamp" || node.text == "duration") &&
             node.args[0]->op == Op::kLiteral &&
             node.args[0]->type.is(Kind::kString);
    default:
      return false;
  }
}

std::unique_ptr<Node> Clone(const Node& node, std::string_view zone) {
  auto copy = std::make_unique<Node>();
  if (node.op == Op::kAttribute) {
    copy->op = Op::kLiteral;
    copy->type = Kind::kString;
    copy->text = zone;
    copy->literal = std::string_view(copy->text);
    return copy;
  }
  copy->op = node.op;
  copy->member = node.member;
  copy->is_method = node.is_method;
  copy->is_pure = node.is_pure;
  copy->slot = node.slot;
  copy->slope = node.slope;
  copy->number = node.number;
  copy->type = node.type;
  copy->text = node.text;
  copy->literal = node.literal;
  copy->evaluator = node.evaluator;
  for (const auto& arg : node.args) copy->args.push_back(Clone(*arg, zone));
  return copy;
}

}  // namespace

bool IsOfClock(const Node& node, ZoneAttribute& zone) {
  return node.type.is(Kind::kBool) && node.slope != kUnforeseen &&
         ReadsNow(node) && HasValue(node, zone);
}

void ClockCondition::SetZone(std::string_view name) {
  if (node != nullptr) {
    own = Clone(*node, name);
    node = own.get();
  }
  for (ClockCondition& arg : args) arg.SetZone(name);
}

bool ClockCondition::HoldsAt(const World& world, int64_t at_us,
                             int64_t* until_us) const {
  if (kind == Kind::kPlain) {
    Nesting nesting;
    Evaluation evaluation{&world, 0, at_us, &nesting};
    ChangeBound bound;
    evaluation.bound = &bound;
    const Datum value = Evaluate(evaluation, *node);
    *until_us = std::max(bound.until_us, at_us + 1);
    const auto* holds = std::get_if<bool>(&value);
    return holds != nullptr && *holds;
  }
  *until_us = kNever;
  bool result = kind == Kind::kAnd;
  for (const ClockCondition& arg : args) {
    int64_t arg_us;
    const bool holds = arg.HoldsAt(world, at_us, &arg_us);
    *until_us = std::min(*until_us, arg_us);
    if (kind == Kind::kNot) return !holds;
    result = kind == Kind::kAnd ? result && holds : result || holds;
  }
  return result;
}

int64_t ClockCondition::NextFlip(const World& world, int64_t at_us) const {
  constexpr int kLooks = 200;
  int64_t next_us;
  const bool now = HoldsAt(world, at_us, &next_us);
  for (int i = 0; i < kLooks && next_us != kNever; ++i) {
    int64_t after_us;
    if (HoldsAt(world, next_us, &after_us) != now) break;
    next_us = after_us;
  }
  return next_us;
}

}  // namespace trato::core
