// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/changes.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/numeric/int128.h"
#include "base/calendar_steps.h"
#include "expression/motion.h"
#include "expression/operators.h"
#include "expression/sets.h"
#include "expression/time_functions.h"

namespace trato::core {
namespace {

// The instant `after_us` beyond now, if that is one.
int64_t Beyond(const Evaluation& evaluation, absl::int128 after_us) {
  const absl::int128 at_us = absl::int128(evaluation.now_us) + after_us;
  return at_us > kMaxInstant ? kNever : static_cast<int64_t>(at_us);
}

// Whether that decides && or ||, as far as anybody wants to know.
bool Decides(const Datum& value, bool deciding, Aspect aspect) {
  const auto* known = std::get_if<bool>(&value);
  switch (aspect) {
    case Aspect::kHolds: {
      const bool holds = known != nullptr && *known;
      return holds == deciding;
    }
    case Aspect::kFails: {
      const bool fails = known != nullptr && !*known;
      return fails != deciding;
    }
    default:
      return known != nullptr && *known == deciding;
  }
}

std::optional<int64_t> Microseconds(const Datum& value) {
  if (const auto* time = std::get_if<Timestamp>(&value)) return time->us;
  if (const auto* length = std::get_if<Duration>(&value)) return length->us;
  return std::nullopt;
}

bool IsTrueOf(Op op, int sign) {
  switch (op) {
    case Op::kEqual:
      return sign == 0;
    case Op::kNotEqual:
      return sign != 0;
    case Op::kLess:
      return sign < 0;
    case Op::kLessOrEqual:
      return sign <= 0;
    case Op::kGreater:
      return sign > 0;
    default:
      return sign >= 0;
  }
}

// a moves by `slope` faster than b.
void BoundMeeting(Evaluation& evaluation, Op op, int64_t a, int64_t b,
                  int slope) {
  absl::int128 ahead = absl::int128(a) - b;
  const int direction = slope > 0 ? 1 : -1;
  const int speed = slope * direction;
  const auto sign_at = [&](absl::int128 after) {
    const absl::int128 there = ahead + after * slope;
    return there > 0 ? 1 : there < 0 ? -1 : 0;
  };
  const bool now = IsTrueOf(op, sign_at(0));
  // When they meet or have passed each other, and the instant after that.
  const absl::int128 apart = direction > 0 ? -ahead : ahead;
  absl::int128 after = apart > 0 ? (apart + speed - 1) / speed : 1;
  if (apart < 0) return;  // they go apart
  for (int i = 0; i < 2; ++i, ++after) {
    if (IsTrueOf(op, sign_at(after)) != now) {
      evaluation.bound->NotAfter(Beyond(evaluation, after));
      return;
    }
  }
}

// distinct(...).size()
bool IsDistinctSize(const Node& node) {
  return node.op == Op::kCall && node.text == "size" && node.args.size() == 1 &&
         node.args[0]->op == Op::kDistinct;
}

bool IsWindowed(const Node& node) {
  if (node.op == Op::kCount) return true;
  if (IsDistinctSize(node)) return node.args[0]->args[1]->slope == 0;
  if (node.op != Op::kSum && node.op != Op::kMin && node.op != Op::kMax &&
      node.op != Op::kAverage) {
    return false;
  }
  const Kind kind = node.args[1]->type.kind();
  return (kind == Kind::kInt || kind == Kind::kUint || kind == Kind::kMoney ||
          kind == Kind::kDuration) &&
         node.args[1]->slope == 0;
}

// What is left of a window: how many, their total, the least or the greatest.
struct Rest {
  int64_t count = 0;
  absl::int128 total = 0;
  int64_t extreme = 0;
  Currency currency;
};

Datum Left(const Node& node, const Rest& rest) {
  if (node.op == Op::kCount || IsDistinctSize(node)) return rest.count;
  absl::int128 value = rest.total;
  if (node.op != Op::kSum) {
    if (rest.count == 0) return Fail(Failure::Reason::kAbsent, node);
    value = rest.extreme;
  }
  if (node.op == Op::kAverage) {
    // As the mean is worked out without a bound.
    if (node.type.is(Kind::kDouble)) {
      return static_cast<double>(rest.total) / static_cast<double>(rest.count);
    }
    const absl::int128 twice = rest.total * 2;
    value = (twice < 0 ? twice - rest.count : twice + rest.count) /
            (absl::int128(rest.count) * 2);
  }
  if (node.type.is(Kind::kUint)) return static_cast<uint64_t>(value);
  const auto whole = static_cast<int64_t>(value);
  if (node.type.is(Kind::kInt)) return whole;
  if (node.type.is(Kind::kDuration)) return Duration{whole};
  return Money{whole, rest.count == 0 ? Currency() : rest.currency};
}

bool Fits(const Node& node, absl::int128 total) {
  if (node.op != Op::kSum) return true;
  if (node.type.is(Kind::kUint)) {
    return total >= 0 && total <= std::numeric_limits<uint64_t>::max();
  }
  return total >= std::numeric_limits<int64_t>::min() &&
         total <= std::numeric_limits<int64_t>::max();
}

bool Same(const Datum& a, const Datum& b) {
  if (IsFailure(a) || IsFailure(b)) return IsFailure(a) && IsFailure(b);
  return std::get<bool>(a) == std::get<bool>(b);
}

// One side is asked of a window, the other one is what it is.
// Nothing: it is not so simple, and nothing was bounded too late.
std::optional<Datum> WindowAndChanges(Evaluation& evaluation, const Node& node,
                                      bool window_first) {
  const Node& window = *node.args[window_first ? 0 : 1];
  const Node& side = *node.args[window_first ? 1 : 0];
  const bool distinct = IsDistinctSize(window);
  const Node& asked = distinct ? *window.args[0] : window;
  const Datum set = Evaluate(evaluation, *asked.args[0]);
  if (IsFailure(set)) return std::nullopt;
  const auto* interactions = std::get_if<const InteractionSet*>(&set);
  if (interactions == nullptr || (*interactions)->ends == nullptr) {
    return std::nullopt;
  }
  ChangeBound& bound = *evaluation.bound;
  std::vector<WindowValue> values;
  const bool ignored = std::exchange(bound.ignores_departures, true);
  const bool simple =
      distinct
          ? CollectDistinct(evaluation, asked, **interactions, values)
          : CollectValues(evaluation, window, **interactions, values);
  bound.ignores_departures = ignored;
  const Datum other = Evaluate(evaluation, side);
  if (!simple || IsFailure(other)) return std::nullopt;
  Rest rest;
  for (const WindowValue& it : values) {
    rest.total += it.value;
    if (it.currency && rest.currency && it.currency != rest.currency) {
      return std::nullopt;
    }
    if (!rest.currency) rest.currency = it.currency;
  }
  rest.count = static_cast<int64_t>(values.size());
  std::sort(values.begin(), values.end(),
            [](const WindowValue& a, const WindowValue& b) {
              return a.at_us < b.at_us;
            });
  // The least or the greatest from each on.
  std::vector<int64_t> extremes;
  if (window.op == Op::kMin || window.op == Op::kMax) {
    extremes.resize(values.size());
    for (size_t i = values.size(); i-- > 0;) {
      // Of which of two that are equal the currency is depends on more.
      if (values[i].currency != rest.currency) return std::nullopt;
      extremes[i] = values[i].value;
      if (i + 1 == values.size()) continue;
      extremes[i] = window.op == Op::kMin
                        ? std::min(extremes[i], extremes[i + 1])
                        : std::max(extremes[i], extremes[i + 1]);
    }
    if (!extremes.empty()) rest.extreme = extremes[0];
  }
  const auto outcome = [&]() -> Datum {
    const Datum left = Left(window, rest);
    if (IsFailure(left)) return left;
    return window_first ? Compared(node, left, other)
                        : Compared(node, other, left);
  };
  if (!Fits(window, rest.total)) return std::nullopt;
  const Datum now = outcome();
  // They leave in order of time, those of one instant together.
  for (size_t i = 0; i < values.size();) {
    const int64_t at_us = values[i].at_us;
    for (; i < values.size() && values[i].at_us == at_us; ++i, --rest.count) {
      rest.total -= values[i].value;
    }
    if (!extremes.empty() && i < values.size()) rest.extreme = extremes[i];
    if (!Fits(window, rest.total) || !Same(now, outcome())) {
      bound.NotAfter(DepartureFrom(evaluation, **interactions, at_us));
      break;
    }
  }
  return now;
}

// One whose value is its own: no part of a window, nor shared with others.
bool IsPlainCall(const Node& node) {
  return node.op == Op::kCall && !node.is_method && node.shared == 0;
}

// The call, told what it is compared with.
Datum EvaluateCompared(Evaluation& evaluation, const Node& comparison,
                       const Node& call, const Datum& limit) {
  ChangeBound& bound = *evaluation.bound;
  if (!IsFailure(limit)) {
    bound.compared = &call;
    bound.comparison = &comparison;
    bound.limit = &limit;
  }
  const Datum value = Evaluate(evaluation, call);
  bound.compared = nullptr;
  return value;
}

// What a timestamp is asked for.
ClockPart PartOf(std::string_view name) {
  if (name == "getHours") return ClockPart::kHour;
  if (name == "getMinutes") return ClockPart::kMinute;
  if (name == "getSeconds") return ClockPart::kSecond;
  if (name == "getMilliseconds") return ClockPart::kMilli;
  if (name == "getMonth") return ClockPart::kMonth;
  if (name == "getFullYear") return ClockPart::kYear;
  return ClockPart::kDay;
}

int64_t UnitOf(std::string_view name) {
  if (name == "getHours") return 3'600'000'000;
  if (name == "getMinutes") return 60'000'000;
  if (name == "getMilliseconds") return 1'000;
  return 1'000'000;
}

// How far it is at least until value / unit, truncated, may be another one,
// for a value that grows.
int64_t UntilNextUnit(int64_t value, int64_t unit) {
  const int64_t rest = value % unit;
  if (value >= 0) return unit - rest;
  return rest == 0 ? 1 : -rest;
}

}  // namespace

Datum LogicAndChanges(Evaluation& evaluation, const Node& node, bool deciding,
                      Aspect aspect) {
  ChangeBound& bound = *evaluation.bound;
  const int64_t outer_us = bound.until_us;
  int64_t all_us = kNever;
  int64_t deciders_us = std::numeric_limits<int64_t>::min();
  bool decided = false;
  Datum result = !deciding;
  for (const auto& arg : node.args) {
    bound.until_us = kNever;
    bound.aspect = aspect;
    const Datum value = Evaluate(evaluation, *arg);
    if (Decides(value, deciding, aspect)) {
      decided = true;
      deciders_us = std::max(deciders_us, bound.until_us);
    } else {
      all_us = std::min(all_us, bound.until_us);
    }
    if (const auto* known = std::get_if<bool>(&value)) {
      if (*known == deciding) result = deciding;
    } else if (!(std::holds_alternative<bool>(result) &&
                 std::get<bool>(result) == deciding)) {
      Keep(result, IsFailure(value)
                       ? value
                       : Fail(Failure::Reason::kOverload, *arg));
    }
    // It stays for ever, and the value is the one that is aspect.
    if (decided && deciders_us == kNever) break;
  }
  bound.until_us = std::min(outer_us, decided ? deciders_us : all_us);
  return result;
}

Datum ComparisonAndChanges(Evaluation& evaluation, const Node& node) {
  const Node& left = *node.args[0];
  const Node& right = *node.args[1];
  for (const bool first : {true, false}) {
    const Node& window = first ? left : right;
    const Node& side = first ? right : left;
    if (!IsWindowed(window) || side.slope != 0 || IsWindowed(side)) continue;
    // What was bounded in vain is gone again.
    const int64_t before_us = evaluation.bound->until_us;
    if (auto datum = WindowAndChanges(evaluation, node, first)) return *datum;
    evaluation.bound->until_us = before_us;
  }
  // What a call is compared with comes first, so that the call may look at it.
  const bool call_first = IsPlainCall(left);
  Datum a, b;
  if (call_first && right.slope == 0) {
    b = Evaluate(evaluation, right);
    a = EvaluateCompared(evaluation, node, left, b);
  } else {
    a = Evaluate(evaluation, left);
    if (IsFailure(a)) return a;
    b = IsPlainCall(right) && left.slope == 0
            ? EvaluateCompared(evaluation, node, right, a)
            : Evaluate(evaluation, right);
  }
  if (IsFailure(a)) return a;
  if (IsFailure(b)) return b;
  const auto slope_of = [](const Node& it) {
    return it.slope == kUnforeseen ? 0 : int{it.slope};
  };
  const int slope = slope_of(left) - slope_of(right);
  if (slope != 0) {
    const auto x = Microseconds(a);
    const auto y = Microseconds(b);
    if (x && y) {
      BoundMeeting(evaluation, node.op, *x, *y, slope);
    } else {
      evaluation.bound->NotAfter(evaluation.now_us + 1);
    }
  }
  return Compared(node, a, b);
}

void BoundIn(Evaluation& evaluation, int64_t to_us, int64_t from_us) {
  if (to_us == kNever || to_us < from_us) return;
  evaluation.bound->NotAfter(Beyond(
      evaluation, std::max<absl::int128>(absl::int128(to_us) - from_us, 1)));
}

void BoundCall(Evaluation& evaluation, const Node& node,
               std::span<const Datum> args) {
  if (node.args.empty()) return;
  ChangeBound& bound = *evaluation.bound;
  const int slope = node.args[0]->slope;
  if (slope == 0 || slope == kUnforeseen || node.slope != 0) return;
  if (const auto* time = std::get_if<Timestamp>(&args[0])) {
    if (node.text == "int") {
      bound.NotAfter(
          Beyond(evaluation, UntilNextUnit(time->us, UnitOf("getSeconds"))));
      return;
    }
    if (!node.text.starts_with("get")) return;
    absl::TimeZone zone = absl::UTCTimeZone();
    if (args.size() > 1) {
      const auto named = ZoneOf(std::get<std::string_view>(args[1]));
      if (!named) return;  // it fails, at any time
      zone = *named;
    }
    const int64_t next = NextChangeOf(PartOf(node.text), time->us, zone);
    if (next != kNever) {
      bound.NotAfter(Beyond(evaluation, absl::int128(next) - time->us));
    }
  } else if (const auto* length = std::get_if<Duration>(&args[0])) {
    bound.NotAfter(Beyond(evaluation, UntilNextUnit(length->us * slope,
                                                   UnitOf(node.text))));
  }
}

void BoundAttribute(Evaluation& evaluation, uint32_t attribute) {
  const CustomerStore& customers = *evaluation.world->customers;
  for (RecordNumber record : customers.RecordsOf(evaluation.customer)) {
    evaluation.bound->NotAfter(
        customers.NextVersion(record, attribute, evaluation.now_us));
  }
}

int64_t DepartureFrom(const Evaluation& evaluation, const InteractionSet& set,
                      int64_t at_us) {
  int64_t first = kNever;
  for (const MovingEnd* end = set.ends; end != nullptr; end = end->rest) {
    if (end->is_until) continue;
    first = std::min(
        first, end->span != nullptr
                   ? FirstReaching(at_us, *end->span, end->zone,
                                   evaluation.now_us)
                   : Beyond(evaluation, absl::int128(at_us) - end->at_us));
  }
  return first > kMaxInstant ? kNever : std::max(first, evaluation.now_us + 1);
}

void BoundArrivals(Evaluation& evaluation, const InteractionSet& set,
                   RecordNumber record, uint32_t type) {
  ChangeBound& bound = *evaluation.bound;
  const Timeline& timeline = *evaluation.world->timeline;
  const int64_t now_us = evaluation.now_us;
  bound.NotAfter(timeline.NextAmendment(record, now_us));
  // Later ones: dated after now, or beyond an end that moves.
  const MovingEnd* until = nullptr;
  for (const MovingEnd* end = set.ends; end != nullptr; end = end->rest) {
    if (end->is_until && (until == nullptr || end->at_us < until->at_us)) {
      until = end;
    }
  }
  // One that stands still is before it, and stays there.
  if (until != nullptr && until->at_us > set.until_us) until = nullptr;
  if (set.until_us >= now_us || until != nullptr) {
    const int64_t next = timeline.FirstAfter(record, type, set.until_us);
    if (next != kNever) {
      bound.NotAfter(set.until_us >= now_us
                        ? std::max(next, now_us + 1)
                        : Beyond(evaluation, absl::int128(next) - until->at_us));
    }
  }
  // Earlier ones: where the start steps back.
  for (const MovingEnd* end = set.ends; end != nullptr; end = end->rest) {
    const Span* span = end->span;
    if (span == nullptr || (span->months == 0 && span->days == 0) ||
        set.from_us < kMinInstant) {
      continue;
    }
    constexpr int64_t kLookBack = 2 * 86'400'000'000;
    const int64_t last = timeline.LastIn(record, type, set.from_us - kLookBack,
                                         set.from_us);
    if (last == kNever) continue;
    bound.NotAfter(FirstFallingBelow(last, *span, end->zone, now_us));
  }
}

}  // namespace trato::core
