// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/decision_log.h"

#include <gtest/gtest.h>

namespace trato::core {
namespace {

Decision Decided(uint64_t id) {
  Decision decision;
  decision.id = FactId{Id{0, id}};
  decision.offer = 5;
  return decision;
}

Outcome Answered(uint64_t fact, uint64_t decision, OutcomeKind kind,
                 int64_t at_us) {
  return {FactId{Id{1, fact}}, "host", FactId{Id{0, decision}},
          kind,                at_us,  "",
          {}};
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

Decision Reserving(uint64_t id, int64_t at_us, int64_t until_us) {
  Decision decision = Decided(id);
  decision.at_us = at_us;
  decision.respond_until_us = until_us;
  decision.reserved_minor = 100;
  return decision;
}

TEST(DecisionLog, AReservationLastsUntilTheTimeToAnswerIsOver) {
  DecisionLog log;
  log.Add(Reserving(1, 10, 20));
  const DecisionLog::Offered& offered = *log.OfferedOf(5);
  EXPECT_EQ(offered.taken.At(9), 0);
  EXPECT_EQ(offered.taken.At(10), 1);
  EXPECT_EQ(offered.reserved.At(19), 100);
  EXPECT_EQ(offered.taken.At(20), 0);
  EXPECT_EQ(offered.taken.MaxFrom(0), 1);
}

TEST(DecisionLog, AYesKeepsAndANoReleasesWhatIsReserved) {
  DecisionLog log;
  log.Add(Reserving(1, 10, 20));
  log.Add(Answered(1, 1, OutcomeKind::kAccepted, 15));
  log.Add(Reserving(2, 10, 20));
  log.Add(Answered(2, 2, OutcomeKind::kRefused, 12));
  const DecisionLog::Offered& offered = *log.OfferedOf(5);
  EXPECT_EQ(offered.taken.At(11), 2);
  EXPECT_EQ(offered.taken.At(12), 1);
  EXPECT_EQ(offered.taken.At(1000), 1);
}

TEST(DecisionLog, ALateYesTakesBackWhatHadLapsed) {
  DecisionLog log;
  log.Add(Answered(1, 1, OutcomeKind::kBought, 30));
  log.Add(Reserving(1, 10, 20));
  const DecisionLog::Offered& offered = *log.OfferedOf(5);
  EXPECT_EQ(offered.taken.At(25), 0);
  EXPECT_EQ(offered.taken.At(30), 1);
}

TEST(DecisionLog, AnOutcomeByConversationIsOfTheLastDecisionBeforeIt) {
  for (bool swapped : {false, true}) {
    DecisionLog log;
    Decision first = Decided(1);
    first.at_us = 10;
    first.conversation = "call 7";
    Decision second = Decided(2);
    second.at_us = 20;
    second.conversation = "call 7";
    Outcome yes = Answered(1, 0, OutcomeKind::kAccepted, 15);
    yes.conversation = "call 7";
    Outcome no = Answered(2, 0, OutcomeKind::kRefused, 25);
    no.conversation = "call 7";
    log.Add(swapped ? second : first);
    log.Add(no);
    log.Add(swapped ? first : second);
    log.Add(yes);
    EXPECT_EQ(log.AnswerTo(first.id, 100).kind, OutcomeKind::kAccepted);
    EXPECT_EQ(log.AnswerTo(second.id, 100).kind, OutcomeKind::kRefused);
    const ResponseRate::Counts counts =
        log.OfferedOf(5)->response.Of(0, 100);
    EXPECT_EQ(counts.trials, 2);
    EXPECT_EQ(counts.successes, 1);
  }
}

TEST(DecisionLog, APermitCountsUntilItLapsesUnused) {
  DecisionLog log;
  Permit permit;
  permit.id = FactId{Id{2, 1}};
  permit.record = 3;
  permit.at_us = 10;
  permit.deadline_us = 20;
  log.Add(permit);
  const auto count = [&](int64_t now_us) {
    int contacts = 0;
    log.ForEachContact(3, 0, 100, now_us, ~uint64_t{0},
                       [&](const Contact&) { ++contacts; });
    return contacts;
  };
  EXPECT_EQ(count(19), 1);
  EXPECT_EQ(count(20), 0);
  log.UsePermit(permit.id, 15);
  EXPECT_EQ(count(20), 1);
}

TEST(DecisionLog, AnUnknownDecisionIsNotFoundByItsId) {
  const auto found = DecisionLog().Find(FactId{Id{0, 0xabc}});
  EXPECT_EQ(found.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(found.status().message(),
            "there is no decision 00000000000000000000000000000abc");
}

}  // namespace
}  // namespace trato::core
