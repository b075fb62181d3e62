// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the language adds to CEL: a customer's interactions, sequences of them,
// money.

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "base/strings.h"
#include "expression/plain_function.h"
#include "expression/sets.h"

namespace trato::core {
namespace {

using Args = std::span<const Datum>;

const InteractionSet& SetOf(const Datum& datum) {
  return *std::get<const InteractionSet*>(datum);
}

Datum Made(Evaluation& evaluation, const InteractionSet& set) {
  return static_cast<const InteractionSet*>(evaluation.arena.New(set));
}

void AddEnd(Evaluation& evaluation, MovingEnd end, InteractionSet& set) {
  end.rest = set.ends;
  set.ends = evaluation.arena.New(end);
}

// interactions("purchase", "return"): the customer's interactions of these
// types up to now.
Function InteractionsFunction() {
  Function function;
  function.name = "interactions";
  function.parameters = {Kind::kString};
  function.repeats = true;
  function.wants_literals = true;
  function.result = Kind::kInteractions;
  function.compile = [](const CompileContext& context,
                        std::span<const Datum> literals,
                        Reads& reads) -> absl::StatusOr<Evaluator> {
    auto types = std::make_shared<std::vector<uint32_t>>();
    for (uint32_t i = 0; i < literals.size(); ++i) {
      const absl::Status known = context.schema->CheckInteractionType(
          "interactions", TextOf(literals[i]));
      if (!known.ok()) return AboutLiteral(known, i);
      const std::string_view name = context.schema->Stored(
          DefinitionKind::kInteractionType, TextOf(literals[i]));
      reads.interaction_types.emplace(name);
      // Every defined type is interned.
      if (auto number = context.names->Find(name)) types->push_back(*number);
    }
    // By name: numbers follow the order in which things were defined.
    std::sort(types->begin(), types->end(), [&](uint32_t a, uint32_t b) {
      return context.names->Text(a) < context.names->Text(b);
    });
    types->erase(std::unique(types->begin(), types->end()), types->end());
    return Evaluator([types](Evaluation& evaluation, Args) {
      InteractionSet set;
      set.types = *types;
      set.until_us = evaluation.now_us;
      return Made(evaluation, set);
    });
  };
  return function;
}

// within("90d"): those after (now - span), counted back in the store's zone.
Function WithinFunction() {
  Function function;
  function.name = "within";
  function.is_method = true;
  function.parameters = {Kind::kInteractions, Kind::kString};
  function.wants_literals = true;
  function.result = Kind::kInteractions;
  function.compile = [](const CompileContext& context,
                        std::span<const Datum> literals,
                        Reads&) -> absl::StatusOr<Evaluator> {
    TRATO_ASSIGN_OR_RETURN(Span span, ParseSpan(TextOf(literals[0])));
    auto kept = std::make_shared<const Span>(span);
    const absl::TimeZone zone = context.zone;
    return Evaluator([kept, zone](Evaluation& evaluation, Args args) {
      InteractionSet set = SetOf(args[0]);
      const int64_t from_us = Subtract(evaluation.now_us, *kept, zone);
      set.from_us = std::max(set.from_us, from_us);
      if (evaluation.bound != nullptr) {
        AddEnd(evaluation, {kept.get(), zone, from_us, false, nullptr}, set);
      }
      return Made(evaluation, set);
    });
  };
  return function;
}

// within(duration): those after (now - duration).
Datum WithinDuration(Evaluation& evaluation, Args args) {
  InteractionSet set = SetOf(args[0]);
  int64_t from_us;
  if (__builtin_sub_overflow(evaluation.now_us, std::get<Duration>(args[1]).us,
                             &from_us)) {
    return Fail(Failure::Reason::kOverflow);
  }
  set.from_us = std::max(set.from_us, from_us);
  if (evaluation.bound != nullptr) {
    AddEnd(evaluation, {nullptr, {}, from_us, false, nullptr}, set);
  }
  return Made(evaluation, set);
}

// between(a, b): those from a on and before b.
Datum Between(Evaluation& evaluation, Args args) {
  InteractionSet set = SetOf(args[0]);
  set.from_us = std::max(set.from_us, std::get<Timestamp>(args[1]).us - 1);
  set.until_us = std::min(set.until_us, std::get<Timestamp>(args[2]).us - 1);
  if (const ChangeBound* bound = evaluation.bound; bound != nullptr) {
    for (size_t i : {1, 2}) {
      if (bound->call->args[i]->slope != 1) continue;
      AddEnd(evaluation,
             {nullptr, {}, std::get<Timestamp>(args[i]).us - 1, i == 2, nullptr},
             set);
    }
  }
  // An empty window, rather than one that ends before it begins.
  set.until_us = std::max(set.until_us, set.from_us);
  return Made(evaluation, set);
}

// recency(): how long ago the last one was.
Datum Recency(Evaluation& evaluation, Args args) {
  Datum last = FirstOrLast(evaluation, nullptr, SetOf(args[0]), true);
  if (IsFailure(last)) return last;
  return Duration{evaluation.now_us - std::get<InteractionRef>(last).at_us()};
}

// Not pure: what it gives depends on the customer.
Function OfCustomer(std::string name, bool is_method,
                    std::vector<Type> parameters, Type result,
                    Datum (*code)(Evaluation&, Args)) {
  Function function = MakingFunction(std::move(name), is_method,
                                     std::move(parameters), result, code);
  function.is_pure = false;
  return function;
}

// sequence.then(interactions, "1d"): the step within the span of the one
// before, counted back from the later one.
Function ThenWithinFunction() {
  Function function;
  function.name = "then";
  function.is_method = true;
  function.parameters = {Kind::kSequence, Kind::kInteractions, Kind::kString};
  function.wants_literals = true;
  function.first_literal = 1;
  function.result = Kind::kSequence;
  function.compile = [](const CompileContext& context,
                        std::span<const Datum> literals,
                        Reads&) -> absl::StatusOr<Evaluator> {
    TRATO_ASSIGN_OR_RETURN(Span span, ParseSpan(TextOf(literals[0])));
    auto kept = std::make_shared<const Span>(span);
    const absl::TimeZone zone = context.zone;
    return Evaluator([kept, zone](Evaluation& evaluation, Args args) {
      return Then(evaluation, SetOf(args[0]), SetOf(args[1]), kept.get(), zone);
    });
  };
  return function;
}

void AddSequences(Registry& registry) {
  registry.Add(OfCustomer("sequence", false, {Kind::kInteractions},
                          Kind::kSequence,
                          [](Evaluation&, Args args) { return args[0]; }));
  registry.Add(
      OfCustomer("then", true, {Kind::kSequence, Kind::kInteractions},
                 Kind::kSequence, [](Evaluation& evaluation, Args args) {
                   return Then(evaluation, SetOf(args[0]), SetOf(args[1]),
                               nullptr, absl::UTCTimeZone());
                 }));
  registry.Add(ThenWithinFunction());
  registry.Add(OfCustomer(
      "without", true, {Kind::kSequence, Kind::kInteractions}, Kind::kSequence,
      [](Evaluation& evaluation, Args args) {
        const InteractionSet& steps = SetOf(args[0]);
        // A sequence of one step has nothing between.
        if (steps.filter == nullptr || steps.filter->body != nullptr) {
          return args[0];
        }
        return Without(evaluation, steps, SetOf(args[1]));
      }));
}

Function MoneyFunction() {
  Function function;
  function.name = "money";
  function.parameters = {Kind::kString, Kind::kString};
  function.wants_literals = true;
  function.result = Kind::kMoney;
  function.is_pure = true;
  function.compile = [](const CompileContext&, std::span<const Datum> literals,
                        Reads&) -> absl::StatusOr<Evaluator> {
    const auto currency = Currency::Parse(TextOf(literals[1]));
    if (!currency.ok()) return AboutLiteral(currency.status(), 1);
    auto money = ParseMoney(TextOf(literals[0]), *currency);
    if (!money.ok()) return Prefixed(money.status(), "the amount ");
    return Constant(*money);
  };
  return function;
}

}  // namespace

void AddCustomerFunctions(Registry& registry) {
  registry.Add(InteractionsFunction());
  registry.Add(WithinFunction());
  registry.Add(OfCustomer("within", true,
                          {Kind::kInteractions, Kind::kDuration},
                          Kind::kInteractions, WithinDuration));
  registry.Add(
      OfCustomer("between", true,
                 {Kind::kInteractions, Kind::kTimestamp, Kind::kTimestamp},
                 Kind::kInteractions, Between));
  registry.Add(OfCustomer("recency", true, {Kind::kInteractions},
                          Kind::kDuration, Recency));
  registry.Add(OfCustomer(
      "lines", true, {Kind::kInteractions}, Kind::kLines,
      [](Evaluation& evaluation, Args args) {
        LineSet lines;
        lines.interactions = SetOf(args[0]);
        return Datum(static_cast<const LineSet*>(evaluation.arena.New(lines)));
      }));
  registry.Add(OfCustomer(
      "lines", true, {Kind::kInteraction}, Kind::kLines,
      [](Evaluation& evaluation, Args args) {
        LineSet lines;
        lines.is_of_one = true;
        lines.of = std::get<InteractionRef>(args[0]);
        return Datum(static_cast<const LineSet*>(evaluation.arena.New(lines)));
      }));
  AddSequences(registry);
  registry.Add(MoneyFunction());
}

}  // namespace trato::core
