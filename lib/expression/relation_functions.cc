// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/relation_functions.h"

#include <string>
#include <utility>

#include "expression/evaluator.h"

namespace trato::core {
namespace {

// Calls `visit` with the leader of each customer that is related so.
template <typename Visit>
void ForEachRelated(const RelationStore& relations,
                    const Evaluation& evaluation, uint32_t relation,
                    bool inverse, Visit visit) {
  if (evaluation.bound != nullptr) {
    evaluation.bound->NotAfter(
        relations.NextChange(evaluation.customer, evaluation.now_us));
  }
  for (const RelationStore::Related& it :
       relations.Of(evaluation.customer, evaluation.now_us)) {
    if (it.relation == relation && it.inverse == inverse) visit(it.other);
  }
}

Function RelatedFunction(const RelationStore* relations, bool with_other) {
  Function function;
  function.name = "related";
  function.parameters = {{Kind::kString}};
  if (with_other) function.parameters.push_back({Kind::kString});
  function.wants_literals = true;
  function.result = {with_other ? Kind::kBool : Kind::kInt};
  function.compile = [relations, with_other](
                         const CompileContext& context,
                         std::span<const Datum> literals,
                         Reads& reads) -> absl::StatusOr<Evaluator> {
    TRATO_ASSIGN_OR_RETURN(
        Schema::RelationEnd end,
        context.schema->Relation("related",
                                 std::get<std::string_view>(literals[0])));
    const RelationDefinition& definition = *end.definition;
    reads.relations.insert(definition.name);
    // Every defined relation is interned.
    const uint32_t number = context.names->Find(definition.name).value_or(0);
    const bool inverse = end.is_inverse && !definition.is_symmetric();
    if (!with_other) {
      return Evaluator([=](Evaluation& evaluation, std::span<const Datum>) {
        int64_t count = 0;
        ForEachRelated(*relations, evaluation, number, inverse,
                       [&](RecordNumber) { ++count; });
        return Datum(count);
      });
    }
    const std::string other(std::get<std::string_view>(literals[1]));
    reads.namespaces.insert(other.substr(0, other.find(':')));
    return Evaluator([=](Evaluation& evaluation, std::span<const Datum>) {
      bool found = false;
      // By name at every test, because links may change whose it is.
      const auto leader = evaluation.world->customers->Resolve(other);
      if (leader.ok()) {
        ForEachRelated(
            *relations, evaluation, number, inverse,
            [&](RecordNumber it) { found = found || it == *leader; });
      }
      return Datum(found);
    });
  };
  return function;
}

}  // namespace

void AddRelationFunctions(Registry& registry, const RelationStore* relations) {
  registry.Add(RelatedFunction(relations, false));
  registry.Add(RelatedFunction(relations, true));
}

}  // namespace trato::core
