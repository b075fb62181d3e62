// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Scores by rules: each interaction that a rule is about gives points, which
// fade by half in a span or lapse after one; a condition gives points while it
// holds. Points are counted in thousandths, and what is left of each gift is
// rounded towards zero on its own, so that a score is the sum of its log to the
// last digit. Nothing is kept: a score follows from facts and an instant, and so
// does when it changes.

#ifndef TRATO_INSIGHT_SCORE_H_
#define TRATO_INSIGHT_SCORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "expression/program.h"
#include "insight/definitions.h"

namespace trato::core {

// A score, compiled.
class Score {
 public:
  // The error names the rule and the field and, for `when`, carries a place.
  static absl::StatusOr<std::shared_ptr<const Score>> Make(
      const ScoreDefinition& definition, const CompileContext& context,
      const Registry& registry);

  // What one rule gave once.
  struct Gift {
    size_t rule = 0;
    // Of a condition that holds there is none of these.
    RecordNumber record = 0;
    const InteractionRef* interaction = nullptr;
    int64_t at_us = 0;
    int64_t lapses_us = 0;  // none is left from then on; kNever
    int64_t left_milli = 0;
  };
  using Visit = std::function<void(const Gift&)>;

  // The sum of what is left of everything given, in thousandths; before least
  // and most.
  int64_t Sum(const World& world, RecordNumber customer, int64_t now_us,
              const Visit& visit) const;
  // Within least and most.
  int64_t Limited(int64_t sum_milli) const;
  int64_t Value(const World& world, RecordNumber customer, int64_t now_us,
                Nesting* nesting) const;
  // The same with a bound: until when same(low, high) says that a value between
  // these two is as good as the one now.
  int64_t Value(const World& world, RecordNumber customer, int64_t now_us,
                Nesting* nesting,
                const std::function<bool(int64_t low, int64_t high)>& same,
                ChangeBound& bound) const;

  const ScoreDefinition& definition() const { return definition_; }
  // Of all rules; what they read is not seen in the text of who asks.
  const Reads& reads() const { return reads_; }

 private:
  struct Line {
    std::shared_ptr<const Program> program;
    bool is_condition = false;
    int64_t points_milli = 0;
    int64_t half_life_us = 0;  // 0: does not fade
    Span lapse;
    bool lapses = false;
  };
  // What is left of a gift follows from these.
  struct Fading {
    const Line* line = nullptr;
    int64_t at_us = 0;
    int64_t lapses_us = 0;
  };

  static absl::StatusOr<Line> MakeLine(const ScoreRule& rule,
                                       const CompileContext& context,
                                       const Registry& registry);
  static int64_t LeftOf(const Fading& gift, int64_t at_us);
  // Calls visit(line, record, interaction or null, gift).
  template <typename VisitFading>
  void ForEach(const World& world, RecordNumber customer, int64_t now_us,
               Nesting* nesting, ChangeBound* bound, VisitFading visit) const;
  // From this instant on nothing changes any more without facts.
  static int64_t EndOf(const std::vector<Fading>& gifts, int64_t now_us);

  ScoreDefinition definition_;
  absl::TimeZone zone_;
  std::vector<Line> lines_;
  Reads reads_;
};

// Adds what a function reads without showing it in the text of who asks.
void AddHiddenReads(const Reads& from, Reads& to);
// Whether a call of a function of that name is part of it.
bool CallsFunction(const Node& node, std::string_view name);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_SCORE_H_
