// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/program.h"

#include <cmath>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "base/status.h"
#include "base/strings.h"
#include "expression/checker.h"
#include "expression/format.h"
#include "expression/motion.h"
#include "expression/parser.h"
#include "expression/sets.h"
#include "expression/sharing.h"

namespace trato::core {

absl::StatusOr<std::shared_ptr<Program>> Program::Make(
    std::string_view text, const CompileContext& context,
    const Registry& registry) {
  TRATO_ASSIGN_OR_RETURN(std::unique_ptr<Node> root, Parse(text));
  std::shared_ptr<Program> program(new Program);
  Checker checker(context, registry, program->constants_, program->reads_);
  TRATO_RETURN_IF_ERROR(checker.Visit(*root));
  program->shared_ = NumberShared(*root);
  program->unforeseen_ = FindMotion(*root);
  program->text_ = std::string(text);
  program->root_ = std::move(root);
  return program;
}

absl::StatusOr<std::shared_ptr<const Program>> Program::Compile(
    std::string_view text, const CompileContext& context,
    const Registry& registry) {
  TRATO_ASSIGN_OR_RETURN(std::shared_ptr<Program> program,
                         Make(text, context, registry));
  TRATO_RETURN_IF_ERROR(ExpectCondition(program->root()));
  return std::shared_ptr<const Program>(std::move(program));
}

absl::StatusOr<std::shared_ptr<const Program>> Program::CompileValue(
    std::string_view text, const CompileContext& context,
    const Registry& registry) {
  TRATO_ASSIGN_OR_RETURN(std::shared_ptr<Program> program,
                         Make(text, context, registry));
  return std::shared_ptr<const Program>(std::move(program));
}

template <typename Use>
void Program::RunIn(const World& world, RecordNumber customer, int64_t now_us,
                    Nesting* nesting, ChangeBound* bound, Use use) const {
  Nesting own;
  Evaluation evaluation{&world, customer, now_us,
                        nesting == nullptr ? &own : nesting};
  absl::InlinedVector<Datum, 4> shared(shared_);
  absl::InlinedVector<bool, 4> is_known(shared_);
  evaluation.shared = {shared.data(), shared.size()};
  evaluation.is_known = {is_known.data(), is_known.size()};
  absl::InlinedVector<int64_t, 4> shared_until;
  if (bound != nullptr) {
    shared_until.resize(shared_);
    evaluation.shared_until = {shared_until.data(), shared_until.size()};
    evaluation.bound = bound;
  }
  use(evaluation, Evaluate(evaluation, *root_));
}

template <typename Use>
void Program::Run(const World& world, RecordNumber customer, int64_t now_us,
                  Nesting* nesting, ChangeBound* bound, Use use) const {
  RunIn(world, customer, now_us, nesting, bound,
        [&](Evaluation&, const Datum& result) { use(result); });
}

Verdict Program::Test(const World& world, RecordNumber customer, int64_t now_us,
                      Nesting* nesting, ChangeBound* bound) const {
  Verdict verdict;
  Run(world, customer, now_us, nesting, bound, [&](const Datum& result) {
    if (const auto* failure = std::get_if<Failure>(&result)) {
      verdict.failure = *failure;
    } else if (const auto* holds = std::get_if<bool>(&result)) {
      verdict.holds = *holds;
    } else {
      verdict.failure = {Failure::Reason::kOverload, root_.get(), {}, {}};
    }
  });
  return verdict;
}

void Program::ForEachInteraction(const World& world, RecordNumber customer,
                                 int64_t now_us, Nesting* nesting,
                                 ChangeBound* bound,
                                 const VisitInteraction& visit) const {
  RunIn(world, customer, now_us, nesting, bound,
        [&](Evaluation& evaluation, const Datum& result) {
          const auto* set = std::get_if<const InteractionSet*>(&result);
          if (set == nullptr || (*set)->types.empty()) return;
          for (const RecordNumber record :
               world.customers->RecordsOf(customer)) {
            ForEachInteractionOf(evaluation, **set, record,
                                 [&](const InteractionRef& it) {
                                   visit(record, it);
                                   return true;
                                 });
          }
        });
}

std::optional<double> Program::Number(const World& world,
                                      RecordNumber customer,
                                      int64_t now_us) const {
  std::optional<double> number;
  Run(world, customer, now_us, nullptr, nullptr, [&](const Datum& result) {
    if (const auto* real = std::get_if<double>(&result)) {
      number = *real;
    } else if (const auto* whole = std::get_if<int64_t>(&result)) {
      number = static_cast<double>(*whole);
    } else if (const auto* natural = std::get_if<uint64_t>(&result)) {
      number = static_cast<double>(*natural);
    }
  });
  if (number && !std::isfinite(*number)) return std::nullopt;
  return number;
}

absl::StatusOr<std::string> Program::Value(const World& world,
                                           RecordNumber customer,
                                           int64_t now_us) const {
  absl::StatusOr<std::string> value;
  Run(world, customer, now_us, nullptr, nullptr, [&](const Datum& result) {
    const auto* failure = std::get_if<Failure>(&result);
    value = failure == nullptr
                ? absl::StatusOr<std::string>(FormatDatum(result))
                : Explain(*failure);
  });
  return value;
}

namespace {

std::string WhatIsAbsent(const Node* node) {
  if (node == nullptr || node->text.empty()) return "a value is not there";
  switch (node->op) {
    case Op::kFirst:
    case Op::kLast:
    case Op::kMin:
    case Op::kMax:
    case Op::kAverage:
    case Op::kCall:
      return StrCat("there is nothing to take ", node->text, "( ) of");
    default:
      return StrCat("there is no ", node->text);
  }
}

std::string WordsFor(const Failure& failure) {
  switch (failure.reason) {
    case Failure::Reason::kAbsent:
      return WhatIsAbsent(failure.node);
    case Failure::Reason::kOverflow:
      return "the result does not fit in 64 bits";
    case Failure::Reason::kDivision:
      return "division by zero";
    case Failure::Reason::kCurrencies:
      return StrCat("amounts in ", failure.one.code(), " and ",
                    failure.other.code(), " cannot be added or compared");
    case Failure::Reason::kDepth:
      return "segments use each other too deep or too often";
    case Failure::Reason::kText:
      return "the condition makes too much text";
    case Failure::Reason::kWork:
      return "the condition takes too many steps over lists";
    case Failure::Reason::kOverload:
      return "this does not apply to values of these types";
    case Failure::Reason::kKey:
      return "the map has no such key";
    case Failure::Reason::kIndex:
      return "the list has no such place";
    case Failure::Reason::kDuplicate:
      return "the map has this key already";
    case Failure::Reason::kConversion:
      return "the value cannot be converted";
    case Failure::Reason::kRegex:
      return "the pattern is no regular expression";
    case Failure::Reason::kZone:
      return "a zone is UTC, an offset like +01:00, or a name like "
             "Europe/Madrid";
  }
  return "there is no value";
}

}  // namespace

absl::Status Program::Explain(const Failure& failure) const {
  const Place place = failure.node == nullptr ? Place{} : failure.node->place;
  return AtPlace(absl::FailedPreconditionError(StrCat("line ", place.line,
                                                      ", column ", place.column,
                                                      ": ", WordsFor(failure))),
                 place);
}

}  // namespace trato::core
