// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/retention.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/retention_answers.h"
#include "engine/eraser.h"
#include "engine/store_impl.h"

namespace trato::core {

RetentionCut::RetentionCut(const State& state, int64_t now_us) {
  for (const auto& [key, rule] : state.schema.retention()) {
    const auto span = ParseSpan(rule.keep);
    if (!span.ok()) continue;
    const int64_t cut_us =
        std::max(Subtract(now_us, *span, state.zone), kMinInstant);
    const auto [place, is_new] =
        cuts_.try_emplace({rule.kind, rule.name}, cut_us);
    place->second = std::min(place->second, cut_us);
  }
  for (const auto& [key, cut_us] : cuts_) {
    if (key.first != RetainedKind::kInteractions) continue;
    if (key.second == "*") {
      every_type_ = cut_us;
    } else if (const auto type = state.names.Find(key.second)) {
      types_[*type] = cut_us;
    }
  }
}

int64_t RetentionCut::CutOf(RetainedKind kind, std::string_view name) const {
  auto found = cuts_.find({kind, std::string(name)});
  if (found == cuts_.end()) found = cuts_.find({kind, "*"});
  return found == cuts_.end() ? std::numeric_limits<int64_t>::min()
                              : found->second;
}

std::optional<RetentionCut::Place> RetentionCut::CutOf(
    const Fact& fact) const {
  const auto place = [&](RetainedKind kind, const std::string& name) {
    return Place{kind, name, CutOf(kind, name)};
  };
  if (const auto* it = std::get_if<AttributeFact>(&fact.payload)) {
    return place(RetainedKind::kAttribute, it->name);
  }
  if (const auto* it = std::get_if<ConsentFact>(&fact.payload)) {
    // A refusal that went would let somebody be contacted.
    if (it->state != ConsentState::kGranted) return std::nullopt;
    return place(RetainedKind::kGrants, it->purpose);
  }
  if (std::holds_alternative<DecisionFact>(fact.payload) ||
      std::holds_alternative<OutcomeFact>(fact.payload) ||
      std::holds_alternative<PermitFact>(fact.payload) ||
      std::holds_alternative<PermitUseFact>(fact.payload) ||
      std::holds_alternative<PurchaseLinkFact>(fact.payload)) {
    return place(RetainedKind::kDecisions, "*");
  }
  return std::nullopt;
}

absl::Status Store::DefineRetention(const RetentionInput& rule, int64_t now_us,
                                    const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (rule.kind >= static_cast<uint32_t>(kRetainedKindCount)) {
    return absl::InvalidArgumentError(
        StrCat("kind ", rule.kind, " is nothing that rules are about"));
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const auto kind = static_cast<RetainedKind>(rule.kind);
  const Schema& schema = impl_->state->schema;
  std::string_view name = rule.name;
  if (kind == RetainedKind::kInteractions) {
    name = schema.Stored(DefinitionKind::kInteractionType, name);
  } else if (kind == RetainedKind::kAttribute) {
    name = schema.Stored(DefinitionKind::kAttribute, name);
  } else if (kind == RetainedKind::kGrants) {
    name = schema.Stored(DefinitionKind::kPurpose, name);
  }
  const std::string_view purpose =
      schema.Stored(DefinitionKind::kPurpose, rule.purpose);
  const Definition definition = SchemaDefinition(
      RetentionDefinition{kind, std::string(name), std::string(purpose),
                          std::string(rule.keep)});
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

absl::StatusOr<std::string> Store::RetentionListJson(int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  return trato::core::RetentionListJson(state.model(), state.earliest_us,
                                        now_us);
}

absl::StatusOr<std::string> Store::ApplyRetention(
    bool dry_run, std::string_view reason, int64_t now_us,
    const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  Impl& impl = *impl_;
  RetentionReport report;
  report.dry_run = dry_run;
  const RetentionCut cut(*impl.state, now_us);
  if (cut.empty()) {
    return absl::FailedPreconditionError(
        "no rule of retention is defined, so everything is kept");
  }
  Eraser planned(impl, &cut);
  TRATO_RETURN_IF_ERROR(planned.Count());
  report.counts = planned.counts();
  report.facts = planned.facts();
  report.interactions = planned.interactions();
  report.earliest_us = impl.state->earliest_us;
  if (report.facts > 0) {
    report.earliest_us =
        std::max(report.earliest_us, planned.earliest_us());
  }
  if (dry_run || report.facts == 0) {
    return RetentionJson(impl.state->model(), report);
  }
  if (impl.shared.use_count() > 1) {
    return absl::FailedPreconditionError(
        "a store of the past is open, which still shows what is to go: close it "
        "first");
  }
  Fact fact = Impl::Envelope(kAtNow, now_us, options);
  fact.payload = RetentionFact{report.earliest_us, report.facts,
                               report.interactions, std::string(reason)};
  TRATO_RETURN_IF_ERROR(CheckFact(*impl.state, impl.state->schema, fact));
  TRATO_RETURN_IF_ERROR(impl.Seal());
  Eraser eraser(impl, &cut);
  TRATO_RETURN_IF_ERROR(eraser.Find());
  Sealing sealing;
  TRATO_RETURN_IF_ERROR(eraser.Put(sealing));
  impl.merge_debt = 0;  // no merge before the blocks are in
  Impl::CommitOptions buffered;
  buffered.buffered = true;
  std::vector<NewFact> facts;
  facts.push_back({std::move(fact), true});
  TRATO_RETURN_IF_ERROR(
      impl.Commit(std::move(facts), now_us, buffered).status());
  report.position = impl.position;
  TRATO_ASSIGN_OR_RETURN(report.purged, impl.TakeOut(eraser, sealing));
  return RetentionJson(impl.state->model(), report);
}

}  // namespace trato::core
