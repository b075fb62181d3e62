// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store has been told about the value of customers, by the instant from
// which it holds, and the functions of the language that answer from it:
// alive(), expected_purchases(), clv(), rfm(), stage() and score().

#ifndef TRATO_INSIGHT_INSIGHTS_H_
#define TRATO_INSIGHT_INSIGHTS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "expression/evaluator.h"
#include "expression/registry.h"
#include "insight/edition.h"
#include "insight/lifecycle.h"
#include "insight/definitions.h"
#include "insight/score.h"

namespace trato::core {

class Insights {
 public:
  // Registers the functions; `world` and `registry` outlive this.
  Insights(const World* world, Registry* registry);
  ~Insights();
  Insights(const Insights&) = delete;
  Insights& operator=(const Insights&) = delete;

  // Whether it may be defined; the error names the field.
  absl::Status Check(const InsightDefinition& definition,
                     const CompileContext& context) const;
  // Puts a checked definition in force from `at_us` on.
  void Define(const InsightDefinition& definition, int64_t at_us,
              std::string_view actor, const CompileContext& context);
  // Whether it is in force already.
  bool Knows(const InsightDefinition& definition) const;
  // For a state that tries definitions.
  void TakeDefinitions(const Insights& other, const CompileContext& context);

  // By instant; of one instant as they were told.
  const std::vector<std::shared_ptr<const Edition>>& editions() const;
  // The one in force; null: none is yet.
  const Edition* EditionAt(int64_t now_us) const;

  // A table of the life cycle, by instant as well.
  struct Table {
    LifecycleDefinition definition;
    int64_t at_us = 0;
    std::string actor;
    uint64_t number = 0;  // counts from 1
  };
  const std::vector<Table>& tables() const;
  // null: the default one is.
  const Table* TableAt(int64_t now_us) const;
  // The one in force, compiled; at any instant it goes by the edition that is in
  // force at now_us, so that the past can be told by what is known today.
  // FAILED_PRECONDITION where there is none.
  absl::StatusOr<std::shared_ptr<const StageTable>> StagesAt(
      int64_t now_us, std::string_view category,
      const CompileContext& context) const;
  const Categories& categories() const;
  // Whether a condition has asked for a stage, which may read any type of
  // interaction, and where products stand.
  bool asks_for_stages() const;

  // A score as it was defined, by instant. FAILED_PRECONDITION where its rules
  // cannot be asked any more.
  struct ScoreVersion {
    ScoreDefinition definition;
    int64_t at_us = 0;
    std::string actor;
    uint64_t number = 0;  // of this name, counts from 1
    absl::StatusOr<std::shared_ptr<const Score>> score;
  };
  // By name.
  using ScoreVersions = std::map<std::string, std::vector<ScoreVersion>,
                                 std::less<>>;
  const ScoreVersions& scores() const;
  // NOT_FOUND with the nearest name; FAILED_PRECONDITION where it was defined
  // later.
  absl::StatusOr<const ScoreVersion*> ScoreAt(std::string_view name,
                                              int64_t now_us) const;
  // After what their rules read was defined otherwise.
  void RecompileScores(const CompileContext& context);

  // A product stands below another one, or a category, from now on.
  void SetCategory(uint32_t product, uint32_t category);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trato::core

#endif  // TRATO_INSIGHT_INSIGHTS_H_
