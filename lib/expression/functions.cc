// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The functions that the language itself has.

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"
#include "expression/evaluator.h"
#include "expression/registry.h"

namespace trato::core {
namespace {

constexpr Type kBool{Kind::kBool}, kInt{Kind::kInt}, kDouble{Kind::kDouble},
    kString{Kind::kString}, kMoney{Kind::kMoney}, kTimestamp{Kind::kTimestamp},
    kInteractions{Kind::kInteractions}, kInteraction{Kind::kInteraction},
    kLines{Kind::kLines};

std::string_view TextOf(const Datum& datum) {
  return std::get<std::string_view>(datum);
}

// A function of its arguments alone.
Function Plain(std::string name, bool is_method, std::vector<Type> parameters,
               Type result, Datum (*code)(std::span<const Datum>)) {
  Function function;
  function.name = std::move(name);
  function.is_method = is_method;
  function.parameters = std::move(parameters);
  function.result = result;
  function.compile = [code](const CompileContext&, std::span<const Datum>,
                            Reads&) -> absl::StatusOr<Evaluator> {
    return Evaluator([code](Evaluation&, std::span<const Datum> args) {
      return code(args);
    });
  };
  return function;
}

// A literal worth the same at every call.
Evaluator Constant(Datum value) {
  return [value](Evaluation&, std::span<const Datum>) { return value; };
}

// interactions("purchase", "return"): the customer's interactions of these
// types up to now.
Function InteractionsFunction() {
  Function function;
  function.name = "interactions";
  function.parameters = {kString};
  function.repeats = true;
  function.wants_literals = true;
  function.result = kInteractions;
  function.compile = [](const CompileContext& context,
                        std::span<const Datum> literals,
                        Reads& reads) -> absl::StatusOr<Evaluator> {
    auto types = std::make_shared<std::vector<uint32_t>>();
    for (uint32_t i = 0; i < literals.size(); ++i) {
      const std::string_view name = TextOf(literals[i]);
      const absl::Status known =
          context.schema->CheckInteractionType("interactions", name);
      if (!known.ok()) return AboutLiteral(known, i);
      reads.interaction_types.emplace(name);
      // Every defined type is interned.
      if (auto number = context.names->Find(name)) types->push_back(*number);
    }
    // By name: numbers follow the order in which things were defined.
    std::sort(types->begin(), types->end(), [&](uint32_t a, uint32_t b) {
      return context.names->Text(a) < context.names->Text(b);
    });
    types->erase(std::unique(types->begin(), types->end()), types->end());
    return Evaluator([types](Evaluation& evaluation, std::span<const Datum>) {
      InteractionSet set;
      set.types = *types;
      set.until_us = evaluation.now_us;
      return Datum(set);
    });
  };
  return function;
}

// within("90d"): those after (now - span), counted back in the store's zone.
Function WithinFunction() {
  Function function;
  function.name = "within";
  function.is_method = true;
  function.parameters = {kInteractions, kString};
  function.wants_literals = true;
  function.result = kInteractions;
  function.compile = [](const CompileContext& context,
                        std::span<const Datum> literals,
                        Reads&) -> absl::StatusOr<Evaluator> {
    TRATO_ASSIGN_OR_RETURN(Span span, ParseSpan(TextOf(literals[0])));
    const absl::TimeZone zone = context.zone;
    return Evaluator(
        [span, zone](Evaluation& evaluation, std::span<const Datum> args) {
          auto set = std::get<InteractionSet>(args[0]);
          set.from_us =
              std::max(set.from_us, Subtract(evaluation.now_us, span, zone));
          return Datum(set);
        });
  };
  return function;
}

Function MoneyFunction() {
  Function function;
  function.name = "money";
  function.parameters = {kString, kString};
  function.wants_literals = true;
  function.result = kMoney;
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

Function TimestampFunction() {
  Function function;
  function.name = "timestamp";
  function.parameters = {kString};
  function.wants_literals = true;
  function.result = kTimestamp;
  function.compile = [](const CompileContext& context,
                        std::span<const Datum> literals,
                        Reads&) -> absl::StatusOr<Evaluator> {
    auto us = ParseTime(TextOf(literals[0]), context.zone);
    if (!us.ok()) return Prefixed(us.status(), "the text ");
    return Constant(Timestamp{*us});
  };
  return function;
}

}  // namespace

void AddBuiltInFunctions(Registry& registry) {
  registry.Add(InteractionsFunction());
  registry.Add(WithinFunction());
  registry.Add(MoneyFunction());
  registry.Add(TimestampFunction());
  registry.Add(Plain("lines", true, {kInteractions}, kLines,
                     [](std::span<const Datum> args) {
                       LineSet lines;
                       lines.interactions = std::get<InteractionSet>(args[0]);
                       return Datum(lines);
                     }));
  registry.Add(Plain("lines", true, {kInteraction}, kLines,
                     [](std::span<const Datum> args) {
                       LineSet lines;
                       lines.is_of_one = true;
                       lines.of = std::get<InteractionRef>(args[0]);
                       return Datum(lines);
                     }));
  registry.Add(Plain("startsWith", true, {kString, kString}, kBool,
                     [](std::span<const Datum> args) {
                       return Datum(
                           TextOf(args[0]).starts_with(TextOf(args[1])));
                     }));
  registry.Add(Plain("endsWith", true, {kString, kString}, kBool,
                     [](std::span<const Datum> args) {
                       return Datum(TextOf(args[0]).ends_with(TextOf(args[1])));
                     }));
  registry.Add(Plain("contains", true, {kString, kString}, kBool,
                     [](std::span<const Datum> args) {
                       return Datum(TextOf(args[0]).find(TextOf(args[1])) !=
                                    std::string_view::npos);
                     }));
  for (bool is_method : {false, true}) {
    registry.Add(Plain(
        "size", is_method, {kString}, kInt, [](std::span<const Datum> args) {
          return Datum(static_cast<int64_t>(CharacterCount(TextOf(args[0]))));
        }));
  }
  registry.Add(
      Plain("double", false, {kInt}, kDouble, [](std::span<const Datum> args) {
        return Datum(static_cast<double>(std::get<int64_t>(args[0])));
      }));
}

}  // namespace trato::core
