// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/evaluator.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "expression/attribute_values.h"
#include "expression/changes.h"
#include "expression/comprehensions.h"
#include "expression/motion.h"
#include "expression/operators.h"
#include "expression/sets.h"

namespace trato::core {
namespace {

using Reason = Failure::Reason;

// What Evaluate calls is kept out of it: its frame is the one that recursion
// repeats, and hosts have small stacks.

[[gnu::noinline]] Datum MemberOf(Evaluation& evaluation, const Node& node,
                                 const Datum& owner) {
  const Interner& names = *evaluation.world->names;
  if (node.member == Member::kKey) {
    const auto* map = std::get_if<const MapValue*>(&owner);
    if (map == nullptr) return Fail(Reason::kOverload, node);
    const Datum* found = Find(**map, std::string_view(node.text));
    return found == nullptr ? Fail(Reason::kKey, node) : *found;
  }
  if (const auto* line = std::get_if<LineRef>(&owner)) {
    switch (node.member) {
      case Member::kProduct:
        return names.Text(line->line.product);
      case Member::kQuantity:
        return static_cast<double>(line->line.quantity) / 1e6;
      case Member::kUnitPrice:
        return static_cast<double>(line->line.unit_price) / 1e6;
      default:
        return Money{line->line.amount_minor, line->currency};
    }
  }
  const auto& interaction = std::get<InteractionRef>(owner);
  switch (node.member) {
    case Member::kAmount:
      return interaction.amount();
    case Member::kAt:
      return Timestamp{interaction.at_us()};
    case Member::kType:
      return names.Text(interaction.type());
    case Member::kChannel:
      return names.Text(interaction.channel());
    case Member::kDirection:
      return std::string_view(interaction.direction() == Direction::kInbound
                                  ? "inbound"
                                  : "outbound");
    default:
      break;
  }
  const std::optional<FieldView> field = interaction.FindField(node.number);
  if (!field) return Fail(Reason::kAbsent, node);
  return FieldDatum(*field, node);
}

// has( ) of a field of an interaction or a key of a map.
[[gnu::noinline]] Datum Has(const Node& node, const Datum& owner) {
  if (const auto* map = std::get_if<const MapValue*>(&owner)) {
    return Find(**map, std::string_view(node.text)) != nullptr;
  }
  if (const auto* interaction = std::get_if<InteractionRef>(&owner)) {
    return interaction->FindField(node.number).has_value();
  }
  return Fail(Reason::kOverload, node);
}

// As in CEL, what decides wins over what fails: true for ||, false for &&.
[[gnu::noinline]] Datum Logic(Evaluation& evaluation, const Node& node,
                              bool deciding) {
  Datum result = !deciding;
  for (const auto& arg : node.args) {
    Datum value = Evaluate(evaluation, *arg);
    if (const auto* known = std::get_if<bool>(&value)) {
      if (*known == deciding) return deciding;
    } else {
      Keep(result, IsFailure(value) ? value : Fail(Reason::kOverload, *arg));
    }
  }
  return result;
}

[[gnu::noinline]] Datum Call(Evaluation& evaluation, const Node& node,
                             Aspect aspect = Aspect::kValue) {
  absl::InlinedVector<Datum, 4> args;
  for (const auto& arg : node.args) {
    args.push_back(Evaluate(evaluation, *arg));
    if (IsFailure(args.back())) return args.back();
  }
  if (evaluation.bound != nullptr) {
    BoundCall(evaluation, node, {args.data(), args.size()});
    evaluation.bound->call = &node;
    evaluation.bound->aspect_of_call = aspect;
  }
  Datum value = node.evaluator(evaluation, {args.data(), args.size()});
  // A function knows no place.
  if (auto* failure = std::get_if<Failure>(&value)) {
    if (failure->node == nullptr) failure->node = &node;
  }
  return value;
}

[[gnu::noinline]] Datum MakeList(Evaluation& evaluation, const Node& node) {
  if (!evaluation.MayMake(node.args.size() * sizeof(Datum))) {
    return Fail(Reason::kText, node);
  }
  std::span<Datum> items = evaluation.arena.NewArray<Datum>(node.args.size());
  for (size_t i = 0; i < items.size(); ++i) {
    items[i] = Evaluate(evaluation, *node.args[i]);
    if (IsFailure(items[i])) return items[i];
  }
  return static_cast<const ListValue*>(evaluation.arena.New(ListValue{items}));
}

[[gnu::noinline]] Datum MakeMap(Evaluation& evaluation, const Node& node) {
  const size_t count = node.args.size() / 2;
  if (!evaluation.MayMake(count * sizeof(MapValue::Entry)) ||
      !evaluation.MayWork(static_cast<int64_t>(count * count / 16))) {
    return Fail(Reason::kText, node);
  }
  std::span<MapValue::Entry> entries =
      evaluation.arena.NewArray<MapValue::Entry>(count);
  for (size_t i = 0; i < count; ++i) {
    const Datum key = Evaluate(evaluation, *node.args[2 * i]);
    if (IsFailure(key)) return key;
    const Kind kind = KindOf(key);
    if (kind != Kind::kBool && kind != Kind::kInt && kind != Kind::kUint &&
        kind != Kind::kString) {
      return Fail(Reason::kOverload, *node.args[2 * i]);
    }
    if (Find(MapValue{entries.first(i)}, key) != nullptr) {
      return Fail(Reason::kDuplicate, *node.args[2 * i]);
    }
    entries[i] = {key, Evaluate(evaluation, *node.args[2 * i + 1])};
    if (IsFailure(entries[i].value)) return entries[i].value;
  }
  return static_cast<const MapValue*>(evaluation.arena.New(MapValue{entries}));
}

[[gnu::noinline]] Datum Conditional(Evaluation& evaluation, const Node& node,
                                    const Datum& condition) {
  const auto* known = std::get_if<bool>(&condition);
  if (known == nullptr) return Fail(Reason::kOverload, *node.args[0]);
  return Evaluate(evaluation, *node.args[*known ? 1 : 2]);
}

Datum EvaluateHere(Evaluation& evaluation, const Node& node) {
  switch (node.op) {
    case Op::kLiteral:
      return node.literal;
    case Op::kVariable:
      return evaluation.variables[node.slot];
    case Op::kNow:
      return Timestamp{evaluation.now_us};
    case Op::kAttribute:
      return AttributeDatum(evaluation, node);
    case Op::kHasAttribute:
      return evaluation.world->customers->HasAttribute(
          evaluation.customer, node.number, evaluation.now_us);
    case Op::kCall:
      return Call(evaluation, node);
    case Op::kAnd:
      return Logic(evaluation, node, false);
    case Op::kOr:
      return Logic(evaluation, node, true);
    case Op::kList:
      return MakeList(evaluation, node);
    case Op::kMap:
      return MakeMap(evaluation, node);
    default:
      break;
  }
  // The rest begins with the value of its first part.
  if (node.args.empty()) return Fail(Reason::kAbsent, node);
  Datum first = Evaluate(evaluation, *node.args[0]);
  if (IsFailure(first)) return first;
  switch (node.op) {
    case Op::kMember:
      return MemberOf(evaluation, node, first);
    case Op::kHasField:
    case Op::kHasKey:
      return Has(node, first);
    case Op::kNot:
      if (const auto* known = std::get_if<bool>(&first)) return !*known;
      return Fail(Reason::kOverload, node);
    case Op::kNegate:
      return Negate(node, first);
    case Op::kConditional:
      return Conditional(evaluation, node, first);
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
      return AskOfSet(evaluation, node, first);
    case Op::kListExists:
    case Op::kListAll:
    case Op::kListExistsOne:
    case Op::kListFilter:
    case Op::kListMap:
      return AskOfList(evaluation, node, first);
    default:
      break;
  }
  const Datum second = Evaluate(evaluation, *node.args[1]);
  if (IsFailure(second)) return second;
  switch (node.op) {
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
      return Arithmetic(evaluation, node, first, second);
    case Op::kIn:
      return In(node, first, second);
    case Op::kIndex:
      return Index(node, first, second);
    default:
      return Compared(node, first, second);
  }
}

// The same as EvaluateHere, and until when.
[[gnu::noinline]] Datum EvaluateAndChanges(Evaluation& evaluation,
                                           const Node& node, Aspect aspect) {
  ChangeBound& bound = *evaluation.bound;
  if (node.slope == kUnforeseen) bound.NotAfter(evaluation.now_us + 1);
  switch (node.op) {
    case Op::kAnd:
    case Op::kOr:
      return LogicAndChanges(evaluation, node, node.op == Op::kOr, aspect);
    case Op::kNot:
      if (aspect != Aspect::kValue) {
        bound.aspect =
            aspect == Aspect::kHolds ? Aspect::kFails : Aspect::kHolds;
      }
      break;
    case Op::kConditional: {
      const Datum condition = Evaluate(evaluation, *node.args[0]);
      if (IsFailure(condition)) return condition;
      bound.aspect = aspect;
      return Conditional(evaluation, node, condition);
    }
    case Op::kAttribute:
    case Op::kHasAttribute:
      BoundAttribute(evaluation, node.number);
      break;
    case Op::kCall:
      return Call(evaluation, node, aspect);
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
      return ComparisonAndChanges(evaluation, node);
    default:
      break;
  }
  return EvaluateHere(evaluation, node);
}

[[gnu::noinline]] Datum EvaluateBounded(Evaluation& evaluation,
                                            const Node& node) {
  ChangeBound& bound = *evaluation.bound;
  const Aspect aspect = std::exchange(bound.aspect, Aspect::kValue);
  if (node.shared == 0 || evaluation.is_known.empty()) {
    return EvaluateAndChanges(evaluation, node, aspect);
  }
  // Several places ask, maybe for different things: so its value.
  const size_t at = node.shared - 1u;
  if (!evaluation.is_known[at]) {
    const int64_t outer_us = std::exchange(bound.until_us, kNever);
    const bool ignored = std::exchange(bound.ignores_departures, false);
    evaluation.shared[at] =
        EvaluateAndChanges(evaluation, node, Aspect::kValue);
    evaluation.is_known[at] = true;
    evaluation.shared_until[at] = std::exchange(bound.until_us, outer_us);
    bound.ignores_departures = ignored;
  }
  bound.NotAfter(evaluation.shared_until[at]);
  return evaluation.shared[at];
}

}  // namespace

Datum Evaluate(Evaluation& evaluation, const Node& node) {
  if (evaluation.bound != nullptr) [[unlikely]] {
    return EvaluateBounded(evaluation, node);
  }
  if (node.shared == 0 || evaluation.is_known.empty()) {
    return EvaluateHere(evaluation, node);
  }
  const size_t at = node.shared - 1u;
  if (!evaluation.is_known[at]) {
    evaluation.shared[at] = EvaluateHere(evaluation, node);
    evaluation.is_known[at] = true;
  }
  return evaluation.shared[at];
}

}  // namespace trato::core
