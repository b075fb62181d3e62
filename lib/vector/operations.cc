// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/operations.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "expression/operators.h"

namespace trato::core {
namespace {

constexpr uint8_t kNotAsked = 255;

// The numbers of a whole column or of a constant.
struct Wholes {
  const int64_t* values = nullptr;  // null: `constant`
  int64_t constant = 0;
  Kind kind = Kind::kInt;
  Currency currency;
  bool has_bare_zeros = false;
};

std::optional<Wholes> WholesOf(const Column& column) {
  Wholes wholes;
  if (column.form == Column::Form::kWhole) {
    wholes.values = column.wholes.data();
    wholes.kind = column.kind;
    wholes.currency = column.currency;
    wholes.has_bare_zeros = column.has_bare_zeros;
    return wholes;
  }
  if (!column.is_constant) return std::nullopt;
  const Datum& value = column.datums[0];
  if (const auto* it = std::get_if<int64_t>(&value)) {
    wholes.constant = *it;
  } else if (const auto* it = std::get_if<Timestamp>(&value)) {
    wholes.constant = it->us;
    wholes.kind = Kind::kTimestamp;
  } else if (const auto* it = std::get_if<Duration>(&value)) {
    wholes.constant = it->us;
    wholes.kind = Kind::kDuration;
  } else if (const auto* it = std::get_if<Money>(&value)) {
    wholes.constant = it->minor;
    wholes.currency = it->currency;
    wholes.kind = Kind::kMoney;
  } else {
    return std::nullopt;
  }
  return wholes;
}

struct Reals {
  const double* values = nullptr;
  double constant = 0;
};

std::optional<Reals> RealsOf(const Column& column) {
  if (column.form == Column::Form::kReal) return Reals{column.reals.data(), 0};
  if (!column.is_constant) return std::nullopt;
  const auto* it = std::get_if<double>(&column.datums[0]);
  if (it == nullptr) return std::nullopt;
  return Reals{nullptr, *it};
}

template <typename T, typename Compare>
void CompareArrays(const T* a, const T* b, size_t count, uint8_t* out,
                   Compare compare) {
  for (size_t i = 0; i < count; ++i) out[i] = compare(a[i], b[i]);
}
template <typename T, typename Compare>
void CompareToOne(const T* a, T b, size_t count, uint8_t* out,
                  Compare compare) {
  for (size_t i = 0; i < count; ++i) out[i] = compare(a[i], b);
}

template <typename Side, typename Compare>
void CompareBoth(const Side& a, const Side& b, size_t count, uint8_t* out,
                 Compare compare) {
  if (a.values != nullptr && b.values != nullptr) {
    CompareArrays(a.values, b.values, count, out, compare);
  } else if (a.values != nullptr) {
    CompareToOne(a.values, b.constant, count, out, compare);
  } else {
    CompareToOne(b.values, a.constant, count, out,
                 [compare](auto x, auto y) { return compare(y, x); });
  }
}

template <typename Side>
void CompareSides(Op op, const Side& a, const Side& b, size_t count,
                  uint8_t* out) {
  switch (op) {
    case Op::kEqual:
      return CompareBoth(a, b, count, out,
                         [](auto x, auto y) { return x == y; });
    case Op::kNotEqual:
      return CompareBoth(a, b, count, out,
                         [](auto x, auto y) { return x != y; });
    case Op::kLess:
      return CompareBoth(a, b, count, out,
                         [](auto x, auto y) { return x < y; });
    case Op::kLessOrEqual:
      return CompareBoth(a, b, count, out,
                         [](auto x, auto y) { return x <= y; });
    case Op::kGreater:
      return CompareBoth(a, b, count, out,
                         [](auto x, auto y) { return x > y; });
    default:
      return CompareBoth(a, b, count, out,
                         [](auto x, auto y) { return x >= y; });
  }
}

bool IsComparison(Op op) {
  return op >= Op::kEqual && op <= Op::kGreaterOrEqual;
}

// Where an element has a state, that takes its place.
void PutStates(const uint8_t* states, size_t count, uint8_t* out) {
  static_assert(kKnown == 0);
  for (size_t i = 0; i < count; ++i) {
    const auto mask = static_cast<uint8_t>(-(states[i] != kKnown));
    out[i] = static_cast<uint8_t>(states[i] | (out[i] & ~mask));
  }
}

// What the arguments lack, in their order, comes before what the operator says.
void OverlayStates(std::span<const Column* const> args, size_t count,
                   uint8_t* out) {
  for (size_t k = args.size(); k-- > 0;) {
    if (args[k]->states.empty() || args[k]->is_constant) continue;
    PutStates(args[k]->states.data(), count, out);
  }
}

std::vector<uint8_t> JoinedStates(std::span<const Column* const> args,
                                  size_t count) {
  const bool any = std::any_of(args.begin(), args.end(), [](const Column* it) {
    return !it->states.empty() && !it->is_constant;
  });
  if (!any) return {};
  std::vector<uint8_t> states(count, kKnown);
  OverlayStates(args, count, states.data());
  return states;
}

bool Clash(const Wholes& a, const Wholes& b) {
  return a.kind == Kind::kMoney && a.currency && b.currency &&
         a.currency != b.currency;
}

// Sums of numbers, times and amounts; nothing where there is no loop for it.
std::optional<Column> WholeArithmetic(Op op, const Column& x, const Column& y,
                                      size_t count) {
  const auto a = WholesOf(x);
  const auto b = WholesOf(y);
  if (!a || !b || op == Op::kDivide || op == Op::kModulo) return std::nullopt;
  Kind kind = a->kind;
  if (op == Op::kMultiply) {
    const bool fits = a->kind == Kind::kInt &&
                      (b->kind == Kind::kInt || b->kind == Kind::kMoney);
    if (!fits && !(a->kind == Kind::kMoney && b->kind == Kind::kInt)) {
      return std::nullopt;
    }
    if (b->kind == Kind::kMoney) kind = Kind::kMoney;
  } else if (a->kind == Kind::kTimestamp && b->kind == Kind::kTimestamp &&
             op == Op::kSubtract) {
    kind = Kind::kDuration;
  } else if (a->kind != b->kind || a->kind == Kind::kTimestamp ||
             Clash(*a, *b)) {
    return std::nullopt;
  }
  Column result = Column::OfForm(Column::Form::kWhole, kind, count);
  result.currency = a->currency ? a->currency : b->currency;
  result.has_bare_zeros = a->has_bare_zeros || b->has_bare_zeros;
  const Column* const args[] = {&x, &y};
  result.states = JoinedStates(args, count);
  for (size_t i = 0; i < count; ++i) {
    const int64_t p = a->values != nullptr ? a->values[i] : a->constant;
    const int64_t q = b->values != nullptr ? b->values[i] : b->constant;
    bool bad;
    if (op == Op::kAdd) {
      bad = __builtin_add_overflow(p, q, &result.wholes[i]);
    } else if (op == Op::kSubtract) {
      bad = __builtin_sub_overflow(p, q, &result.wholes[i]);
    } else {
      bad = __builtin_mul_overflow(p, q, &result.wholes[i]);
    }
    if (bad) {
      if (result.states.empty()) result.states.resize(count, kKnown);
      if (result.states[i] == kKnown) result.states[i] = kUnsure;
    }
  }
  return result;
}

std::optional<Column> RealArithmetic(Op op, const Column& x, const Column& y,
                                     size_t count) {
  const auto a = RealsOf(x);
  const auto b = RealsOf(y);
  if (!a || !b || op == Op::kModulo) return std::nullopt;
  Column result = Column::OfForm(Column::Form::kReal, Kind::kDouble, count);
  const Column* const args[] = {&x, &y};
  result.states = JoinedStates(args, count);
  for (size_t i = 0; i < count; ++i) {
    const double p = a->values != nullptr ? a->values[i] : a->constant;
    const double q = b->values != nullptr ? b->values[i] : b->constant;
    result.reals[i] = op == Op::kAdd        ? p + q
                      : op == Op::kSubtract ? p - q
                      : op == Op::kMultiply ? p * q
                                            : p / q;
  }
  return result;
}

// The one-customer evaluator's own code for one element.
Datum OperateOnOne(Scratch& scratch, const Node& node,
                   std::span<const Datum> args) {
  switch (node.op) {
    case Op::kCall: {
      return node.evaluator(scratch.evaluation, args);
    }
    case Op::kNegate:
      return Negate(node, args[0]);
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
      return Arithmetic(scratch.evaluation, node, args[0], args[1]);
    case Op::kIn:
      return In(node, args[0], args[1]);
    case Op::kIndex:
      return Index(node, args[0], args[1]);
    default:
      return Compared(node, args[0], args[1]);
  }
}

Datum OperateWithin(Scratch& scratch, const Node& node,
                    std::span<const Datum> args, int64_t budget) {
  scratch.nesting.steps = 0;
  const Arena::Mark mark = scratch.evaluation.arena.mark();
  Datum value = OperateOnOne(scratch, node, args);
  scratch.evaluation.arena.Release(mark);
  if (scratch.nesting.steps > budget) {
    return Fail(Failure::Reason::kWork, node);
  }
  return value;
}

// Puts an element into the column; `kind` is what the operator gives.
void Put(Column& column, size_t i, const Datum& value) {
  if (column.form == Column::Form::kCondition) {
    column.bytes[i] = ConditionOf(value);
    return;
  }
  uint8_t state = StateOf(value);
  if (column.form == Column::Form::kWhole) {
    if (const auto* whole = std::get_if<int64_t>(&value)) {
      column.wholes[i] = *whole;
      return;
    }
    if (state == kKnown) state = kUnsure;
  } else if (column.form == Column::Form::kReal) {
    const auto* real = std::get_if<double>(&value);
    if (real != nullptr) {
      column.reals[i] = *real;
      return;
    }
    if (state == kKnown) state = kUnsure;
  } else {
    column.datums[i] = value;
  }
  if (state != kKnown) {
    if (column.states.empty()) {
      column.states.resize(
          column.wholes.size() + column.reals.size() + column.datums.size(),
          kKnown);
    }
    column.states[i] = state;
  }
}

Column MadeFor(const Node& node, size_t count) {
  switch (node.type.kind()) {
    case Kind::kBool:
      return Column::OfForm(Column::Form::kCondition, Kind::kBool, count);
    case Kind::kDouble:
      return Column::OfForm(Column::Form::kReal, Kind::kDouble, count);
    case Kind::kInt:
      return Column::OfForm(Column::Form::kWhole, Kind::kInt, count);
    default:
      return Column::OfForm(Column::Form::kDatum, node.type.kind(), count);
  }
}

Column OneAtATime(Scratch& scratch, const Part& part,
                  std::span<const Column* const> args, size_t count,
                  int64_t budget) {
  Column result = MadeFor(*part.node, count);
  absl::InlinedVector<Datum, 4> values(args.size());
  for (size_t i = 0; i < count; ++i) {
    uint8_t state = kKnown;
    for (size_t k = 0; k < args.size() && state == kKnown; ++k) {
      values[k] = args[k]->ValueAt(i, state);
    }
    if (state != kKnown) {
      Put(result, i,
          Fail(state == kAbsent ? Failure::Reason::kAbsent
                                : Failure::Reason::kOverload));
      continue;
    }
    Put(result, i,
        OperateWithin(scratch, *part.node, {values.data(), values.size()},
                      budget));
  }
  return result;
}

// A condition on one text, the rest being constants: asked once a text.
Column ByText(Scratch& scratch, const Part& part,
              std::span<const Column* const> args, size_t text, size_t count,
              int64_t budget) {
  const Column& texts = *args[text];
  std::vector<uint8_t>& known = scratch.by_text[part.index];
  if (known.size() < texts.table->size()) {
    known.resize(texts.table->size(), kNotAsked);
  }
  absl::InlinedVector<Datum, 4> values(args.size());
  for (size_t k = 0; k < args.size(); ++k) {
    if (k != text) values[k] = args[k]->datums[0];
  }
  Column result = Column::OfForm(Column::Form::kCondition, Kind::kBool, count);
  // Of whom nothing is known the code is 0, or another one that is in the
  // table.
  const uint32_t* const codes = texts.codes.data();
  uint8_t* const out = result.bytes.data();
  const uint8_t* const answers = known.data();
  bool is_new = known.empty();
  if (!known.empty()) {
    for (size_t i = 0; i < count; ++i) out[i] = answers[codes[i]];
    uint8_t most = 0;
    for (size_t i = 0; i < count; ++i) most = std::max(most, out[i]);
    is_new = most == kNotAsked;
  }
  if (is_new) {
    for (size_t i = 0; i < count; ++i) {
      if (!texts.states.empty() && texts.states[i] != kKnown) continue;
      uint8_t& answer = known[codes[i]];
      if (answer == kNotAsked) {
        values[text] = texts.table->Text(codes[i]);
        answer = ConditionOf(OperateWithin(
            scratch, *part.node, {values.data(), values.size()}, budget));
      }
      out[i] = answer;
    }
  }
  if (!texts.states.empty()) PutStates(texts.states.data(), count, out);
  return result;
}

// Which argument is a text where all others are constants that are known. A
// column with one value may have another one the next time.
std::optional<size_t> TheOneText(const Part& part,
                                 std::span<const Column* const> args) {
  std::optional<size_t> text;
  for (size_t k = 0; k < args.size(); ++k) {
    if (args[k]->form == Column::Form::kText) {
      if (text) return std::nullopt;
      text = k;
    } else if (part.args[k]->kind != Part::Kind::kConstant ||
               StateOf(args[k]->datums[0]) != kKnown) {
      return std::nullopt;
    }
  }
  return text;
}

}  // namespace

void AndInto(std::vector<uint8_t>& into, const std::vector<uint8_t>& other) {
  uint8_t* const a = into.data();
  const uint8_t* const b = other.data();
  const size_t count = into.size();
  for (size_t i = 0; i < count; ++i) {
    const uint8_t most = std::max(a[i], b[i]);
    a[i] = std::min(a[i], b[i]) == kFalse ? kFalse : most;
  }
}

void OrInto(std::vector<uint8_t>& into, const std::vector<uint8_t>& other) {
  uint8_t* const a = into.data();
  const uint8_t* const b = other.data();
  const size_t count = into.size();
  for (size_t i = 0; i < count; ++i) {
    const uint8_t most = std::max(a[i], b[i]);
    const bool is_true = (a[i] == kTrue) | (b[i] == kTrue);
    a[i] = is_true ? kTrue : most;
  }
}

void NegateAll(std::vector<uint8_t>& conditions) {
  for (uint8_t& it : conditions) it = it < kAbsent ? it ^ 1 : it;
}

void AbsentToFalse(std::vector<uint8_t>& conditions) {
  for (uint8_t& it : conditions) it = it == kAbsent ? kFalse : it;
}

Column Choose(const Column& condition, const Column& one, const Column& other,
              size_t count) {
  const std::vector<uint8_t> which = ConditionsOf(condition, count);
  const bool is_condition = one.form == Column::Form::kCondition &&
                            other.form == Column::Form::kCondition;
  Column result =
      is_condition
          ? Column::OfForm(Column::Form::kCondition, Kind::kBool, count)
          : Column::OfForm(Column::Form::kDatum, Kind::kDyn, count);
  for (size_t i = 0; i < count; ++i) {
    const Column& from = which[i] == kTrue ? one : other;
    if (is_condition) {
      result.bytes[i] = which[i] >= kAbsent ? which[i] : from.bytes[i];
      continue;
    }
    uint8_t state = which[i];
    Datum value = Failure{};
    if (state < kAbsent) value = from.ValueAt(i, state);
    if (state != kKnown) {
      value = Fail(state == kAbsent ? Failure::Reason::kAbsent
                                    : Failure::Reason::kOverload);
    }
    Put(result, i, value);
  }
  return result;
}

Column Operate(Scratch& scratch, const Part& part,
               std::span<const Column* const> args, size_t count,
               int64_t budget) {
  const Node& node = *part.node;
  if (args.size() == 2 && (!args[0]->is_constant || !args[1]->is_constant)) {
    if (IsComparison(node.op)) {
      const auto a = WholesOf(*args[0]);
      const auto b = WholesOf(*args[1]);
      if (a && b && a->kind == b->kind && !Clash(*a, *b)) {
        Column result =
            Column::OfForm(Column::Form::kCondition, Kind::kBool, count);
        CompareSides(node.op, *a, *b, count, result.bytes.data());
        OverlayStates(args, count, result.bytes.data());
        return result;
      }
      const auto x = RealsOf(*args[0]);
      const auto y = RealsOf(*args[1]);
      if (x && y) {
        Column result =
            Column::OfForm(Column::Form::kCondition, Kind::kBool, count);
        CompareSides(node.op, *x, *y, count, result.bytes.data());
        OverlayStates(args, count, result.bytes.data());
        return result;
      }
    } else if (node.op != Op::kIn && node.op != Op::kIndex &&
               node.op != Op::kCall) {
      if (auto sum = WholeArithmetic(node.op, *args[0], *args[1], count)) {
        return *std::move(sum);
      }
      if (auto sum = RealArithmetic(node.op, *args[0], *args[1], count)) {
        return *std::move(sum);
      }
    }
  }
  if (node.type.is(Kind::kBool)) {
    if (const auto text = TheOneText(part, args)) {
      return ByText(scratch, part, args, *text, count, budget);
    }
  }
  return OneAtATime(scratch, part, args, count, budget);
}

}  // namespace trato::core
