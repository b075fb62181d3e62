// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/evaluator.h"

#include <compare>
#include <limits>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/numeric/int128.h"

namespace trato::core {
namespace {

// What Evaluate calls is kept out of it: its frame is the one that recursion
// repeats, and hosts have small stacks.

Datum Fail(Failure::Reason reason, const Node& node) {
  return Failure{reason, &node, {}, {}};
}

bool IsFailure(const Datum& datum) { return datum.index() == 0; }

// Of several failures one is reported: the first that is more than a missing
// value, so that whether a condition is undecided depends on no order.
void Keep(Datum& kept, const Datum& failure) {
  const auto* known = std::get_if<Failure>(&kept);
  if (known == nullptr ||
      (known->reason == Failure::Reason::kAbsent &&
       std::get<Failure>(failure).reason != Failure::Reason::kAbsent)) {
    kept = failure;
  }
}

Datum ToDatum(const Value& value) {
  switch (TypeOf(value)) {
    case ValueType::kBool:
      return std::get<bool>(value);
    case ValueType::kInt:
      return std::get<int64_t>(value);
    case ValueType::kDouble:
      return std::get<double>(value);
    case ValueType::kString:
      return std::string_view(std::get<std::string>(value));
    case ValueType::kMoney:
      return std::get<Money>(value);
    case ValueType::kTimestamp:
      return std::get<Timestamp>(value);
    case ValueType::kNone:
      break;
  }
  return Failure{};
}

// An integer against a double without rounding either.
std::partial_ordering Compare(int64_t a, double b) {
  if (b >= 9223372036854775808.0) return std::partial_ordering::less;
  if (b < -9223372036854775808.0) return std::partial_ordering::greater;
  if (b != b) return std::partial_ordering::unordered;
  const auto whole = static_cast<int64_t>(b);
  if (a != whole) return a <=> whole;
  return 0.0 <=> (b - static_cast<double>(whole));
}

// Both are of one type, or both are numbers. A sum of nothing is money without
// a currency, which is zero in all of them.
absl::InlinedVector<Failure, 1> CurrencyClash(const Money& a, const Money& b,
                                              const Node& node) {
  if (a.currency == b.currency || !a.currency || !b.currency) return {};
  return {Failure{Failure::Reason::kCurrencies, &node, a.currency, b.currency}};
}

std::partial_ordering Compare(const Datum& a, const Datum& b) {
  if (const auto* x = std::get_if<int64_t>(&a)) {
    if (const auto* y = std::get_if<double>(&b)) return Compare(*x, *y);
    return *x <=> std::get<int64_t>(b);
  }
  if (const auto* x = std::get_if<double>(&a)) {
    if (const auto* y = std::get_if<int64_t>(&b)) return 0 <=> Compare(*y, *x);
    return *x <=> std::get<double>(b);
  }
  if (const auto* x = std::get_if<Money>(&a)) {
    return x->minor <=> std::get<Money>(b).minor;
  }
  if (const auto* x = std::get_if<std::string_view>(&a)) {
    return *x <=> std::get<std::string_view>(b);
  }
  if (const auto* x = std::get_if<bool>(&a)) return *x <=> std::get<bool>(b);
  return std::get<Timestamp>(a).us <=> std::get<Timestamp>(b).us;
}

[[gnu::noinline]] Datum Add(Evaluation& evaluation, const Node& node,
                            const Datum& a, const Datum& b) {
  const bool subtract = node.op == Op::kSubtract;
  const auto sum = [&](int64_t x, int64_t y, int64_t* out) {
    return subtract ? !__builtin_sub_overflow(x, y, out)
                    : !__builtin_add_overflow(x, y, out);
  };
  if (const auto* x = std::get_if<int64_t>(&a)) {
    int64_t result;
    if (sum(*x, std::get<int64_t>(b), &result)) return result;
    return Fail(Failure::Reason::kOverflow, node);
  }
  if (const auto* x = std::get_if<double>(&a)) {
    const double y = std::get<double>(b);
    return subtract ? *x - y : *x + y;
  }
  if (const auto* x = std::get_if<Money>(&a)) {
    const Money& y = std::get<Money>(b);
    if (auto clash = CurrencyClash(*x, y, node); !clash.empty()) {
      return clash[0];
    }
    Money result{0, x->currency ? x->currency : y.currency};
    if (sum(x->minor, y.minor, &result.minor)) return result;
    return Fail(Failure::Reason::kOverflow, node);
  }
  const auto left = std::get<std::string_view>(a);
  const auto right = std::get<std::string_view>(b);
  evaluation.text_bytes += left.size() + right.size();
  if (evaluation.text_bytes > kMaxTextBytesMade) {
    return Fail(Failure::Reason::kText, node);
  }
  std::string text(left);
  text += right;
  evaluation.texts.push_front(std::move(text));
  return std::string_view(evaluation.texts.front());
}

[[gnu::noinline]] Datum Multiply(const Node& node, const Datum& a,
                                 const Datum& b) {
  if (const auto* x = std::get_if<double>(&a)) return *x * std::get<double>(b);
  if (std::holds_alternative<Money>(b)) return Multiply(node, b, a);
  const int64_t y = std::get<int64_t>(b);
  if (const auto* x = std::get_if<Money>(&a)) {
    Money result{0, x->currency};
    if (!__builtin_mul_overflow(x->minor, y, &result.minor)) return result;
    return Fail(Failure::Reason::kOverflow, node);
  }
  int64_t result;
  if (!__builtin_mul_overflow(std::get<int64_t>(a), y, &result)) return result;
  return Fail(Failure::Reason::kOverflow, node);
}

[[gnu::noinline]] Datum Divide(const Node& node, const Datum& a,
                               const Datum& b) {
  // CEL: doubles divide by IEEE 754, integers fail.
  if (const auto* x = std::get_if<double>(&a)) return *x / std::get<double>(b);
  const int64_t x = std::get<int64_t>(a);
  const int64_t y = std::get<int64_t>(b);
  if (y == 0) return Fail(Failure::Reason::kDivision, node);
  if (y == -1) {
    if (node.op == Op::kModulo) return int64_t{0};
    int64_t result;
    if (!__builtin_sub_overflow(int64_t{0}, x, &result)) return result;
    return Fail(Failure::Reason::kOverflow, node);
  }
  return node.op == Op::kModulo ? x % y : x / y;
}

[[gnu::noinline]] Datum Compared(const Node& node, const Datum& a,
                                 const Datum& b) {
  if (const auto* x = std::get_if<Money>(&a)) {
    if (auto clash = CurrencyClash(*x, std::get<Money>(b), node);
        !clash.empty()) {
      return clash[0];
    }
  }
  const std::partial_ordering order = Compare(a, b);
  switch (node.op) {
    case Op::kEqual:
      return order == 0;
    case Op::kNotEqual:
      return order != 0;
    case Op::kLess:
      return order < 0;
    case Op::kLessOrEqual:
      return order <= 0;
    case Op::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

[[gnu::noinline]] Datum MemberOf(Evaluation& evaluation, const Node& node,
                                 const Datum& owner) {
  const Interner& names = *evaluation.world->names;
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
  if (!field) return Fail(Failure::Reason::kAbsent, node);
  // Where it lies stays as long as the body of a macro looks at it, and no
  // text leaves one.
  if (field->type == ValueType::kString) return field->text;
  return ToDatum(field->ToValue());
}

// Whether all conditions hold for the variable's value; a Failure when one
// cannot be told.
Datum Passes(Evaluation& evaluation, const Filter* filter, const Datum& value) {
  // The innermost condition was asked for last; they run in the order written.
  if (filter == nullptr) return true;
  Datum before = Passes(evaluation, filter->rest, value);
  if (IsFailure(before) || !std::get<bool>(before)) return before;
  evaluation.variables[filter->slot] = value;
  return Evaluate(evaluation, *filter->body);
}

// Calls `visit(value)` for each interaction of the set. A Failure when a
// condition of the set fails for any, otherwise true.
template <typename Visit>
Datum ForEach(Evaluation& evaluation, const InteractionSet& set, Visit visit) {
  const World& world = *evaluation.world;
  Datum result = true;
  // Records by id and types by name within a record: an order that no
  // arrival changes, so that sums of doubles are the same everywhere.
  for (RecordNumber record : world.customers->RecordsOf(evaluation.customer)) {
    for (uint32_t type : set.types) {
      const Window window = {set.from_us, set.until_us, evaluation.now_us};
      const bool all = world.timeline->ForEach(
          record, type, window, [&](const InteractionRef& it) {
            if (set.filter != nullptr) {
              const Datum passes = Passes(evaluation, set.filter, it);
              if (IsFailure(passes)) {
                Keep(result, passes);
                return true;
              }
              if (!std::get<bool>(passes)) return true;
            }
            // Without conditions nothing that follows can fail any more.
            return visit(Datum(it)) || set.filter != nullptr;
          });
      if (!all) return result;
    }
  }
  return result;
}

template <typename Visit>
Datum ForEach(Evaluation& evaluation, const LineSet& set, Visit visit) {
  Datum result = true;
  const auto visit_lines = [&](const InteractionRef& of) {
    const Currency currency = of.amount().currency;
    return of.ForEachLine([&](const Line& line) {
      const Datum value = LineRef{line, currency};
      if (set.filter != nullptr) {
        const Datum passes = Passes(evaluation, set.filter, value);
        if (IsFailure(passes)) {
          Keep(result, passes);
          return true;
        }
        if (!std::get<bool>(passes)) return true;
      }
      return visit(value) || set.filter != nullptr;
    });
  };
  if (set.is_of_one) {
    visit_lines(set.of);
    return result;
  }
  const Datum outer =
      ForEach(evaluation, set.interactions, [&](const Datum& value) {
        return visit_lines(std::get<InteractionRef>(value));
      });
  if (IsFailure(outer)) Keep(result, outer);
  return result;
}

// `set` is an InteractionSet or a LineSet.
template <typename Visit>
Datum ForEachIn(Evaluation& evaluation, const Datum& set, Visit visit) {
  if (const auto* interactions = std::get_if<InteractionSet>(&set)) {
    return ForEach(evaluation, *interactions, visit);
  }
  return ForEach(evaluation, std::get<LineSet>(set), visit);
}

[[gnu::noinline]] Datum Count(Evaluation& evaluation, const Datum& set) {
  int64_t count = 0;
  const auto* interactions = std::get_if<InteractionSet>(&set);
  if (interactions != nullptr && interactions->filter == nullptr) {
    const World& world = *evaluation.world;
    for (RecordNumber record :
         world.customers->RecordsOf(evaluation.customer)) {
      for (uint32_t type : interactions->types) {
        count += static_cast<int64_t>(world.timeline->Count(
            record, type,
            {interactions->from_us, interactions->until_us,
             evaluation.now_us}));
      }
    }
    return count;
  }
  const Datum status = ForEachIn(evaluation, set, [&](const Datum&) {
    ++count;
    return true;
  });
  return IsFailure(status) ? status : count;
}

// Adds integers and amounts exactly and says at the end whether the sum fits,
// so that the order of the terms does not matter.
[[gnu::noinline]] Datum Sum(Evaluation& evaluation, const Node& node,
                            const Datum& set) {
  absl::int128 whole = 0;
  double real = 0;
  Currency currency;
  Datum failed = true;
  const Datum status = ForEachIn(evaluation, set, [&](const Datum& value) {
    evaluation.variables[node.slot] = value;
    const Datum term = Evaluate(evaluation, *node.args[1]);
    if (IsFailure(term)) {
      Keep(failed, term);
    } else if (const auto* number = std::get_if<double>(&term)) {
      real += *number;
    } else if (const auto* integer = std::get_if<int64_t>(&term)) {
      whole += *integer;
    } else {
      const Money& money = std::get<Money>(term);
      if (currency && money.currency && money.currency != currency) {
        Keep(failed, Failure{Failure::Reason::kCurrencies, &node, currency,
                             money.currency});
      }
      if (!currency) currency = money.currency;
      whole += money.minor;
    }
    return true;
  });
  if (IsFailure(status)) Keep(failed, status);
  if (IsFailure(failed)) return failed;
  if (node.type.kind == Kind::kDouble) return real;
  if (whole > std::numeric_limits<int64_t>::max() ||
      whole < std::numeric_limits<int64_t>::min()) {
    return Fail(Failure::Reason::kOverflow, node);
  }
  const auto sum = static_cast<int64_t>(whole);
  if (node.type.kind == Kind::kInt) return sum;
  return Money{sum, currency};
}

[[gnu::noinline]] Datum Exists(Evaluation& evaluation, const Node& node,
                               const Datum& set) {
  Datum result = false;
  const Datum status = ForEachIn(evaluation, set, [&](const Datum& value) {
    // As in CEL: one that holds decides, whatever fails beside it.
    if (!IsFailure(result) && std::get<bool>(result)) return false;
    evaluation.variables[node.slot] = value;
    const Datum holds = Evaluate(evaluation, *node.args[1]);
    if (IsFailure(holds)) {
      Keep(result, holds);
    } else if (std::get<bool>(holds)) {
      result = true;
      return false;
    }
    return true;
  });
  // But a set that cannot be told is no set.
  if (IsFailure(status)) Keep(result, status);
  return result;
}

[[gnu::noinline]] Datum Where(Evaluation& evaluation, const Node& node,
                              Datum set) {
  const auto extend = [&](const Filter*& filter) {
    evaluation.filters.push_front({node.args[1].get(), node.slot, filter});
    filter = &evaluation.filters.front();
  };
  if (auto* interactions = std::get_if<InteractionSet>(&set)) {
    extend(interactions->filter);
  } else {
    extend(std::get<LineSet>(set).filter);
  }
  return set;
}

// As in CEL, what decides wins over what fails: true for ||, false for &&.
[[gnu::noinline]] Datum Logic(Evaluation& evaluation, const Node& node,
                              bool deciding) {
  Datum result = !deciding;
  for (const auto& arg : node.args) {
    Datum value = Evaluate(evaluation, *arg);
    if (IsFailure(value)) {
      Keep(result, value);
    } else if (std::get<bool>(value) == deciding) {
      return deciding;
    }
  }
  return result;
}

[[gnu::noinline]] Datum Call(Evaluation& evaluation, const Node& node) {
  absl::InlinedVector<Datum, 4> args;
  for (const auto& arg : node.args) {
    args.push_back(Evaluate(evaluation, *arg));
    if (IsFailure(args.back())) return args.back();
  }
  return node.evaluator(evaluation, {args.data(), args.size()});
}

// As in CEL, by equality: an item that equals decides, whatever fails beside
// it.
[[gnu::noinline]] Datum In(Evaluation& evaluation, const Node& node) {
  const Datum wanted = Evaluate(evaluation, *node.args[0]);
  if (IsFailure(wanted)) return wanted;
  Datum result = false;
  for (const auto& item : node.args[1]->args) {
    const Datum candidate = Evaluate(evaluation, *item);
    if (IsFailure(candidate)) return candidate;
    if (const auto* money = std::get_if<Money>(&wanted)) {
      if (auto clash = CurrencyClash(*money, std::get<Money>(candidate), node);
          !clash.empty()) {
        Keep(result, clash[0]);
        continue;
      }
    }
    if (Compare(wanted, candidate) == 0) return true;
  }
  return result;
}

// Whether the interaction has the field.
Datum HasField(const Node& node, const Datum& owner) {
  return std::get<InteractionRef>(owner).FindField(node.number).has_value();
}

}  // namespace

Datum Evaluate(Evaluation& evaluation, const Node& node) {
  switch (node.op) {
    case Op::kLiteral:
      return node.literal;
    case Op::kVariable:
      return evaluation.variables[node.slot];
    case Op::kNow:
      return Timestamp{evaluation.now_us};
    case Op::kAttribute: {
      const AttributeVersion* version =
          evaluation.world->customers->AttributeAt(
              evaluation.customer, node.number, evaluation.now_us);
      if (version == nullptr) return Fail(Failure::Reason::kAbsent, node);
      return ToDatum(version->value);
    }
    case Op::kHasAttribute:
      return evaluation.world->customers->AttributeAt(
                 evaluation.customer, node.number, evaluation.now_us) !=
             nullptr;
    case Op::kCall:
      return Call(evaluation, node);
    case Op::kAnd:
      return Logic(evaluation, node, false);
    case Op::kOr:
      return Logic(evaluation, node, true);
    case Op::kIn:
      return In(evaluation, node);
    default:
      break;
  }
  // The rest begins with the value of its first part.
  if (node.args.empty()) return Fail(Failure::Reason::kAbsent, node);
  Datum first = Evaluate(evaluation, *node.args[0]);
  if (IsFailure(first)) return first;
  switch (node.op) {
    case Op::kMember:
      return MemberOf(evaluation, node, first);
    case Op::kHasField:
      return HasField(node, first);
    case Op::kNot:
      return !std::get<bool>(first);
    case Op::kNegate:
      if (const auto* number = std::get_if<double>(&first)) return -*number;
      if (const auto* money = std::get_if<Money>(&first)) {
        Money result{0, money->currency};
        if (__builtin_sub_overflow(int64_t{0}, money->minor, &result.minor)) {
          return Fail(Failure::Reason::kOverflow, node);
        }
        return result;
      } else {
        int64_t result;
        if (__builtin_sub_overflow(int64_t{0}, std::get<int64_t>(first),
                                   &result)) {
          return Fail(Failure::Reason::kOverflow, node);
        }
        return result;
      }
    case Op::kConditional:
      return Evaluate(evaluation, *node.args[std::get<bool>(first) ? 1 : 2]);
    case Op::kCount:
      return Count(evaluation, first);
    case Op::kSum:
      return Sum(evaluation, node, first);
    case Op::kExists:
      return Exists(evaluation, node, first);
    case Op::kWhere:
      return Where(evaluation, node, first);
    default:
      break;
  }
  const Datum second = Evaluate(evaluation, *node.args[1]);
  if (IsFailure(second)) return second;
  switch (node.op) {
    case Op::kAdd:
    case Op::kSubtract:
      return Add(evaluation, node, first, second);
    case Op::kMultiply:
      return Multiply(node, first, second);
    case Op::kDivide:
    case Op::kModulo:
      return Divide(node, first, second);
    default:
      return Compared(node, first, second);
  }
}

}  // namespace trato::core
