// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/comprehensions.h"

#include <algorithm>
#include <vector>

namespace trato::core {
namespace {

using Reason = Failure::Reason;

// Calls `visit(item)` until it gives false; a Failure where that is no list or
// there are too many.
template <typename Visit>
Datum ForEachItem(Evaluation& evaluation, const Node& node, const Datum& range,
                  Visit visit) {
  const auto step = [&](const Datum& item, bool& more) -> Datum {
    if (!evaluation.MayWork()) return Fail(Reason::kWork, node);
    evaluation.variables[node.slot] = item;
    more = visit(item);
    return true;
  };
  bool more = true;
  if (const auto* list = std::get_if<const ListValue*>(&range)) {
    for (const Datum& item : (*list)->items) {
      const Datum status = step(item, more);
      if (IsFailure(status) || !more) return status;
    }
    return true;
  }
  if (const auto* map = std::get_if<const MapValue*>(&range)) {
    for (const MapValue::Entry& entry : (*map)->entries) {
      const Datum status = step(entry.key, more);
      if (IsFailure(status) || !more) return status;
    }
    return true;
  }
  return Fail(Reason::kOverload, node);
}

// A bool, or why not.
Datum Condition(Evaluation& evaluation, const Node& body) {
  const Arena::Mark mark = evaluation.arena.mark();
  Datum held = Evaluate(evaluation, body);
  evaluation.arena.Release(mark);
  if (IsFailure(held) || std::holds_alternative<bool>(held)) return held;
  return Fail(Reason::kOverload, body);
}

// As || and && over the items: what decides wins over what fails.
Datum ExistsOrAll(Evaluation& evaluation, const Node& node,
                  const Datum& range) {
  const bool deciding = node.op == Op::kListExists;
  Datum result = !deciding;
  const Datum status = ForEachItem(evaluation, node, range, [&](const Datum&) {
    const Datum held = Condition(evaluation, *node.args[1]);
    if (IsFailure(held)) {
      Keep(result, held);
    } else if (std::get<bool>(held) == deciding) {
      result = deciding;
      return false;
    }
    return true;
  });
  return IsFailure(status) ? status : result;
}

Datum ExistsOne(Evaluation& evaluation, const Node& node, const Datum& range) {
  int64_t count = 0;
  Datum failed = true;
  const Datum status = ForEachItem(evaluation, node, range, [&](const Datum&) {
    const Datum held = Condition(evaluation, *node.args[1]);
    if (IsFailure(held)) {
      Keep(failed, held);
    } else {
      count += std::get<bool>(held);
    }
    return true;
  });
  if (IsFailure(status)) return status;
  return IsFailure(failed) ? failed : Datum(count == 1);
}

Datum MapOrFilter(Evaluation& evaluation, const Node& node,
                  const Datum& range) {
  const bool is_map = node.op == Op::kListMap;
  const bool has_condition = !is_map || node.args.size() == 3;
  std::vector<Datum> made;
  Datum failed = true;
  const Datum status =
      ForEachItem(evaluation, node, range, [&](const Datum& item) {
        if (has_condition) {
          const Datum held = Condition(evaluation, *node.args[1]);
          if (IsFailure(held)) {
            Keep(failed, held);
            return true;
          }
          if (!std::get<bool>(held)) return true;
        }
        if (!evaluation.MayMake((made.size() + 1) * sizeof(Datum))) {
          failed = Fail(Reason::kText, node);
          return false;
        }
        Datum value = is_map ? Evaluate(evaluation, *node.args.back()) : item;
        if (IsFailure(value)) {
          Keep(failed, value);
        } else {
          made.push_back(value);
        }
        return true;
      });
  if (IsFailure(status)) return status;
  if (IsFailure(failed)) return failed;
  std::span<Datum> items = evaluation.arena.NewArray<Datum>(made.size());
  std::copy(made.begin(), made.end(), items.begin());
  return static_cast<const ListValue*>(evaluation.arena.New(ListValue{items}));
}

}  // namespace

Datum AskOfList(Evaluation& evaluation, const Node& node, const Datum& range) {
  switch (node.op) {
    case Op::kListExists:
    case Op::kListAll:
      return ExistsOrAll(evaluation, node, range);
    case Op::kListExistsOne:
      return ExistsOne(evaluation, node, range);
    default:
      return MapOrFilter(evaluation, node, range);
  }
}

}  // namespace trato::core
