// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/operators.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace trato::core {
namespace {

using Reason = Failure::Reason;

// A whole number against a double without rounding either.
template <typename Whole>
std::partial_ordering CompareWhole(Whole a, double b) {
  constexpr double kPast =
      std::is_signed_v<Whole> ? 9223372036854775808.0 : 18446744073709551616.0;
  if (b >= kPast) return std::partial_ordering::less;
  if (b < (std::is_signed_v<Whole> ? -kPast : 0.0)) {
    return std::partial_ordering::greater;
  }
  if (b != b) return std::partial_ordering::unordered;
  const auto whole = static_cast<Whole>(b);
  if (a != whole) return a <=> whole;
  return 0.0 <=> (b - static_cast<double>(whole));
}

std::partial_ordering CompareWholes(int64_t a, uint64_t b) {
  if (a < 0) return std::partial_ordering::less;
  return static_cast<uint64_t>(a) <=> b;
}

std::partial_ordering Flip(std::partial_ordering order) { return 0 <=> order; }

bool IsNumber(const Datum& it) {
  return std::holds_alternative<int64_t>(it) ||
         std::holds_alternative<uint64_t>(it) ||
         std::holds_alternative<double>(it);
}

// Both are numbers.
std::partial_ordering CompareNumbers(const Datum& a, const Datum& b) {
  if (const auto* x = std::get_if<int64_t>(&a)) {
    if (const auto* y = std::get_if<int64_t>(&b)) return *x <=> *y;
    if (const auto* y = std::get_if<uint64_t>(&b)) return CompareWholes(*x, *y);
    return CompareWhole(*x, std::get<double>(b));
  }
  if (const auto* x = std::get_if<uint64_t>(&a)) {
    if (const auto* y = std::get_if<uint64_t>(&b)) return *x <=> *y;
    if (const auto* y = std::get_if<int64_t>(&b)) {
      return Flip(CompareWholes(*y, *x));
    }
    return CompareWhole(*x, std::get<double>(b));
  }
  const double x = std::get<double>(a);
  if (const auto* y = std::get_if<double>(&b)) return x <=> *y;
  return Flip(CompareNumbers(b, a));
}

// A sum of nothing is money without a currency, which is zero in all of them.
bool Clash(const Money& a, const Money& b) {
  return a.currency != b.currency && a.currency && b.currency;
}
Datum CurrencyClash(const Money& a, const Money& b, const Node& node) {
  return Failure{Reason::kCurrencies, &node, a.currency, b.currency};
}

// Of two outcomes of && : false decides, a failure wins over true.
bool Absorb(Datum& result, const Datum& next) {
  if (IsFailure(next)) {
    Keep(result, next);
    return false;
  }
  if (std::get<bool>(next)) return false;
  result = false;
  return true;
}

Datum EqualLists(const Node& node, const ListValue& a, const ListValue& b) {
  if (a.items.size() != b.items.size()) return false;
  Datum result = true;
  for (size_t i = 0; i < a.items.size(); ++i) {
    if (Absorb(result, Equals(node, a.items[i], b.items[i]))) return false;
  }
  return result;
}

Datum EqualMaps(const Node& node, const MapValue& a, const MapValue& b) {
  if (a.entries.size() != b.entries.size()) return false;
  Datum result = true;
  for (const MapValue::Entry& entry : a.entries) {
    const Datum* other = Find(b, entry.key);
    if (other == nullptr) return false;
    if (Absorb(result, Equals(node, entry.value, *other))) return false;
  }
  return result;
}

Datum TimeOrFail(const Node& node, int64_t us) {
  if (us < kMinInstant || us > kMaxInstant) {
    return Fail(Reason::kOverflow, node);
  }
  return Timestamp{us};
}

template <typename T>
Datum Whole(const Node& node, T x, T y) {
  T result{};
  bool bad = false;
  switch (node.op) {
    case Op::kAdd:
      bad = __builtin_add_overflow(x, y, &result);
      break;
    case Op::kSubtract:
      bad = __builtin_sub_overflow(x, y, &result);
      break;
    case Op::kMultiply:
      bad = __builtin_mul_overflow(x, y, &result);
      break;
    default:
      if (y == 0) return Fail(Reason::kDivision, node);
      if constexpr (std::is_signed_v<T>) {
        if (y == -1) {  // the one quotient that may not fit
          if (node.op == Op::kModulo) return T{0};
          if (__builtin_sub_overflow(T{0}, x, &result)) {
            return Fail(Reason::kOverflow, node);
          }
          return result;
        }
      }
      result = node.op == Op::kModulo ? x % y : x / y;
      break;
  }
  return bad ? Fail(Reason::kOverflow, node) : Datum(result);
}

// CEL: doubles divide by IEEE 754 and have no remainder.
Datum Real(const Node& node, double x, double y) {
  switch (node.op) {
    case Op::kAdd:
      return x + y;
    case Op::kSubtract:
      return x - y;
    case Op::kMultiply:
      return x * y;
    case Op::kDivide:
      return x / y;
    default:
      return Fail(Reason::kOverload, node);
  }
}

Datum Joined(Evaluation& evaluation, const Node& node, std::string_view a,
             std::string_view b, bool bytes) {
  if (!evaluation.MayMake(a.size() + b.size())) {
    return Fail(Reason::kText, node);
  }
  std::span<char> made = evaluation.arena.NewArray<char>(a.size() + b.size());
  std::copy(a.begin(), a.end(), made.begin());
  std::copy(b.begin(), b.end(),
            made.begin() + static_cast<ptrdiff_t>(a.size()));
  const std::string_view text(made.data(), made.size());
  return bytes ? Datum(Bytes{text}) : Datum(text);
}

Datum JoinedLists(Evaluation& evaluation, const Node& node, const ListValue& a,
                  const ListValue& b) {
  const size_t count = a.items.size() + b.items.size();
  if (!evaluation.MayMake(count * sizeof(Datum))) {
    return Fail(Reason::kText, node);
  }
  std::span<Datum> items = evaluation.arena.NewArray<Datum>(count);
  auto end = std::copy(a.items.begin(), a.items.end(), items.begin());
  std::copy(b.items.begin(), b.items.end(), end);
  return static_cast<const ListValue*>(evaluation.arena.New(ListValue{items}));
}

// Sums and differences of what is neither a number nor text.
Datum AddOthers(Evaluation& evaluation, const Node& node, const Datum& a,
                const Datum& b) {
  const bool subtract = node.op == Op::kSubtract;
  int64_t us;
  const auto add = [&](int64_t x, int64_t y) {
    return subtract ? !__builtin_sub_overflow(x, y, &us)
                    : !__builtin_add_overflow(x, y, &us);
  };
  if (const auto* x = std::get_if<Money>(&a)) {
    const auto* y = std::get_if<Money>(&b);
    if (y == nullptr) return Fail(Reason::kOverload, node);
    if (Clash(*x, *y)) return CurrencyClash(*x, *y, node);
    if (!add(x->minor, y->minor)) return Fail(Reason::kOverflow, node);
    return Money{us, x->currency ? x->currency : y->currency};
  }
  if (const auto* x = std::get_if<Duration>(&a)) {
    if (const auto* y = std::get_if<Duration>(&b)) {
      if (!add(x->us, y->us)) return Fail(Reason::kOverflow, node);
      return Duration{us};
    }
    const auto* y = std::get_if<Timestamp>(&b);
    if (y == nullptr || subtract) return Fail(Reason::kOverload, node);
    if (!add(x->us, y->us)) return Fail(Reason::kOverflow, node);
    return TimeOrFail(node, us);
  }
  if (const auto* x = std::get_if<Timestamp>(&a)) {
    if (const auto* y = std::get_if<Duration>(&b)) {
      if (!add(x->us, y->us)) return Fail(Reason::kOverflow, node);
      return TimeOrFail(node, us);
    }
    if (const auto* y = std::get_if<Timestamp>(&b); y != nullptr && subtract) {
      return Duration{x->us - y->us};  // both are within 9,999 years
    }
  }
  if (!subtract) {
    if (const auto* x = std::get_if<const ListValue*>(&a)) {
      if (const auto* y = std::get_if<const ListValue*>(&b)) {
        return JoinedLists(evaluation, node, **x, **y);
      }
    }
  }
  return Fail(Reason::kOverload, node);
}

Datum Times(const Node& node, const Datum& a, const Datum& b) {
  const auto* money = std::get_if<Money>(&a);
  const auto* times = std::get_if<int64_t>(&b);
  if (money == nullptr || times == nullptr) {
    return Fail(Reason::kOverload, node);
  }
  Money result{0, money->currency};
  if (__builtin_mul_overflow(money->minor, *times, &result.minor)) {
    return Fail(Reason::kOverflow, node);
  }
  return result;
}

}  // namespace

Datum Arithmetic(Evaluation& evaluation, const Node& node, const Datum& a,
                 const Datum& b) {
  if (const auto* x = std::get_if<int64_t>(&a)) {
    if (const auto* y = std::get_if<int64_t>(&b)) return Whole(node, *x, *y);
  } else if (const auto* x = std::get_if<double>(&a)) {
    if (const auto* y = std::get_if<double>(&b)) return Real(node, *x, *y);
  } else if (const auto* x = std::get_if<uint64_t>(&a)) {
    if (const auto* y = std::get_if<uint64_t>(&b)) return Whole(node, *x, *y);
  }
  if (node.op == Op::kMultiply) {
    return std::holds_alternative<Money>(b) ? Times(node, b, a)
                                            : Times(node, a, b);
  }
  if (node.op == Op::kAdd) {
    if (const auto* x = std::get_if<std::string_view>(&a)) {
      if (const auto* y = std::get_if<std::string_view>(&b)) {
        return Joined(evaluation, node, *x, *y, false);
      }
    } else if (const auto* x = std::get_if<Bytes>(&a)) {
      if (const auto* y = std::get_if<Bytes>(&b)) {
        return Joined(evaluation, node, x->data, y->data, true);
      }
    }
  } else if (node.op != Op::kSubtract) {
    return Fail(Reason::kOverload, node);
  }
  return AddOthers(evaluation, node, a, b);
}

Datum Negate(const Node& node, const Datum& a) {
  if (const auto* number = std::get_if<double>(&a)) return -*number;
  int64_t result;
  if (const auto* money = std::get_if<Money>(&a)) {
    if (__builtin_sub_overflow(int64_t{0}, money->minor, &result)) {
      return Fail(Reason::kOverflow, node);
    }
    return Money{result, money->currency};
  }
  const auto* integer = std::get_if<int64_t>(&a);
  if (integer == nullptr) return Fail(Reason::kOverload, node);
  if (__builtin_sub_overflow(int64_t{0}, *integer, &result)) {
    return Fail(Reason::kOverflow, node);
  }
  return result;
}

std::optional<std::partial_ordering> Order(const Datum& a, const Datum& b) {
  if (IsNumber(a) && IsNumber(b)) return CompareNumbers(a, b);
  if (a.index() != b.index()) return std::nullopt;
  if (const auto* x = std::get_if<std::string_view>(&a)) {
    return *x <=> std::get<std::string_view>(b);
  }
  if (const auto* x = std::get_if<Money>(&a)) {
    const Money& y = std::get<Money>(b);
    if (Clash(*x, y)) return x->currency <=> y.currency;
    return x->minor <=> y.minor;
  }
  if (const auto* x = std::get_if<Timestamp>(&a)) {
    return x->us <=> std::get<Timestamp>(b).us;
  }
  if (const auto* x = std::get_if<bool>(&a)) return *x <=> std::get<bool>(b);
  if (const auto* x = std::get_if<Duration>(&a)) {
    return x->us <=> std::get<Duration>(b).us;
  }
  if (const auto* x = std::get_if<Bytes>(&a)) {
    return x->data <=> std::get<Bytes>(b).data;
  }
  return std::nullopt;
}

Datum Equals(const Node& node, const Datum& a, const Datum& b) {
  if (const auto* x = std::get_if<Money>(&a)) {
    const auto* y = std::get_if<Money>(&b);
    if (y != nullptr && Clash(*x, *y)) return CurrencyClash(*x, *y, node);
  }
  if (const auto order = Order(a, b)) return *order == 0;
  if (a.index() != b.index()) return false;
  if (const auto* x = std::get_if<const ListValue*>(&a)) {
    return EqualLists(node, **x, *std::get<const ListValue*>(b));
  }
  if (const auto* x = std::get_if<const MapValue*>(&a)) {
    return EqualMaps(node, **x, *std::get<const MapValue*>(b));
  }
  if (const auto* x = std::get_if<TypeValue>(&a)) {
    return x->kind == std::get<TypeValue>(b).kind;
  }
  return std::holds_alternative<Null>(a);
}

Datum Compared(const Node& node, const Datum& a, const Datum& b) {
  if (node.op == Op::kEqual) return Equals(node, a, b);
  if (node.op == Op::kNotEqual) {
    Datum equal = Equals(node, a, b);
    if (IsFailure(equal)) return equal;
    return !std::get<bool>(equal);
  }
  if (const auto* x = std::get_if<Money>(&a)) {
    const auto* y = std::get_if<Money>(&b);
    if (y != nullptr && Clash(*x, *y)) return CurrencyClash(*x, *y, node);
  }
  const auto order = Order(a, b);
  if (!order) return Fail(Reason::kOverload, node);
  switch (node.op) {
    case Op::kLess:
      return *order < 0;
    case Op::kLessOrEqual:
      return *order <= 0;
    case Op::kGreater:
      return *order > 0;
    default:
      return *order >= 0;
  }
}

// An item that equals decides, whatever fails beside it.
Datum In(const Node& node, const Datum& a, const Datum& b) {
  if (const auto* map = std::get_if<const MapValue*>(&b)) {
    return Find(**map, a) != nullptr;
  }
  const auto* list = std::get_if<const ListValue*>(&b);
  if (list == nullptr) return Fail(Reason::kOverload, node);
  Datum result = false;
  for (const Datum& item : (*list)->items) {
    const Datum equal = Equals(node, a, item);
    if (IsFailure(equal)) {
      Keep(result, equal);
    } else if (std::get<bool>(equal)) {
      return true;
    }
  }
  return result;
}

const Datum* Find(const MapValue& map, const Datum& key) {
  for (const MapValue::Entry& entry : map.entries) {
    const auto order = Order(entry.key, key);
    if (order && *order == 0) return &entry.value;
  }
  return nullptr;
}

Datum Index(const Node& node, const Datum& a, const Datum& b) {
  if (const auto* map = std::get_if<const MapValue*>(&a)) {
    const Datum* found = Find(**map, b);
    return found == nullptr ? Fail(Reason::kKey, node) : *found;
  }
  const auto* list = std::get_if<const ListValue*>(&a);
  if (list == nullptr || !IsNumber(b)) return Fail(Reason::kOverload, node);
  const std::span<const Datum> items = (*list)->items;
  // Any number that is worth a place, as in CEL: 1, 1u, 1.0.
  const Datum size = static_cast<int64_t>(items.size());
  if (CompareNumbers(b, int64_t{0}) < 0 || CompareNumbers(b, size) >= 0) {
    return Fail(Reason::kIndex, node);
  }
  size_t at;
  if (const auto* real = std::get_if<double>(&b)) {
    if (std::isnan(*real) || *real != std::floor(*real)) {
      return Fail(Reason::kIndex, node);
    }
    at = static_cast<size_t>(*real);
  } else if (const auto* whole = std::get_if<int64_t>(&b)) {
    at = static_cast<size_t>(*whole);
  } else {
    at = static_cast<size_t>(std::get<uint64_t>(b));
  }
  return items[at];
}

Kind KindOf(const Datum& datum) {
  struct Visitor {
    Kind operator()(const Failure&) const { return Kind::kDyn; }
    Kind operator()(bool) const { return Kind::kBool; }
    Kind operator()(int64_t) const { return Kind::kInt; }
    Kind operator()(uint64_t) const { return Kind::kUint; }
    Kind operator()(double) const { return Kind::kDouble; }
    Kind operator()(std::string_view) const { return Kind::kString; }
    Kind operator()(const Money&) const { return Kind::kMoney; }
    Kind operator()(Timestamp) const { return Kind::kTimestamp; }
    Kind operator()(Null) const { return Kind::kNull; }
    Kind operator()(Bytes) const { return Kind::kBytes; }
    Kind operator()(Duration) const { return Kind::kDuration; }
    Kind operator()(const Span*) const { return Kind::kSpan; }
    Kind operator()(TypeValue) const { return Kind::kType; }
    Kind operator()(const ListValue*) const { return Kind::kList; }
    Kind operator()(const MapValue*) const { return Kind::kMap; }
    Kind operator()(const InteractionSet*) const { return Kind::kInteractions; }
    Kind operator()(const InteractionRef&) const { return Kind::kInteraction; }
    Kind operator()(const LineSet*) const { return Kind::kLines; }
    Kind operator()(const LineRef&) const { return Kind::kLine; }
  };
  return std::visit(Visitor(), datum);
}

}  // namespace trato::core
