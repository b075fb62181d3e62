// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The stages of the life cycle, by an ordered table of rules: a customer is in
// the stage of the first line that holds of her, in a category of products or
// for the brand. A line may have to have held for a while. So a stage is a
// function of facts and an instant, it goes back as well as forward, and when it
// changes is known.

#ifndef TRATO_INSIGHT_LIFECYCLE_H_
#define TRATO_INSIGHT_LIFECYCLE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "expression/program.h"
#include "insight/definitions.h"
#include "insight/evidence.h"

namespace trato::core {

inline constexpr std::array<std::string_view, 7> kStages = {
    "awareness", "consideration",  "option",     "purchase",
    "reconsideration", "repurchase", "abandonment"};
inline constexpr size_t kNoStage = kStages.size();

// The place of a name in kStages, or INVALID_ARGUMENT with the nearest one.
absl::StatusOr<size_t> ParseStage(std::string_view field,
                                  std::string_view name);

// The table in force where none was defined, by the types that there are.
LifecycleDefinition DefaultLifecycle(const Schema& schema);

// A table, compiled for one category.
class StageTable {
 public:
  struct Line {
    size_t stage = 0;
    std::shared_ptr<const Program> program;
    int64_t hold_us = 0;
    std::string reason;
  };

  // `registry` is that of the store. The error names the rule and, for its
  // condition, carries a place.
  static absl::StatusOr<std::shared_ptr<const StageTable>> Make(
      const LifecycleDefinition& definition, std::string_view category,
      const Registry& registry, const Categories* categories,
      FindEditionAt edition_at, std::vector<std::string> purchase_types,
      const CompileContext& context);

  // The line that she is in; lines().size() where none holds. With a bound
  // until when that stays.
  size_t LineOf(const World& world, RecordNumber customer, int64_t now_us,
                Nesting* nesting, ChangeBound* bound) const;

  const std::vector<Line>& lines() const { return lines_; }
  const Reads& reads() const { return reads_; }

 private:
  bool Holds(const Line& line, const World& world, RecordNumber customer,
             int64_t now_us, Nesting* nesting, ChangeBound* bound) const;

  std::vector<Line> lines_;
  Reads reads_;  // of all lines
};

// When somebody came into a stage, by which line.
struct StageStep {
  int64_t at_us = 0;
  size_t line = 0;  // lines().size(): she was in none any more
};

// The steps in (from_us, until_us], the first of them at from_us + 1 or later
// saying where she is then.
std::vector<StageStep> StepsOf(const StageTable& table, const World& world,
                               RecordNumber customer, int64_t from_us,
                               int64_t until_us);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_LIFECYCLE_H_
