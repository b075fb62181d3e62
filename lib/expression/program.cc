// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/program.h"

#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "expression/checker.h"
#include "expression/parser.h"

namespace trato::core {

absl::StatusOr<std::shared_ptr<const Program>> Program::Compile(
    std::string_view text, const CompileContext& context,
    const Registry& registry) {
  TRATO_ASSIGN_OR_RETURN(std::unique_ptr<Node> root, Parse(text));
  std::shared_ptr<Program> program(new Program);
  TRATO_RETURN_IF_ERROR(Check(context, registry, *root, program->reads_));
  program->text_ = std::string(text);
  program->root_ = std::move(root);
  return std::shared_ptr<const Program>(std::move(program));
}

Verdict Program::Test(const World& world, RecordNumber customer, int64_t now_us,
                      Nesting* nesting) const {
  Nesting own;
  Evaluation evaluation{&world, customer, now_us,
                        nesting == nullptr ? &own : nesting};
  const Datum result = Evaluate(evaluation, *root_);
  if (const auto* failure = std::get_if<Failure>(&result)) {
    return {false, *failure};
  }
  return {std::get<bool>(result), std::nullopt};
}

absl::Status Program::Explain(const Failure& failure) const {
  std::string what;
  switch (failure.reason) {
    case Failure::Reason::kAbsent:
      what = failure.node == nullptr || failure.node->text.empty()
                 ? "a value is not there"
                 : StrCat("there is no ", failure.node->text);
      break;
    case Failure::Reason::kOverflow:
      what = "the result does not fit in 64 bits";
      break;
    case Failure::Reason::kDivision:
      what = "division by zero";
      break;
    case Failure::Reason::kDepth:
      what = "segments use each other too deep or too often";
      break;
    case Failure::Reason::kText:
      what = "the condition makes too much text";
      break;
    case Failure::Reason::kCurrencies:
      what = StrCat("amounts in ", failure.one.code(), " and ",
                    failure.other.code(), " cannot be added or compared");
      break;
  }
  const Place place = failure.node == nullptr ? Place{} : failure.node->place;
  return AtPlace(
      absl::FailedPreconditionError(
          StrCat("line ", place.line, ", column ", place.column, ": ", what)),
      place);
}

}  // namespace trato::core
