// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/lifecycle.h"

#include <algorithm>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "expression/ast.h"
#include "insight/evidence_scope.h"
#include "insight/score.h"

namespace trato::core {
namespace {

constexpr size_t kMaxRules = 100;
constexpr int64_t kMostUs = int64_t{200} * 366 * kDayUs;
// No table changes as often in a life.
constexpr size_t kMaxChanges = 100'000;

// "a", "b" of those names that are defined; empty where none is.
std::string Defined(const Schema& schema,
                    std::initializer_list<std::string_view> names) {
  std::string list;
  for (const std::string_view name : names) {
    if (!schema.HasInteractionType(name)) continue;
    StrAppend(&list, list.empty() ? "" : ", ", "\"", name, "\"");
  }
  return list;
}

}  // namespace

absl::StatusOr<size_t> ParseStage(std::string_view field,
                                  std::string_view name) {
  const auto found = std::find(kStages.begin(), kStages.end(), name);
  if (found != kStages.end()) {
    return static_cast<size_t>(found - kStages.begin());
  }
  const std::vector<std::string_view> known(kStages.begin(), kStages.end());
  return absl::InvalidArgumentError(StrCat(field, ": '", name,
                                           "' is no stage of the life cycle",
                                           DidYouMean(name, known)));
}

LifecycleDefinition DefaultLifecycle(const Schema& schema) {
  LifecycleDefinition table;
  const auto add = [&](const char* stage, std::string when,
                       const char* reason) {
    table.rules.push_back({stage, std::move(when), "", reason});
  };
  if (const std::string rivals = Defined(schema, {"competitor"});
      !rivals.empty()) {
    add("abandonment",
        StrCat("after_purchase(", rivals, ")"),
        "was seen with a competitor since the last purchase");
  }
  add("abandonment", "silent(0.99)",
      "silent for longer than in 99 of 100 cases by her own rhythm");
  add("abandonment", "gone(0.9)",
      "has most likely left for good");
  if (const std::string unhappy = Defined(schema, {"complaint"});
      !unhappy.empty()) {
    add("reconsideration",
        StrCat("after_purchase(", unhappy, ")"),
        "complained since the last purchase");
  }
  add("reconsideration", "silent(0.9)",
      "silent for longer than in 9 of 10 cases by her own rhythm");
  add("reconsideration", "gone(0.6)",
      "has more likely left than not");
  add("repurchase", "bought() > 1", "has come back");
  add("purchase", "bought() == 1", "has purchased for the first time");
  if (const std::string near = Defined(schema, {"quote", "cart", "basket"});
      !near.empty()) {
    add("option", StrCat("seen(\"60d\", ", near, ")"),
        "asked for a quote or filled a basket in the last 60 days");
  }
  if (const std::string curious =
          Defined(schema, {"visit", "view", "search", "inquiry", "click"});
      !curious.empty()) {
    add("consideration", StrCat("seen(\"90d\", ", curious, ")"),
        "looked around in the last 90 days");
  }
  add("awareness", "aware()", "has been in touch");
  return table;
}

absl::StatusOr<std::shared_ptr<const StageTable>> StageTable::Make(
    const LifecycleDefinition& definition, std::string_view category,
    const Registry& registry, const Categories* categories,
    FindEditionAt edition_at, std::vector<std::string> purchase_types,
    const CompileContext& context) {
  if (definition.rules.empty() || definition.rules.size() > kMaxRules) {
    return absl::InvalidArgumentError(
        StrCat("rules: 1 to ", kMaxRules, " are needed"));
  }
  Registry with_evidence = registry;
  AddEvidence(with_evidence, category, categories, std::move(edition_at),
              std::move(purchase_types));
  auto table = std::make_shared<StageTable>();
  for (size_t i = 0; i < definition.rules.size(); ++i) {
    const StageRule& rule = definition.rules[i];
    const std::string field = StrCat("rules[", i, "]");
    Line line;
    TRATO_ASSIGN_OR_RETURN(line.stage,
                           ParseStage(StrCat(field, ".stage"), rule.stage));
    TRATO_RETURN_IF_ERROR(
        CheckText(StrCat(field, ".reason"), rule.reason, 1024));
    line.reason = rule.reason;
    if (!rule.hold.empty()) {
      auto span = ParseSpan(rule.hold);
      if (!span.ok()) return Prefixed(span.status(), StrCat(field, ".hold: "));
      if (span->months != 0) {
        return absl::InvalidArgumentError(
            StrCat(field, ".hold: weeks, days and less are counted, months and "
                          "years are of no fixed length"));
      }
      line.hold_us = span->days * kDayUs + span->us;
    }
    auto program = Program::Compile(rule.when, context, with_evidence);
    if (!program.ok()) {
      return Prefixed(program.status(), StrCat(field, ".when: "));
    }
    for (const char* circle : {"stage", "in_segment"}) {
      if (CallsFunction((*program)->root(), circle)) {
        return absl::InvalidArgumentError(
            StrCat(field, ".when: ", circle,
                   "() may ask for the stage itself, so it cannot be part of a "
                   "rule"));
      }
    }
    if ((*program)->unforeseen() != nullptr) {
      return AtPlace(
          absl::InvalidArgumentError(
              StrCat(field, ".when: this may change at every instant")),
          (*program)->unforeseen()->place);
    }
    AddHiddenReads((*program)->reads(), table->reads_);
    line.program = *std::move(program);
    table->lines_.push_back(std::move(line));
  }
  return table;
}

size_t StageTable::LineOf(const World& world, RecordNumber customer,
                          int64_t now_us, Nesting* nesting,
                          ChangeBound* bound) const {
  const EvidenceScope scope;
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (Holds(lines_[i], world, customer, now_us, nesting, bound)) return i;
  }
  return lines_.size();
}

bool StageTable::Holds(const Line& line, const World& world,
                       RecordNumber customer, int64_t now_us, Nesting* nesting,
                       ChangeBound* bound) const {
  const auto test = [&](int64_t at_us, int64_t* until_us) {
    ChangeBound inner;
    inner.aspect = Aspect::kHolds;
    const bool holds = line.program
                           ->Test(world, customer, at_us, nesting,
                                  until_us == nullptr ? nullptr : &inner)
                           .holds;
    if (until_us != nullptr) *until_us = inner.until_us;
    return holds;
  };
  int64_t until_us = kNever;
  const bool holds = test(now_us, bound == nullptr ? nullptr : &until_us);
  if (bound != nullptr) bound->NotAfter(until_us);
  if (!holds || line.hold_us == 0) return holds;
  // From the start of the time for which it has to have held, step by step.
  int64_t at_us = std::max(now_us - line.hold_us, kMinInstant);
  int64_t since_us = at_us;
  for (size_t i = 0; i < kMaxChanges && at_us < now_us; ++i) {
    int64_t next_us;
    const bool then = test(at_us, &next_us);
    if (!then) since_us = std::min(next_us, now_us);
    at_us = next_us;
  }
  const int64_t reached_us = since_us + line.hold_us;
  if (now_us >= reached_us) return true;
  if (bound != nullptr) bound->NotAfter(reached_us);
  return false;
}

std::vector<StageStep> StepsOf(const StageTable& table, const World& world,
                               RecordNumber customer, int64_t from_us,
                               int64_t until_us) {
  std::vector<StageStep> steps;
  size_t last = table.lines().size();
  // Nobody is older than some 1,800 years, and spans are counted back.
  int64_t at_us = std::max(from_us, kMinInstant + kMostUs) + 1;
  for (size_t i = 0; i < kMaxChanges && at_us <= until_us; ++i) {
    ChangeBound bound;
    const size_t line =
        table.LineOf(world, customer, at_us, nullptr, &bound);
    const bool same_stage =
        line < table.lines().size() && last < table.lines().size() &&
        table.lines()[line].stage == table.lines()[last].stage;
    if (line != last && !same_stage) steps.push_back({at_us, line});
    last = line;
    if (bound.until_us == kNever) break;
    at_us = std::max(bound.until_us, at_us + 1);
  }
  return steps;
}

}  // namespace trato::core
