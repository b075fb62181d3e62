// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/sets.h"

#include <algorithm>
#include <compare>
#include <limits>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/numeric/int128.h"
#include "base/calendar.h"
#include "expression/changes.h"
#include "expression/operators.h"

namespace trato::core {
namespace {

using Reason = Failure::Reason;

// Runs the body for one element. What it makes on the way goes again.
Datum Body(Evaluation& evaluation, const Node& body) {
  const Arena::Mark mark = evaluation.arena.mark();
  Datum value = Evaluate(evaluation, body);
  const Kind kind = KindOf(value);
  if (kind != Kind::kString && kind != Kind::kBytes) {
    evaluation.arena.Release(mark);
  }
  return value;
}

bool Completes(const Filter& filter, int64_t at_us) {
  const auto after =
      std::lower_bound(filter.before.begin(), filter.before.end(), at_us);
  if (after == filter.before.begin()) return false;
  const int64_t last_us = *std::prev(after);
  if (filter.span != nullptr &&
      last_us <= Subtract(at_us, *filter.span, filter.zone)) {
    return false;
  }
  const auto between =
      std::upper_bound(filter.without.begin(), filter.without.end(), last_us);
  return between == filter.without.end() || *between >= at_us;
}

// Whether all conditions hold for the variable's value; a Failure when one
// cannot be told.
Datum Passes(Evaluation& evaluation, const Filter* filter, const Datum& value) {
  // The innermost condition was asked for last; they run in the order written.
  if (filter == nullptr) return true;
  Datum before = Passes(evaluation, filter->rest, value);
  if (IsFailure(before) || !std::get<bool>(before)) return before;
  if (filter->body == nullptr) {
    return Completes(*filter, std::get<InteractionRef>(value).at_us());
  }
  evaluation.variables[filter->slot] = value;
  Datum held = Body(evaluation, *filter->body);
  if (IsFailure(held) || std::holds_alternative<bool>(held)) return held;
  return Fail(Reason::kOverload, filter->body);
}

// The same as ForEachOf, and when the set changes: what is not in it does not
// matter until it comes.
template <typename Visit>
bool ForEachAndChanges(Evaluation& evaluation, const InteractionSet& set,
                       RecordNumber record, Datum& result, Visit& visit) {
  ChangeBound& bound = *evaluation.bound;
  const bool departures = set.ends != nullptr && !bound.ignores_departures;
  int64_t first_us = kNever;
  bool all = true;
  for (uint32_t type : set.types) {
    BoundArrivals(evaluation, set, record, type);
    const Window window = {set.from_us, set.until_us, evaluation.now_us};
    all = evaluation.world->timeline->ForEach(
        record, type, window, [&](const InteractionRef& it) {
          if (set.filter != nullptr) {
            const Datum passes = Passes(evaluation, set.filter, it);
            if (IsFailure(passes)) {
              first_us = std::min(first_us, it.at_us());
              // Who ignores departures counts on there being no failure.
              if (set.ends != nullptr && !departures) {
                bound.NotAfter(DepartureFrom(evaluation, set, it.at_us()));
              }
              Keep(result, passes);
              return true;
            }
            if (!std::get<bool>(passes)) return true;
          }
          first_us = std::min(first_us, it.at_us());
          return visit(Datum(it)) || set.filter != nullptr;
        });
    if (!all) break;
  }
  if (departures && first_us != kNever) {
    bound.NotAfter(DepartureFrom(evaluation, set, first_us));
  }
  return all;
}

// Calls `visit(value)` for each interaction of the set that the record has;
// false when it ended early. `result` keeps why a condition failed.
template <typename Visit>
bool ForEachOf(Evaluation& evaluation, const InteractionSet& set,
               RecordNumber record, Datum& result, Visit& visit) {
  if (evaluation.bound != nullptr) {
    return ForEachAndChanges(evaluation, set, record, result, visit);
  }
  for (uint32_t type : set.types) {
    const Window window = {set.from_us, set.until_us, evaluation.now_us};
    const bool all = evaluation.world->timeline->ForEach(
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
    if (!all) return false;
  }
  return true;
}

// Calls `visit(value)` for each interaction of the set. A Failure when a
// condition of the set fails for any, otherwise true.
template <typename Visit>
Datum ForEach(Evaluation& evaluation, const InteractionSet& set, Visit visit) {
  Datum result = true;
  // Of nothing nobody is asked: there may be no customer yet.
  if (set.types.empty()) return result;
  // Records by id and types by name within a record: an order that no
  // arrival changes, so that sums of doubles are the same everywhere.
  for (RecordNumber record :
       evaluation.world->customers->RecordsOf(evaluation.customer)) {
    if (!ForEachOf(evaluation, set, record, result, visit)) break;
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
  if (const auto* interactions = std::get_if<const InteractionSet*>(&set)) {
    return ForEach(evaluation, **interactions, visit);
  }
  return ForEach(evaluation, *std::get<const LineSet*>(set), visit);
}

// When the first of an unfiltered set leaves.
void BoundFirst(Evaluation& evaluation, const InteractionSet& set,
                RecordNumber record, uint32_t type) {
  evaluation.world->timeline->ForEach(
      record, type, {set.from_us, set.until_us, evaluation.now_us},
      [&](const InteractionRef& it) {
        evaluation.bound->NotAfter(DepartureFrom(evaluation, set, it.at_us()));
        return false;
      });
}

[[gnu::noinline]] Datum Count(Evaluation& evaluation, const Datum& set) {
  int64_t count = 0;
  const auto* interactions = std::get_if<const InteractionSet*>(&set);
  if (interactions != nullptr && (*interactions)->filter == nullptr) {
    const InteractionSet& all = **interactions;
    const World& world = *evaluation.world;
    const bool departs = evaluation.bound != nullptr &&
                         !evaluation.bound->ignores_departures &&
                         all.ends != nullptr;
    for (RecordNumber record :
         world.customers->RecordsOf(evaluation.customer)) {
      for (uint32_t type : all.types) {
        if (evaluation.bound != nullptr) {
          BoundArrivals(evaluation, all, record, type);
          if (departs) BoundFirst(evaluation, all, record, type);
        }
        count += static_cast<int64_t>(world.timeline->Count(
            record, type, {all.from_us, all.until_us, evaluation.now_us}));
      }
    }
    return count;
  }
  const Datum status = ForEachIn(evaluation, set, [&](const Datum&) {
    ++count;
    return true;
  });
  return IsFailure(status) ? status : Datum(count);
}

// Calls `take(value)` with what the node's body is worth for each element. A
// Failure when that fails for any, otherwise true: a set is asked as a whole.
template <typename Take>
Datum ForEachValue(Evaluation& evaluation, const Node& node, const Datum& set,
                   Take take) {
  Datum failed = true;
  const Datum status = ForEachIn(evaluation, set, [&](const Datum& element) {
    evaluation.variables[node.slot] = element;
    const Datum value = Body(evaluation, *node.args[1]);
    if (IsFailure(value)) {
      Keep(failed, value);
    } else {
      take(value, failed);
    }
    return true;
  });
  if (IsFailure(status)) Keep(failed, status);
  return failed;
}

// Adds whole numbers and amounts exactly and says at the end whether the sum
// fits, so that the order of the terms does not matter.
struct Total {
  absl::int128 whole = 0;
  double real = 0;
  int64_t count = 0;
  Currency currency;

  // A Failure when it cannot be added.
  void Add(const Node& node, const Datum& value, Datum& failed) {
    ++count;
    if (const auto* number = std::get_if<double>(&value)) {
      real += *number;
    } else if (const auto* integer = std::get_if<int64_t>(&value)) {
      whole += *integer;
    } else if (const auto* natural = std::get_if<uint64_t>(&value)) {
      whole += *natural;
    } else if (const auto* duration = std::get_if<Duration>(&value)) {
      whole += duration->us;
    } else if (const auto* money = std::get_if<Money>(&value)) {
      if (currency && money->currency && money->currency != currency) {
        Keep(failed,
             Failure{Reason::kCurrencies, &node, currency, money->currency});
      }
      if (!currency) currency = money->currency;
      whole += money->minor;
    } else {
      Keep(failed, Fail(Reason::kOverload, node));
    }
  }
};

template <typename T>
bool FitsIn(absl::int128 value) {
  return value <= std::numeric_limits<T>::max() &&
         value >= std::numeric_limits<T>::min();
}

[[gnu::noinline]] Datum Sum(Evaluation& evaluation, const Node& node,
                            const Datum& set) {
  Total total;
  const Datum failed = ForEachValue(
      evaluation, node, set,
      [&](const Datum& value, Datum& keep) { total.Add(node, value, keep); });
  if (IsFailure(failed)) return failed;
  const Kind kind = node.type.kind();
  if (kind == Kind::kDouble) return total.real;
  if (kind == Kind::kUint) {
    if (!FitsIn<uint64_t>(total.whole)) return Fail(Reason::kOverflow, node);
    return static_cast<uint64_t>(total.whole);
  }
  if (!FitsIn<int64_t>(total.whole)) return Fail(Reason::kOverflow, node);
  const auto sum = static_cast<int64_t>(total.whole);
  if (kind == Kind::kInt) return sum;
  if (kind == Kind::kDuration) return Duration{sum};
  return Money{sum, total.currency};
}

// The sum, exact, divided once; money half away from zero.
[[gnu::noinline]] Datum Average(Evaluation& evaluation, const Node& node,
                                const Datum& set) {
  Total total;
  const Datum failed = ForEachValue(
      evaluation, node, set,
      [&](const Datum& value, Datum& keep) { total.Add(node, value, keep); });
  if (IsFailure(failed)) return failed;
  if (total.count == 0) return Fail(Reason::kAbsent, node);
  const auto count = static_cast<double>(total.count);
  if (node.args[1]->type.is(Kind::kDouble)) return total.real / count;
  if (node.type.is(Kind::kDouble)) {
    return static_cast<double>(total.whole) / count;
  }
  const absl::int128 twice = total.whole * 2;
  const absl::int128 half =
      twice < 0 ? twice - total.count : twice + total.count;
  const auto rounded = static_cast<int64_t>(half / (total.count * 2));
  if (node.type.is(Kind::kDuration)) return Duration{rounded};
  return Money{rounded, total.currency};
}

// What is kept beyond the element that it came from.
Datum Kept(Evaluation& evaluation, const Node& node, const Datum& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    Datum copy = MakeText(evaluation, *text);
    return IsFailure(copy) ? Fail(Reason::kText, node) : copy;
  }
  if (const auto* bytes = std::get_if<Bytes>(&value)) {
    if (!evaluation.MayMake(bytes->data.size())) {
      return Fail(Reason::kText, node);
    }
    return Bytes{evaluation.arena.Copy(bytes->data)};
  }
  return value;
}

[[gnu::noinline]] Datum MinOrMax(Evaluation& evaluation, const Node& node,
                                 const Datum& set) {
  const bool is_max = node.op == Op::kMax;
  Datum best = Fail(Reason::kAbsent, node);
  bool found = false;
  const Datum failed =
      ForEachValue(evaluation, node, set, [&](const Datum& value, Datum& keep) {
        if (found) {
          const auto* money = std::get_if<Money>(&value);
          const auto* other = std::get_if<Money>(&best);
          if (money != nullptr && other != nullptr && money->currency &&
              other->currency && money->currency != other->currency) {
            Keep(keep, Failure{Reason::kCurrencies, &node, other->currency,
                               money->currency});
            return;
          }
          const auto order = Order(value, best);
          if (!order) {
            Keep(keep, Fail(Reason::kOverload, node));
            return;
          }
          // Not a number neither is less nor more; one alone stays.
          if (is_max ? !(*order > 0) : !(*order < 0)) return;
        }
        const Datum kept = Kept(evaluation, node, value);
        if (IsFailure(kept)) {
          Keep(keep, kept);
          return;
        }
        found = true;
        best = kept;
      });
  return IsFailure(failed) ? failed : best;
}

// Before in the order of a list without duplicates; not-a-number comes last.
bool Before(const Datum& a, const Datum& b) {
  const auto is_nan = [](const Datum& it) {
    const auto* real = std::get_if<double>(&it);
    return real != nullptr && *real != *real;
  };
  if (is_nan(a) || is_nan(b)) return !is_nan(a) && is_nan(b);
  const auto order = Order(a, b);
  return order && *order < 0;
}

[[gnu::noinline]] Datum Distinct(Evaluation& evaluation, const Node& node,
                                 const Datum& set) {
  std::vector<Datum> values;
  size_t sorted = 0;
  const auto tidy = [&] {
    std::sort(values.begin(), values.end(), Before);
    values.erase(std::unique(values.begin(), values.end(),
                             [](const Datum& a, const Datum& b) {
                               return !Before(a, b) && !Before(b, a);
                             }),
                 values.end());
    sorted = values.size();
  };
  const Datum failed =
      ForEachValue(evaluation, node, set, [&](const Datum& value, Datum& keep) {
        // Names of the store stay; other text is copied, once for each value
        // that is seen again and again.
        if (std::binary_search(values.begin(),
                               values.begin() + static_cast<ptrdiff_t>(sorted),
                               value, Before)) {
          return;
        }
        const Datum kept = Kept(evaluation, node, value);
        if (IsFailure(kept)) {
          Keep(keep, kept);
          return;
        }
        values.push_back(kept);
        if (values.size() >= 2 * sorted + 16) tidy();
      });
  if (IsFailure(failed)) return failed;
  tidy();
  if (!evaluation.MayMake(values.size() * sizeof(Datum))) {
    return Fail(Reason::kText, node);
  }
  std::span<Datum> items = evaluation.arena.NewArray<Datum>(values.size());
  std::copy(values.begin(), values.end(), items.begin());
  return static_cast<const ListValue*>(evaluation.arena.New(ListValue{items}));
}

// ExistsOrAll, and until when: while one of those that decide is there and
// stays what it is, or else while none comes to.
Datum ExistsAndChanges(Evaluation& evaluation, const Node& node,
                       const InteractionSet& set) {
  const bool deciding = node.op == Op::kExists;
  ChangeBound& bound = *evaluation.bound;
  const int64_t outer_us = std::exchange(bound.until_us, kNever);
  const bool ignored = std::exchange(bound.ignores_departures, true);
  int64_t all_us = kNever;
  int64_t decided_us = std::numeric_limits<int64_t>::min();
  bool decided = false;
  Datum result = !deciding;
  const Datum status = ForEach(evaluation, set, [&](const Datum& element) {
    const int64_t at_us = std::get<InteractionRef>(element).at_us();
    Datum held = deciding;
    // What the set itself says is no matter of this one.
    const int64_t set_us = std::exchange(bound.until_us, kNever);
    if (node.args.size() > 1) {
      evaluation.variables[node.slot] = element;
      held = Body(evaluation, *node.args[1]);
    }
    const auto* known = std::get_if<bool>(&held);
    const bool decides = known != nullptr && *known == deciding;
    if (decides || known == nullptr) {
      bound.NotAfter(DepartureFrom(evaluation, set, at_us));
    }
    if (decides) {
      decided = true;
      decided_us = std::max(decided_us, bound.until_us);
    } else {
      all_us = std::min(all_us, bound.until_us);
    }
    if (known == nullptr) {
      Keep(result, IsFailure(held) ? held : Fail(Reason::kOverload, node));
    }
    bound.until_us = set_us;
    return true;
  });
  const int64_t set_us = std::exchange(bound.until_us, outer_us);
  bound.ignores_departures = ignored;
  if (decided) result = deciding;
  for (RecordNumber record :
       evaluation.world->customers->RecordsOf(evaluation.customer)) {
    // What decides may be taken back.
    bound.NotAfter(
        evaluation.world->timeline->NextAmendment(record, evaluation.now_us));
  }
  if (decided && !IsFailure(status)) {
    // A condition of the set that comes to fail would make all of it fail.
    if (set.filter == nullptr) {
      bound.NotAfter(decided_us);
    } else {
      bound.NotAfter(std::min(decided_us, set_us));
    }
  } else {
    bound.NotAfter(std::min({all_us, set_us, decided ? decided_us : kNever}));
  }
  if (IsFailure(status)) Keep(result, status);
  return result;
}

// One for which the condition is `deciding` decides; what fails otherwise makes
// the result fail, but not where the set itself does.
[[gnu::noinline]] Datum ExistsOrAll(Evaluation& evaluation, const Node& node,
                                    const Datum& set) {
  if (evaluation.bound != nullptr) {
    if (const auto* it = std::get_if<const InteractionSet*>(&set)) {
      return ExistsAndChanges(evaluation, node, **it);
    }
  }
  const bool deciding = node.op == Op::kExists;
  Datum result = !deciding;
  bool decided = false;
  const Datum status = ForEachIn(evaluation, set, [&](const Datum& element) {
    if (decided) return false;
    if (node.args.size() == 1) {
      decided = true;
      return false;
    }
    evaluation.variables[node.slot] = element;
    const Datum held = Body(evaluation, *node.args[1]);
    if (const auto* known = std::get_if<bool>(&held)) {
      decided = *known == deciding;
    } else {
      Keep(result, IsFailure(held) ? held : Fail(Reason::kOverload, node));
    }
    return !decided;
  });
  if (decided) result = deciding;
  if (IsFailure(status)) Keep(result, status);
  return result;
}

[[gnu::noinline]] Datum ExistsOne(Evaluation& evaluation, const Node& node,
                                  const Datum& set) {
  int64_t count = 0;
  const Datum failed =
      ForEachValue(evaluation, node, set, [&](const Datum& value, Datum& keep) {
        if (const auto* held = std::get_if<bool>(&value)) {
          count += *held;
        } else {
          Keep(keep, Fail(Reason::kOverload, node));
        }
      });
  return IsFailure(failed) ? failed : Datum(count == 1);
}

[[gnu::noinline]] Datum Where(Evaluation& evaluation, const Node& node,
                              const Datum& set) {
  const auto narrowed = [&](auto copy) {
    Filter filter;
    filter.body = node.args[1].get();
    filter.slot = node.slot;
    filter.rest = copy.filter;
    copy.filter = evaluation.arena.New(filter);
    using Set = decltype(copy);
    return static_cast<const Set*>(evaluation.arena.New(copy));
  };
  if (const auto* interactions = std::get_if<const InteractionSet*>(&set)) {
    return narrowed(**interactions);
  }
  return narrowed(*std::get<const LineSet*>(set));
}

// Sorted.
Datum TimesOf(Evaluation& evaluation, const InteractionSet& set,
              std::span<const int64_t>& out) {
  std::vector<int64_t> times;
  const Datum status = ForEach(evaluation, set, [&](const Datum& value) {
    times.push_back(std::get<InteractionRef>(value).at_us());
    return true;
  });
  if (IsFailure(status)) return status;
  std::sort(times.begin(), times.end());
  if (!evaluation.MayMake(times.size() * sizeof(int64_t))) {
    return Fail(Reason::kText);
  }
  std::span<int64_t> kept = evaluation.arena.NewArray<int64_t>(times.size());
  std::copy(times.begin(), times.end(), kept.begin());
  out = kept;
  return true;
}

}  // namespace

bool CollectValues(Evaluation& evaluation, const Node& node,
                   const InteractionSet& set, std::vector<WindowValue>& out) {
  bool simple = true;
  const Datum status = ForEach(evaluation, set, [&](const Datum& element) {
    WindowValue value = {std::get<InteractionRef>(element).at_us(), 1, {}};
    if (node.op != Op::kCount) {
      evaluation.variables[node.slot] = element;
      const Datum added = Body(evaluation, *node.args[1]);
      if (const auto* money = std::get_if<Money>(&added)) {
        value.value = money->minor;
        value.currency = money->currency;
      } else if (const auto* whole = std::get_if<int64_t>(&added)) {
        value.value = *whole;
      } else if (const auto* length = std::get_if<Duration>(&added)) {
        value.value = length->us;
      } else if (const auto* natural = std::get_if<uint64_t>(&added);
                 natural != nullptr && *natural <= uint64_t{INT64_MAX}) {
        value.value = static_cast<int64_t>(*natural);
      } else {
        simple = false;
      }
    }
    out.push_back(value);
    return true;
  });
  return simple && !IsFailure(status);
}

bool CollectDistinct(Evaluation& evaluation, const Node& node,
                     const InteractionSet& set,
                     std::vector<WindowValue>& out) {
  struct Seen {
    Datum value;
    int64_t at_us;
  };
  std::vector<Seen> seen;
  bool simple = true;
  // What is made here counts for nothing that is evaluated afterwards.
  const Arena::Mark mark = evaluation.arena.mark();
  const int64_t steps = evaluation.nesting->steps;
  const Datum status = ForEach(evaluation, set, [&](const Datum& element) {
    evaluation.variables[node.slot] = element;
    const Datum value = Body(evaluation, *node.args[1]);
    const Datum kept =
        IsFailure(value) ? value : Kept(evaluation, node, value);
    simple = simple && !IsFailure(kept);
    if (simple) {
      seen.push_back({kept, std::get<InteractionRef>(element).at_us()});
    }
    return simple;
  });
  simple = simple && !IsFailure(status);
  if (!simple) seen.clear();
  // Of equal ones the last comes first.
  std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) {
    if (Before(a.value, b.value)) return true;
    if (Before(b.value, a.value)) return false;
    return a.at_us > b.at_us;
  });
  for (size_t i = 0; i < seen.size(); ++i) {
    if (i > 0 && !Before(seen[i - 1].value, seen[i].value)) continue;
    out.push_back({seen[i].at_us, 1, {}});
  }
  evaluation.arena.Release(mark);
  evaluation.nesting->steps = steps;
  return simple;
}

Datum ForEachInteractionOf(
    Evaluation& evaluation, const InteractionSet& set, RecordNumber record,
    const std::function<bool(const InteractionRef&)>& visit) {
  Datum result = true;
  const auto each = [&](const Datum& value) {
    return visit(std::get<InteractionRef>(value));
  };
  ForEachOf(evaluation, set, record, result, each);
  return result;
}

Datum FirstOrLast(Evaluation& evaluation, const Node* node,
                  const InteractionSet& set, bool last) {
  // Two passes: the instant, then what lies at it.
  std::optional<int64_t> best_us;
  ChangeBound* const bound = evaluation.bound;
  const bool ignored =
      bound != nullptr && std::exchange(bound->ignores_departures, true);
  const Datum status = ForEach(evaluation, set, [&](const Datum& value) {
    const int64_t at_us = std::get<InteractionRef>(value).at_us();
    if (!best_us || (last ? at_us > *best_us : at_us < *best_us)) {
      best_us = at_us;
    }
    return true;
  });
  if (bound != nullptr) {
    bound->ignores_departures = ignored;
    if (best_us) bound->NotAfter(DepartureFrom(evaluation, set, *best_us));
  }
  if (IsFailure(status)) return status;
  if (!best_us) return Fail(Reason::kAbsent, node);
  const World& world = *evaluation.world;
  const Interner& names = *world.names;
  struct Candidate {
    RecordNumber record;
    InteractionRef it;
  };
  std::optional<Candidate> best;
  const auto comes_before = [&](const Candidate& a, const Candidate& b) {
    const auto order = names.Text(a.it.source()) <=> names.Text(b.it.source());
    if (order != 0) return order < 0;
    return world.timeline->IdOf(a.record, a.it) <
           world.timeline->IdOf(b.record, b.it);
  };
  // A thread's last one again: a match makes no memory. What is asked within a
  // filter finds none there, and makes its own.
  thread_local std::vector<InteractionRef> spare;
  std::vector<InteractionRef> found = std::move(spare);
  const absl::Cleanup give_back = [&] { spare = std::move(found); };
  for (RecordNumber record : world.customers->RecordsOf(evaluation.customer)) {
    for (uint32_t type : set.types) {
      found.clear();
      world.timeline->Collect(record, type,
                              {*best_us - 1, *best_us, evaluation.now_us},
                              found, evaluation.pins);
      for (const InteractionRef& it : found) {
        const Datum passes = Passes(evaluation, set.filter, it);
        if (!std::get<bool>(passes)) continue;
        const Candidate candidate = {record, it};
        if (!best || (last ? comes_before(*best, candidate)
                           : comes_before(candidate, *best))) {
          best = candidate;
        }
      }
    }
  }
  if (!best) return Fail(Reason::kAbsent, node);
  return best->it;
}

Datum Then(Evaluation& evaluation, const InteractionSet& before,
           const InteractionSet& next, const Span* span, absl::TimeZone zone) {
  Filter filter;
  const Datum status = TimesOf(evaluation, before, filter.before);
  if (IsFailure(status)) return status;
  filter.span = span;
  filter.zone = zone;
  filter.rest = next.filter;
  InteractionSet set = next;
  set.filter = evaluation.arena.New(filter);
  return static_cast<const InteractionSet*>(evaluation.arena.New(set));
}

Datum Without(Evaluation& evaluation, const InteractionSet& sequence,
              const InteractionSet& between) {
  Filter filter = *sequence.filter;
  std::span<const int64_t> times;
  const Datum status = TimesOf(evaluation, between, times);
  if (IsFailure(status)) return status;
  std::span<int64_t> all =
      evaluation.arena.NewArray<int64_t>(filter.without.size() + times.size());
  std::merge(filter.without.begin(), filter.without.end(), times.begin(),
             times.end(), all.begin());
  filter.without = all;
  InteractionSet set = sequence;
  set.filter = evaluation.arena.New(filter);
  return static_cast<const InteractionSet*>(evaluation.arena.New(set));
}

Datum AskOfSet(Evaluation& evaluation, const Node& node, const Datum& set) {
  switch (node.op) {
    case Op::kCount:
      return Count(evaluation, set);
    case Op::kSum:
      return Sum(evaluation, node, set);
    case Op::kAverage:
      return Average(evaluation, node, set);
    case Op::kMin:
    case Op::kMax:
      return MinOrMax(evaluation, node, set);
    case Op::kDistinct:
      return Distinct(evaluation, node, set);
    case Op::kFirst:
    case Op::kLast:
      return FirstOrLast(evaluation, &node,
                         *std::get<const InteractionSet*>(set),
                         node.op == Op::kLast);
    case Op::kExists:
    case Op::kAll:
      return ExistsOrAll(evaluation, node, set);
    case Op::kExistsOne:
      return ExistsOne(evaluation, node, set);
    default:
      return Where(evaluation, node, set);
  }
}

}  // namespace trato::core
