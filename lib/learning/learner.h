// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Learns which offer suits whom from what they answered, and says how likely it
// was to choose as it did.
//
//   rate of an offer       m   = (S + 10 m_need) / (N + 10)
//   in a segment           m_g = (S_g + 20 m) / (N_g + 20)
//   of a customer          Beta(s + k m_i, n - s + k (1 - m_i))
//
// N, S: shown and accepted. m_need is the same of the need that the offer serves
// (of the root, `prior_rate`), and a segment that takes to a need more than
// others do is taken to take so to an offer of it. m_i is m_g times what her
// answers to other offers of the need say (own_needs.h); without needs it is
// m_g. k follows from the answers (empirical Bayes): of pairs of answers of one
// customer, more are both a yes than if all customers of a segment were alike,
// the more the less alike they are. With n and s of customers who are shown what
// they like the plain moment is biased; the one with (s - n m_g) squared is much
// less so.
//
// All of this follows from counts, which are whole numbers: any order of the
// answers gives the same bits, and taking one back leaves what there was.

#ifndef TRATO_LEARNING_LEARNER_H_
#define TRATO_LEARNING_LEARNER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "learning/choice.h"
#include "learning/customer_cells.h"
#include "learning/definitions.h"
#include "learning/own_needs.h"
#include "learning/regression.h"
#include "learning/tally.h"

namespace trato::core {

// One at a time.
class Learner {
 public:
  static absl::StatusOr<Learner> Create(LearnerDefinition definition);

  absl::StatusOr<uint32_t> AddOffer(LearnerOffer offer);

  // Who is to be shown one of these.
  struct Question {
    uint64_t customer = 0;  // 0: nobody is known
    uint32_t segment = kNoSegment;
    std::span<const double> context;
    std::span<const uint32_t> offers;  // each once
    std::span<const double> values;    // of a yes; empty: 1 each
    uint64_t draw = 0;  // tells decisions of one customer and instant apart
  };
  struct Choice {
    uint32_t place = 0;  // among the offers
    double probability = 0;
    double expected = 0;  // value x mean
  };
  absl::Status Check(const Question& question) const;
  // Of a question that was checked. `probabilities` is as long as its offers.
  // Allocates nothing once it has seen as many offers.
  Choice Decide(const Question& question, int64_t now_us,
                std::span<double> probabilities);

  struct Answer {
    uint64_t customer = 0;
    uint32_t segment = kNoSegment;
    uint32_t offer = 0;
    bool accepted = false;
    int64_t at_us = 0;
    std::span<const double> context;
  };
  absl::Status Learn(const Answer& answer);
  // All or none; the message names the row. Of a list of taken back ones, each
  // must have been learned.
  absl::Status LearnAll(std::span<const Answer> answers, bool take_back);
  // As if it had never been learned.
  absl::Status TakeBack(const Answer& answer);

  // For who keeps the answers: counts one (sign 1), or no more (-1), where there
  // is room for it, or where it is. Not of a regression.
  void Count(const Answer& answer, int sign);

  // What is known of how somebody takes an offer.
  struct Known {
    Belief belief;
    double rate = 0;  // of who is like her, with what her other answers say
    Rate own;         // her answers, as they count
  };
  // Of a customer with these records, in their order: none is a stranger. Not of
  // a regression, and not of a value. Cost: O(offers of the learner) after an
  // answer, O(answers of hers + offers asked for).
  void KnowOf(std::span<const uint64_t> records, uint32_t segment,
              std::span<const uint32_t> offers, int64_t now_us,
              std::span<Known> out);

  absl::Status Link(uint64_t one, uint64_t other);
  absl::Status Unlink(uint64_t one, uint64_t other);

  // The same counts give the same bytes.
  std::string Save() const;
  static absl::StatusOr<Learner> Load(std::string_view bytes);

  struct OfferState {
    double shown = 0;  // as they count at that instant
    double accepted = 0;
    double rate = 0;
    struct Segment {
      uint32_t segment;
      double shown;
      double accepted;
      double rate;
    };
    std::vector<Segment> segments;
  };
  OfferState Describe(uint32_t offer, int64_t now_us);
  // What a segment's rate counts for, beside a customer's own answers.
  double CustomerWeight(int64_t now_us);
  const LearnerDefinition& definition() const { return definition_; }
  const CustomerCells& cells() const { return cells_; }
  const CustomerLinks& links() const { return links_; }
  uint64_t answers() const { return answers_; }
  double floor() const {
    return definition_.policy == LearnerPolicy::kRandom ? 1
                                                        : definition_.floor;
  }

 private:
  explicit Learner(LearnerDefinition definition);

  bool counts() const {
    return definition_.policy != LearnerPolicy::kLogistic;
  }
  absl::Status CheckAnswer(const Answer& answer) const;
  absl::Status CheckCell(const Answer& answer, bool take_back) const;
  void Apply(const Answer& answer, int sign);
  void AddCounted(uint64_t customer, uint16_t offer, uint16_t segment,
                  uint16_t step, int64_t shown, int64_t accepted);
  void Touch(uint32_t offer);

  // Brings what follows from the counts up to that step.
  void BringUp(uint16_t now);
  // Of an offer with what it inherits, for everybody and in a segment.
  struct Rates {
    double all;
    double here;
  };
  Rates NeedRates(uint32_t need, uint32_t segment, uint16_t now);
  Rates RatesOf(uint32_t offer, uint32_t segment, uint16_t now);
  void Believe(const Question& question, int64_t now_us);
  // Fills own_needs_.
  void ReadOwnNeeds(std::span<const uint64_t> records, uint16_t now);
  Rate OwnRate(std::span<const CustomerCell> cells, uint32_t offer,
               uint16_t now) const;
  double Draw(const Question& question, int64_t now_us) const;

  LearnerDefinition definition_;
  absl::flat_hash_map<std::string, uint32_t> offer_names_;
  Ages ages_;
  std::vector<Tally> offers_;
  std::vector<Tally> needs_;
  CustomerCells cells_;
  CustomerLinks links_;
  std::optional<Regression> regression_;
  uint64_t answers_ = 0;

  // What follows.
  std::vector<Tally::Spread> spreads_;  // by offer
  std::vector<uint32_t> touched_;       // offers whose spread is stale
  std::vector<char> is_touched_;
  bool weight_stale_ = true;
  uint16_t now_ = 0;
  double customer_weight_ = 0;

  // Kept from call to call, so that nothing is allocated.
  ChoiceMaker maker_;
  std::vector<Belief> beliefs_;
  std::vector<Known> known_;
  OwnNeeds own_needs_;
  mutable std::vector<uint32_t> seen_;  // by offer, the question it was in
  mutable uint32_t question_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_LEARNING_LEARNER_H_
