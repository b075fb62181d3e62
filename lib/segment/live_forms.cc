// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What of a condition is read out of a customer's interactions in arrays.

#include "segment/live_program.h"

#include <algorithm>

#include "base/strings.h"

namespace trato::core {
namespace {

constexpr int64_t kDayUs = 86'400'000'000;
// Longer ones are left to the calendar.
constexpr int64_t kMaxLengthUs = 10'000 * 366 * kDayUs;

constexpr int kCostOfCount = 4;
constexpr int kCostOfSum = 6;

bool IsComparison(Op op) {
  return op >= Op::kEqual && op <= Op::kGreaterOrEqual;
}

// The comparison with its sides exchanged.
Op Mirrored(Op op) {
  switch (op) {
    case Op::kLess:
      return Op::kGreater;
    case Op::kLessOrEqual:
      return Op::kGreaterOrEqual;
    case Op::kGreater:
      return Op::kLess;
    case Op::kGreaterOrEqual:
      return Op::kLessOrEqual;
    default:
      return op;
  }
}

// The amount of the macro's variable.
bool IsAmount(const Node& node, uint8_t slot) {
  return node.op == Op::kMember && node.member == Member::kAmount &&
         node.args[0]->op == Op::kVariable && node.args[0]->slot == slot &&
         node.type.is(Kind::kMoney);
}


}  // namespace

// What an aggregate asks of a set; nothing: another thing.
std::optional<LiveProgram::Window::Of> LiveProgram::Asked(const Node& node) {
  switch (node.op) {
    case Op::kCount:
      return Window::Of::kCount;
    case Op::kSum:
      return Window::Of::kSum;
    case Op::kMin:
      return Window::Of::kMin;
    case Op::kMax:
      return Window::Of::kMax;
    case Op::kAverage:
      return Window::Of::kAverage;
    default:
      return std::nullopt;
  }
}

uint16_t LiveProgram::GroupOf(const Set& set, bool amounts) {
  LiveGroup group;
  group.conditions = set.conditions;
  for (const uint32_t type : set.types) {
    auto known = std::find_if(types_.begin(), types_.end(),
                              [&](const auto& it) { return it.type == type; });
    if (known == types_.end()) known = types_.insert(known, {type, false});
    known->amounts |= amounts;
    group.types.push_back(static_cast<uint16_t>(known - types_.begin()));
  }
  for (uint16_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i].types != group.types ||
        groups_[i].conditions != group.conditions) {
      continue;
    }
    groups_[i].amounts |= amounts;
    return i;
  }
  group.amounts = amounts;
  groups_.push_back(std::move(group));
  return static_cast<uint16_t>(groups_.size() - 1);
}

std::optional<uint16_t> LiveProgram::ReachOf(const MovingEnd& end,
                                             int64_t now_us) {
  if (end.is_until) return std::nullopt;
  LiveReach reach;
  if (end.span == nullptr) {
    reach.length_us = now_us - end.at_us;
  } else {
    reach.span = *end.span;
    reach.zone = end.zone;
    if (reach.span.months != 0 || reach.span.days > kMaxLengthUs / kDayUs) {
      return std::nullopt;
    }
    reach.length_us = reach.span.days * kDayUs + reach.span.us;
    if (reach.span.days != 0) {
      auto known =
          std::find_if(zones_.begin(), zones_.end(),
                       [&](const auto& it) { return it.first == reach.zone; });
      if (known == zones_.end()) {
        known = zones_.insert(
            known, {reach.zone, std::make_shared<ZoneOffsets>(reach.zone)});
      }
      if (!known->second->is_fixed()) {
        if (reach.span.us != 0) return std::nullopt;
        reach.offsets = known->second;
      }
    }
  }
  if (reach.length_us <= 0 || reach.length_us > kMaxLengthUs) {
    return std::nullopt;
  }
  for (uint16_t i = 0; i < reaches_.size(); ++i) {
    if (reaches_[i].length_us == reach.length_us &&
        (reaches_[i].offsets == nullptr) == (reach.offsets == nullptr)) {
      return i;
    }
  }
  reaches_.push_back(std::move(reach));
  return static_cast<uint16_t>(reaches_.size() - 1);
}

// Only what neither asks for the customer nor depends on the instant but for
// the window's end: then it can be evaluated for nobody.
bool LiveProgram::ReadSet(const Node& node, Set& set) {
  if (!node.type.is(Kind::kInteractions)) return false;
  for (const Node* it = &node; it->op != Op::kCall ||
                               it->text != "interactions";
       it = it->args[0].get()) {
    if (it->op == Op::kWhere) continue;
    if (it->op != Op::kCall || it->text != "within" ||
        it->args[1]->op != Op::kLiteral) {
      return false;
    }
  }
  Nesting nesting;
  Evaluation evaluation{world_, 0, 0, &nesting};
  ChangeBound bound;
  evaluation.bound = &bound;
  const Datum datum = Evaluate(evaluation, node);
  const auto* found = std::get_if<const InteractionSet*>(&datum);
  if (found == nullptr) return false;
  const InteractionSet& it = **found;
  set.types.assign(it.types.begin(), it.types.end());
  if (it.ends != nullptr) {
    if (it.ends->rest != nullptr) return false;
    const auto reach = ReachOf(*it.ends, evaluation.now_us);
    if (!reach) return false;
    set.reach = *reach;
  }
  for (const Filter* filter = it.filter; filter != nullptr;
       filter = filter->rest) {
    if (filter->body == nullptr || !IsComparison(filter->body->op)) {
      return false;
    }
    const Node& body = *filter->body;
    const bool first = IsAmount(*body.args[0], filter->slot);
    const Node& amount = *body.args[first ? 0 : 1];
    const Node& value = *body.args[first ? 1 : 0];
    if (!IsAmount(amount, filter->slot) || value.op != Op::kLiteral ||
        !std::holds_alternative<Money>(value.literal)) {
      return false;
    }
    const Money money = std::get<Money>(value.literal);
    set.conditions.push_back(
        {first ? body.op : Mirrored(body.op), money.minor, money.currency});
  }
  return true;
}

uint32_t LiveProgram::CompileExists(const Node& node, const Scope& scope) {
  if (node.args.size() != 1) return CompilePlain(node, Aspect::kValue, scope);
  if (node.args[0]->type.is(Kind::kSequence)) {
    return CompileSequence(node, scope);
  }
  Set set;
  if (!ReadSet(*node.args[0], set)) {
    return CompilePlain(node, Aspect::kValue, scope);
  }
  Window window;
  window.value = 1;
  return AddWindow(std::move(window), set, node, scope);
}

// By the call's own code, of no interactions at all.
bool LiveProgram::ReadWithin(const Node& then, LivePairs& pairs) {
  Nesting nesting;
  Evaluation evaluation{world_, 0, 0, &nesting};
  const InteractionSet nothing;
  const Datum args[] = {&nothing, &nothing};
  const Datum datum = then.evaluator(evaluation, args);
  const auto* found = std::get_if<const InteractionSet*>(&datum);
  if (found == nullptr || (*found)->filter == nullptr) return false;
  const Filter& filter = *(*found)->filter;
  if (filter.span == nullptr) return true;
  pairs.has_within = true;
  const auto reach =
      ReachOf({filter.span, filter.zone, 0, false, nullptr}, 0);
  if (reach) {
    pairs.is_exact = true;
    pairs.within = reaches_[*reach];
  } else {
    pairs.within.span = *filter.span;
    pairs.within.zone = filter.zone;
  }
  return true;
}

// exists() of a sequence of two steps.
uint32_t LiveProgram::CompileSequence(const Node& node, const Scope& scope) {
  const auto is_call = [](const Node& it, std::string_view name) {
    return it.op == Op::kCall && it.text == name;
  };
  LivePairs pairs;
  Sequence sequence;
  std::vector<Set> without;
  const Node* it = node.args[0].get();
  for (; is_call(*it, "without"); it = it->args[0].get()) {
    if (!ReadSet(*it->args[1], without.emplace_back())) {
      return CompilePlain(node, Aspect::kValue, scope);
    }
  }
  Set before, then;
  if (!is_call(*it, "then") || !is_call(*it->args[0], "sequence") ||
      !ReadSet(*it->args[0]->args[0], before) || !ReadSet(*it->args[1], then) ||
      !ReadWithin(*it, pairs)) {
    return CompilePlain(node, Aspect::kValue, scope);
  }
  for (const Set& set : without) {
    // What lies between must not leave before the first step does.
    if (set.reach != kAll && set.reach != before.reach &&
        (before.reach == kAll ||
         (reaches_[set.reach].offsets == nullptr) !=
             (reaches_[before.reach].offsets == nullptr) ||
         reaches_[set.reach].length_us < reaches_[before.reach].length_us)) {
      return CompilePlain(node, Aspect::kValue, scope);
    }
  }
  const auto group = [&](const Set& set) {
    return GroupOf(set, !set.conditions.empty());
  };
  pairs.before = group(before);
  pairs.then = group(then);
  for (const Set& set : without) pairs.without.push_back(group(set));
  std::string key = StrCat("pairs ", pairs.before, ",", pairs.then);
  for (const uint16_t one : pairs.without) StrAppend(&key, "-", one);
  if (pairs.has_within) {
    const Span& span = pairs.within.span;
    StrAppend(&key, " in ", pairs.within.length_us, ",", span.months, ",",
              span.days, ",", span.us, ",", pairs.within.zone.name());
  }
  const auto [known, is_new] =
      known_pairs_.try_emplace(key, static_cast<uint16_t>(pairs_.size()));
  if (is_new) pairs_.push_back(std::move(pairs));
  sequence.pairs = known->second;
  sequence.before = before.reach;
  sequence.then = then.reach;
  key = StrCat("sequence ", sequence.pairs, ",", sequence.before, ",",
               sequence.then);
  if (known_.contains(key)) return known_[key];
  sequence.plain = PlainOf(node, scope);
  Part part;
  part.kind = PartKind::kSequence;
  part.index = static_cast<uint32_t>(sequences_.size());
  part.cost = kCostOfSum;
  sequences_.push_back(sequence);
  return Add(part, std::move(key));
}

uint32_t LiveProgram::CompileComparison(const Node& node, const Scope& scope) {
  for (const bool first : {true, false}) {
    const Node& side = *node.args[first ? 0 : 1];
    const Node& other = *node.args[first ? 1 : 0];
    if (other.op != Op::kLiteral) continue;
    const Op op = first ? node.op : Mirrored(node.op);
    Set set;
    if (const auto of = Asked(side)) {
      Window window;
      window.op = op;
      window.of = *of;
      if (const auto* money = std::get_if<Money>(&other.literal)) {
        if (*of == Window::Of::kCount || !IsAmount(*side.args[1], side.slot)) {
          continue;
        }
        window.value = money->minor;
        window.currency = money->currency;
      } else if (const auto* number = std::get_if<int64_t>(&other.literal)) {
        if (*of != Window::Of::kCount) continue;
        window.value = *number;
      } else {
        continue;
      }
      if (!ReadSet(*side.args[0], set)) continue;
      return AddWindow(std::move(window), set, node, scope);
    }
    if (side.op == Op::kCall && side.text == "recency" && side.is_method) {
      const auto* length = std::get_if<Duration>(&other.literal);
      if (length == nullptr || op == Op::kEqual || op == Op::kNotEqual ||
          !ReadSet(*side.args[0], set) || set.reach != kAll ||
          !set.conditions.empty()) {
        continue;
      }
      Recency recency;
      recency.op = op;
      recency.value_us = length->us;
      return AddRecency(recency, set, node, scope);
    }
  }
  return CompilePlain(node, Aspect::kValue, scope);
}

uint32_t LiveProgram::AddWindow(Window window, const Set& set, const Node& node,
                                const Scope& scope) {
  const bool amounts =
      window.of != Window::Of::kCount || !set.conditions.empty();
  window.group = GroupOf(set, amounts);
  window.reach = set.reach;
  std::string key = StrCat(
      "window ", static_cast<int>(window.op), ",", static_cast<int>(window.of), ",",
      window.group, ",", window.reach, ",", window.value, window.currency.code());
  if (known_.contains(key)) return known_[key];
  window.plain = PlainOf(node, scope);
  Part part;
  part.kind = PartKind::kWindow;
  part.index = static_cast<uint32_t>(windows_.size());
  part.cost = amounts ? kCostOfSum : kCostOfCount;
  windows_.push_back(std::move(window));
  return Add(part, std::move(key));
}

uint32_t LiveProgram::AddRecency(Recency recency, const Set& set,
                                 const Node& node, const Scope& scope) {
  recency.group = GroupOf(set, false);
  std::string key = StrCat("recency ", static_cast<int>(recency.op), ",",
                           recency.group, ",", recency.value_us);
  if (known_.contains(key)) return known_[key];
  recency.plain = PlainOf(node, scope);
  Part part;
  part.kind = PartKind::kRecency;
  part.index = static_cast<uint32_t>(recencies_.size());
  part.cost = kCostOfCount;
  recencies_.push_back(recency);
  return Add(part, std::move(key));
}

}  // namespace trato::core
