// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/decision_log.h"

#include <gtest/gtest.h>

namespace trato::core {
namespace {

Decision Decided(uint64_t id) {
  Decision decision;
  decision.id = FactId{Id{0, id}};
  decision.candidates.push_back({"tea", "Tea", true, "", "", 1, 1, 1, 1});
  return decision;
}

Outcome Answered(uint64_t fact, uint64_t decision, OutcomeKind kind,
                 int64_t at_us) {
  return {FactId{Id{1, fact}}, "host", FactId{Id{0, decision}}, kind, at_us};
}

TEST(DecisionLog, AnOutcomeMayArriveBeforeItsDecision) {
  DecisionLog log;
  log.Add(Answered(1, 7, OutcomeKind::kAccepted, 10));
  log.Add(Decided(7));
  EXPECT_EQ(log.AnswerTo(FactId{Id{0, 7}}, 10).kind, OutcomeKind::kAccepted);
}

TEST(DecisionLog, TheLatestAnswerUpToNowHolds) {
  for (bool swapped : {false, true}) {
    DecisionLog log;
    log.Add(Decided(7));
    const Outcome first = Answered(1, 7, OutcomeKind::kRefused, 10);
    const Outcome second = Answered(2, 7, OutcomeKind::kAccepted, 20);
    log.Add(swapped ? second : first);
    log.Add(swapped ? first : second);
    const FactId id{Id{0, 7}};
    EXPECT_EQ(log.AnswerTo(id, 9).kind, OutcomeKind::kNone);
    EXPECT_EQ(log.AnswerTo(id, 10).kind, OutcomeKind::kRefused);
    EXPECT_EQ(log.AnswerTo(id, 20).kind, OutcomeKind::kAccepted);
  }
}

TEST(DecisionLog, AtOneInstantTheSourceDecidesThenTheFact) {
  DecisionLog log;
  Outcome refused = Answered(9, 7, OutcomeKind::kRefused, 20);
  refused.source = "a";
  Outcome accepted = Answered(1, 7, OutcomeKind::kAccepted, 20);
  accepted.source = "b";
  log.Add(accepted);
  log.Add(refused);
  EXPECT_EQ(log.AnswerTo(FactId{Id{0, 7}}, 20).kind, OutcomeKind::kAccepted);
}

TEST(DecisionLog, BeingShownIsNoAnswer) {
  DecisionLog log;
  log.Add(Decided(7));
  log.Add(Answered(1, 7, OutcomeKind::kRefused, 10));
  log.Add(Answered(2, 7, OutcomeKind::kShown, 20));
  EXPECT_EQ(log.AnswerTo(FactId{Id{0, 7}}, 30).kind, OutcomeKind::kRefused);
}

TEST(DecisionLog, WithoutAKeptCandidateThereIsNoOffer) {
  Decision decision = Decided(7);
  decision.candidates[0].kept = false;
  EXPECT_EQ(decision.offer(), "");
  decision.candidates.clear();
  EXPECT_EQ(decision.offer(), "");
}

TEST(DecisionLog, AnUnknownDecisionIsNotFoundByItsId) {
  const auto found = DecisionLog().Find(FactId{Id{0, 0xabc}});
  EXPECT_EQ(found.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(found.status().message(),
            "there is no decision 00000000000000000000000000000abc");
}

}  // namespace
}  // namespace trato::core
