// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/segment_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "expression/ast.h"

namespace trato::core {

SegmentStore::SegmentStore(const World* world, Registry* registry)
    : world_(world), registry_(registry) {
  Function function;
  function.name = "in_segment";
  function.parameters = {{Kind::kString}};
  function.wants_literals = true;
  function.result = {Kind::kBool};
  function.compile = [this](const CompileContext&,
                            std::span<const Datum> literals,
                            Reads& reads) -> absl::StatusOr<Evaluator> {
    const std::string name(std::get<std::string_view>(literals[0]));
    TRATO_RETURN_IF_ERROR(Find(name).status());
    ++reads.segments[name];
    // By name at every test, so that it follows a redefinition.
    return Evaluator([this, name](Evaluation& evaluation,
                                  std::span<const Datum>) -> Datum {
      const auto found = segments_.find(NameNow(name));
      if (found == segments_.end() || !found->second.program.ok()) {
        return Failure{};
      }
      ChangeBound* const outer = evaluation.bound;
      if (outer != nullptr) {
        outer->NotAfter(evaluation.world->customers->NextStanding(
            evaluation.customer, evaluation.now_us));
      }
      if (IsRestricted(evaluation.customer, evaluation.now_us)) return false;
      ChangeBound inner;
      if (outer != nullptr && outer->aspect_of_call == Aspect::kHolds) {
        inner.aspect = Aspect::kHolds;
      }
      Nesting& nesting = *evaluation.nesting;
      if (nesting.depth >= kMaxSegmentDepth ||
          ++nesting.conditions > kMaxSegmentCost) {
        return Failure{Failure::Reason::kDepth, nullptr, {}, {}};
      }
      ++nesting.depth;
      const Verdict verdict = (*found->second.program)
                                  ->Test(*evaluation.world, evaluation.customer,
                                         evaluation.now_us, &nesting,
                                         outer == nullptr ? nullptr : &inner);
      if (outer != nullptr) outer->NotAfter(inner.until_us);
      --nesting.depth;
      if (verdict.is_undecided()) {
        Failure failure = *verdict.failure;
        failure.node = nullptr;  // a place in another text
        return failure;
      }
      return verdict.holds;
    });
  };
  registry->Add(std::move(function));
}

absl::Status SegmentStore::Segment::UnforeseenError() const {
  const Node* node = program.ok() ? (*program)->unforeseen() : nullptr;
  if (node == nullptr) return absl::OkStatus();
  return AtPlace(
      absl::FailedPreconditionError(
          StrCat("line ", node->place.line, ", column ", node->place.column,
                 ": this may change at every instant; compare times, or parts "
                 "of a clock such as now.getHours(zone)")),
      node->place);
}

absl::Status SegmentStore::Check(const SegmentDefinition& definition,
                                 const CompileContext& context) const {
  TRATO_RETURN_IF_ERROR(CheckLabel("segment", definition.name));
  const std::string prefix = StrCat("segment '", definition.name, "': ");
  auto program = Program::Compile(definition.expression, context, *registry_);
  if (!program.ok()) return Prefixed(program.status(), prefix);
  int cost = 0;
  return Prefixed(AddCost((*program)->reads(), definition.name, 1, 0, cost),
                  prefix);
}

void SegmentStore::Define(const SegmentDefinition& definition,
                          const CompileContext& context, int64_t defined_us) {
  const std::string name(NameNow(definition.name));
  const auto known = segments_.find(name);
  const bool is_new = known == segments_.end();
  Segment segment{{name, definition.expression},
                  nullptr,
                  is_new ? 1 : known->second.version + 1,
                  defined_us,
                  !is_new && known->second.is_disabled};
  segment.program = CompileOf(segment, context);
  segments_.insert_or_assign(name, std::move(segment));
}

absl::StatusOr<std::shared_ptr<const Program>> SegmentStore::CompileOf(
    const Segment& segment, const CompileContext& context) const {
  return Program::Compile(
      segment.is_disabled ? "false" : segment.definition.expression, context,
      *registry_);
}

absl::Status SegmentStore::CheckEnabled(std::string_view name, bool enabled,
                                        const CompileContext& context) const {
  TRATO_ASSIGN_OR_RETURN(const Segment* segment, Find(name));
  if (!enabled || !segment->is_disabled) return absl::OkStatus();
  return Check(segment->definition, context);
}

void SegmentStore::SetEnabled(std::string_view name, bool enabled,
                              const CompileContext& context) {
  const auto found = segments_.find(NameNow(name));
  if (found == segments_.end() || found->second.is_disabled != enabled) return;
  Segment& segment = found->second;
  segment.is_disabled = !enabled;
  ++segment.version;
  segment.program = CompileOf(segment, context);
}

void SegmentStore::Recompile(const CompileContext& context) {
  for (auto& [name, segment] : segments_) {
    segment.program = CompileOf(segment, context);
  }
}

absl::Status SegmentStore::CheckRenaming(std::string_view from,
                                         std::string_view to) const {
  TRATO_ASSIGN_OR_RETURN(const Segment* segment, Find(from));
  TRATO_RETURN_IF_ERROR(CheckLabel("new_name", to));
  const std::string_view taken = NameNow(to);
  if (taken == segment->definition.name || (taken == to && !Has(to))) {
    return absl::OkStatus();
  }
  return absl::AlreadyExistsError(
      StrCat("new_name: '", to, "' is the name of another segment, or was"));
}

void SegmentStore::Rename(std::string_view from, std::string_view to) {
  const std::string before(NameNow(from));
  auto found = segments_.find(before);
  if (found == segments_.end() || before == to) return;
  Segment segment = std::move(found->second);
  segments_.erase(found);
  segment.definition.name = to;
  segments_.insert_or_assign(std::string(to), std::move(segment));
  for (auto& [former, now] : names_now_) {
    if (now == before) now = to;
  }
  names_now_[before] = to;
  if (auto own = names_now_.find(to); own != names_now_.end()) {
    names_now_.erase(own);
  }
}

std::string_view SegmentStore::NameNow(std::string_view name) const {
  if (names_now_.empty()) return name;
  const auto found = names_now_.find(name);
  return found == names_now_.end() ? name : std::string_view(found->second);
}

absl::StatusOr<const SegmentStore::Segment*> SegmentStore::Find(
    std::string_view name) const {
  auto found = segments_.find(NameNow(name));
  if (found != segments_.end()) return &found->second;
  TRATO_RETURN_IF_ERROR(CheckLabel("segment", name));
  std::vector<std::string_view> known;
  for (const auto& [other, segment] : segments_) known.push_back(other);
  return absl::NotFoundError(
      StrCat("segment '", name, "' is not defined", DidYouMean(name, known)));
}

absl::StatusOr<Verdict> SegmentStore::Test(const Segment& segment,
                                           RecordNumber customer,
                                           int64_t now_us,
                                           int64_t* until_us) const {
  if (!segment.program.ok()) {
    return Prefixed(segment.program.status(),
                    StrCat("segment '", segment.definition.name, "': "));
  }
  if (until_us == nullptr) {
    if (IsRestricted(customer, now_us)) return Verdict();
    return (*segment.program)->Test(*world_, customer, now_us);
  }
  ChangeBound bound;
  bound.NotAfter(world_->customers->NextStanding(customer, now_us));
  Verdict verdict;
  // Of whom nothing is known yet she is nobody.
  if (world_->customers->IsKnown(customer, now_us) &&
      !IsRestricted(customer, now_us)) {
    bound.aspect = Aspect::kHolds;
    verdict = (*segment.program)
                  ->Test(*world_, customer, now_us, nullptr, &bound);
  }
  *until_us = bound.until_us;
  return verdict;
}

bool SegmentStore::IsRestricted(RecordNumber customer, int64_t now_us) const {
  return world_->customers->RestrictionOf(customer, now_us) != nullptr;
}

absl::Status SegmentStore::AddCost(const Reads& reads, std::string_view name,
                                   int times, int depth, int& cost) const {
  if (depth > kMaxSegmentDepth) {
    return absl::InvalidArgumentError(StrCat(
        "segments may use each other up to ", kMaxSegmentDepth, " deep"));
  }
  cost += times;
  if (times > kMaxSegmentCost || cost > kMaxSegmentCost) {
    return absl::InvalidArgumentError(
        StrCat("one test of it would run more than ", kMaxSegmentCost,
               " conditions through in_segment"));
  }
  for (const auto& [called, calls] : reads.segments) {
    const std::string_view inner = NameNow(called);
    if (inner == NameNow(name)) {
      return absl::InvalidArgumentError(
          "it would depend on itself through in_segment");
    }
    auto found = segments_.find(inner);
    if (found == segments_.end() || !found->second.program.ok()) continue;
    TRATO_RETURN_IF_ERROR(AddCost((*found->second.program)->reads(), name,
                                  times * std::min(calls, kMaxSegmentCost + 1),
                                  depth + 1, cost));
  }
  return absl::OkStatus();
}

}  // namespace trato::core
