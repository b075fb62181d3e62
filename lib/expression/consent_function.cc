// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/consent_function.h"

#include <string_view>
#include <utility>

#include "expression/ast.h"
#include "expression/program.h"

namespace trato::core {

void AddConsentFunction(const ConsentLedger* ledger, Registry& registry) {
  Function function;
  function.name = "consent";
  function.parameters = {{Kind::kString}, {Kind::kString}};
  function.wants_literals = true;
  function.result = {Kind::kBool};
  function.compile = [ledger](const CompileContext& context,
                              std::span<const Datum> literals,
                              Reads& reads) -> absl::StatusOr<Evaluator> {
    reads.consents = true;
    const auto purpose = std::get<std::string_view>(literals[0]);
    const auto channel = std::get<std::string_view>(literals[1]);
    TRATO_ASSIGN_OR_RETURN(const PurposeDefinition* definition,
                           context.schema->Purpose("consent", purpose));
    absl::Status known = context.schema->CheckChannel("consent", channel);
    if (channel.empty()) {
      known = absl::InvalidArgumentError("consent: the channel is empty");
    }
    if (!known.ok()) return AboutLiteral(std::move(known), 1);
    ConsentQuestion question;
    const std::string_view stored =
        context.schema->Stored(DefinitionKind::kChannel, channel);
    question.purpose = context.names->Find(definition->name).value_or(0);
    question.channel = context.names->Find(stored).value_or(0);
    reads.purposes.insert(definition->name);
    reads.channels.emplace(stored);
    // A definition stays where it is, and a redefinition counts at once.
    return Evaluator(
        [ledger, definition, question](Evaluation& evaluation,
                                       std::span<const Datum>) -> Datum {
          ConsentQuestion asked = question;
          asked.is_direct_marketing = definition->is_direct_marketing;
          if (evaluation.bound != nullptr) {
            evaluation.bound->NotAfter(
                ledger->NextChange(*evaluation.world->customers,
                                   evaluation.customer, evaluation.now_us));
          }
          return ledger
              ->Answer(*evaluation.world->customers, evaluation.customer, asked,
                       evaluation.now_us)
              .allowed();
        });
  };
  registry.Add(std::move(function));
}

}  // namespace trato::core
