// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The functions of plain CEL, but for conversions and times.

#include <cstring>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"
#include "expression/conversions.h"
#include "expression/plain_function.h"
#include "expression/regex.h"

namespace trato::core {

Function PlainFunction(std::string name, bool is_method,
                       std::vector<Type> parameters, Type result,
                       Datum (*code)(std::span<const Datum>)) {
  Function function;
  function.name = std::move(name);
  function.is_method = is_method;
  function.parameters = std::move(parameters);
  function.result = result;
  function.is_pure = true;
  function.compile = [code](const CompileContext&, std::span<const Datum>,
                            Reads&) -> absl::StatusOr<Evaluator> {
    return Evaluator([code](Evaluation&, std::span<const Datum> args) {
      return code(args);
    });
  };
  return function;
}

Function MakingFunction(std::string name, bool is_method,
                        std::vector<Type> parameters, Type result,
                        Datum (*code)(Evaluation&, std::span<const Datum>)) {
  Function function;
  function.name = std::move(name);
  function.is_method = is_method;
  function.parameters = std::move(parameters);
  function.result = result;
  function.is_pure = true;
  function.compile = [code](const CompileContext&, std::span<const Datum>,
                            Reads&) -> absl::StatusOr<Evaluator> {
    return Evaluator(code);
  };
  return function;
}

namespace {

constexpr Type kList = Type::ListOf(Kind::kDyn);
constexpr Type kMap = Type::MapOf(Kind::kDyn, Kind::kDyn);

// Linear time, whatever is looked for.
bool Contains(std::string_view text, std::string_view part) {
  if (part.empty()) return true;
  // Nothing may have no address.
  return !text.empty() &&
         memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

// text.matches(pattern): whether the pattern is found anywhere in the text.
Function MatchesFunction() {
  Function function;
  function.name = "matches";
  function.is_method = true;
  function.parameters = {Kind::kString, Kind::kString};
  function.result = Kind::kBool;
  function.is_pure = true;
  function.compile = [](const CompileContext&, std::span<const Datum> literals,
                        Reads&) -> absl::StatusOr<Evaluator> {
    if (!literals.empty()) {
      auto regex = Regex::Compile(TextOf(literals[0]));
      if (!regex.ok()) return AboutLiteral(regex.status(), 0);
      return Evaluator([regex = *std::move(regex)](
                           Evaluation&, std::span<const Datum> args) {
        return Datum(regex.IsFoundIn(TextOf(args[0])));
      });
    }
    return Evaluator(
        [](Evaluation& evaluation, std::span<const Datum> args) -> Datum {
          // What compiling one may cost, in steps over lists.
          if (!evaluation.MayWork(2000)) return Fail(Failure::Reason::kWork);
          const auto regex = Regex::Compile(TextOf(args[1]));
          if (!regex.ok()) return Fail(Failure::Reason::kRegex);
          return regex->IsFoundIn(TextOf(args[0]));
        });
  };
  return function;
}

}  // namespace

void AddPlainFunctions(Registry& registry) {
  const Type kString = Kind::kString;
  registry.Add(PlainFunction(
      "startsWith", true, {kString, kString}, Kind::kBool,
      [](std::span<const Datum> args) {
        return Datum(TextOf(args[0]).starts_with(TextOf(args[1])));
      }));
  registry.Add(PlainFunction("endsWith", true, {kString, kString}, Kind::kBool,
                             [](std::span<const Datum> args) {
                               return Datum(
                                   TextOf(args[0]).ends_with(TextOf(args[1])));
                             }));
  registry.Add(PlainFunction("contains", true, {kString, kString}, Kind::kBool,
                             [](std::span<const Datum> args) {
                               return Datum(
                                   Contains(TextOf(args[0]), TextOf(args[1])));
                             }));
  registry.Add(MatchesFunction());
  for (bool is_method : {false, true}) {
    registry.Add(PlainFunction(
        "size", is_method, {kString}, Kind::kInt,
        [](std::span<const Datum> args) {
          return Datum(static_cast<int64_t>(CharacterCount(TextOf(args[0]))));
        }));
    registry.Add(PlainFunction("size", is_method, {Kind::kBytes}, Kind::kInt,
                               [](std::span<const Datum> args) {
                                 return Datum(static_cast<int64_t>(
                                     std::get<Bytes>(args[0]).data.size()));
                               }));
    registry.Add(
        PlainFunction("size", is_method, {kList}, Kind::kInt,
                      [](std::span<const Datum> args) {
                        return Datum(static_cast<int64_t>(
                            std::get<const ListValue*>(args[0])->items.size()));
                      }));
    registry.Add(PlainFunction(
        "size", is_method, {kMap}, Kind::kInt, [](std::span<const Datum> args) {
          return Datum(static_cast<int64_t>(
              std::get<const MapValue*>(args[0])->entries.size()));
        }));
  }
  registry.Add(PlainFunction("type", false, {Kind::kDyn}, Kind::kType,
                             [](std::span<const Datum> args) {
                               return Datum(TypeValue{KindOf(args[0])});
                             }));
  registry.Add(
      PlainFunction("dyn", false, {Kind::kDyn}, Kind::kDyn,
                    [](std::span<const Datum> args) { return args[0]; }));
  AddConversions(registry);
}

}  // namespace trato::core
