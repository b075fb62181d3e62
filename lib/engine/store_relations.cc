// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The calls about relations between customers.

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/customer_answers.h"
#include "engine/store_impl.h"

namespace trato::core {

absl::Status Store::DefineRelation(const RelationDefinitionInput& relation,
                                   int64_t now_us,
                                   const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const Definition definition = SchemaDefinition(RelationDefinition{
      std::string(relation.name),
      std::string(relation.inverse.empty() ? relation.name : relation.inverse),
      std::string(relation.description), relation.acyclic});
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

absl::StatusOr<Written> Store::Relate(const RelationInput& relation,
                                      int64_t now_us,
                                      const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  Fact fact = Impl::Envelope(relation.at_us, now_us, options);
  fact.key = relation.key;
  RelationFact it{std::string(relation.customer),
                  std::string(relation.relation), std::string(relation.other),
                  relation.ended};
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const State& state = *impl_->state;
  const auto end = state.schema.Relation("relation", it.relation);
  if (end.ok()) {
    // Said from either side, it is one relation.
    it.relation = end->definition->name;
    if (end->is_inverse && !end->definition->is_symmetric()) {
      std::swap(it.record, it.other);
    }
    if (!it.ended) {
      TRATO_RETURN_IF_ERROR(
          impl_->CheckRelated(it, *end->definition, fact.event_us));
    }
  }
  fact.payload = std::move(it);
  return impl_->Commit(NewFact{std::move(fact), relation.at_us != kAtNow},
                       now_us, options.buffered);
}

absl::Status Store::Impl::CheckRelated(const RelationFact& it,
                                       const RelationDefinition& definition,
                                       int64_t at_us) const {
  const CustomerStore& customers = state->customers;
  const auto one = customers.FindRecord(it.record);
  const auto other = customers.FindRecord(it.other);
  if (!one || !other) return absl::OkStatus();
  const RecordNumber leader = customers.LeaderOf(*one);
  if (leader == customers.LeaderOf(*other)) {
    if (*one == *other) return absl::OkStatus();  // told by the check
    return absl::FailedPreconditionError(
        StrCat(it.record, " and ", it.other,
               " are one customer, who cannot be related to herself"));
  }
  if (!definition.acyclic) return absl::OkStatus();
  const auto number = state->names.Find(definition.name);
  const auto reached = state->relations.Reach(customers.LeaderOf(*other),
                                              *number, false, 0, at_us);
  if (reached.size() >= kMaxRelated) {
    return absl::ResourceExhaustedError(
        StrCat("relation '", definition.name, "' goes on from ", it.other,
               " over more than ", kMaxRelated, " customers"));
  }
  for (const RelationStore::Reached& above : reached) {
    if (above.leader == leader) {
      return absl::FailedPreconditionError(StrCat(
          it.record, " is above ", it.other, " by relation '", definition.name,
          "' already, ", above.level, above.level == 1 ? " level" : " levels",
          " up: that would be a cycle"));
    }
  }
  return absl::OkStatus();
}

std::string Store::RelationListJson() const {
  ReaderMutexLock lock(&impl_->mutex);
  return trato::core::RelationListJson(impl_->state->model());
}

absl::StatusOr<std::string> Store::RelatedJson(std::string_view customer,
                                               std::string_view relation,
                                               uint32_t levels,
                                               int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(Schema::RelationEnd end,
                         state.schema.Relation("relation", relation));
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  const bool inverse = end.is_inverse && !end.definition->is_symmetric();
  TRATO_ASSIGN_OR_RETURN(const Model model, ModelHere(now_us));
  return trato::core::RelatedJson(
      model, leader, *end.definition, inverse,
      static_cast<int>(std::min<uint32_t>(levels, kMaxRelated)), now_us);
}

}  // namespace trato::core
