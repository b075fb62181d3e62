// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The learners that serve a store's offers. What they know follows from the log
// of decisions up to now: each answer counts from its instant on, whatever the
// order in which it is told of, so a question about an earlier instant gets the
// answer of then. Counts are whole numbers that are moved to the instant asked
// for, forward or back.
//
// A logistic one believes its model (learning/logistic_model.h), which is part of
// its definition; its counts are kept beside that.
//
// A learner's offers stand below what they serve: their need, the category of
// their products and what this stands below, and where there is neither their
// issue and their group. A new offer begins with what is known of these.

#ifndef TRATO_OFFER_LEARNERS_H_
#define TRATO_OFFER_LEARNERS_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "customer/customer_store.h"
#include "learning/learner.h"
#include "offer/catalogue.h"
#include "offer/decision_log.h"
#include "offer/policy.h"

namespace trato::core {

struct MatchContext;

// How likely each of some offers, at least one, is to be chosen.
void FillChances(const LearningDefinition& by, ChoiceMaker& maker,
                 std::span<const Belief> beliefs, std::span<double> out);

// Questions may be asked by several threads at once, but not beside changes of
// what `context` points at.
class Learners : public ResponseListener {
 public:
  // What the learner of an offer knows.
  struct Known {
    uint32_t learner = 0;  // counts from 1; 0: none serves the offer
    Learner::Known of;
  };
  // Kept from question to question.
  struct Scratch {
    std::vector<uint32_t> places;
    std::vector<uint32_t> offers;
    std::vector<uint64_t> records;
    std::vector<Learner::Known> known;
  };

  // Whether there is anything to ask.
  static bool Serve(const Policies& policies) {
    return !policies.learnings().empty();
  }

  // Of what kind of customer she is to each learner, and what they know of how
  // she takes the offers; `similar(offer)` says how often she had bought of one.
  // With `is_stranger`, of somebody of whom nothing else is known.
  // Cost: some 10 us for 50 offers; O(answers) after a change of what is defined.
  template <typename Similar>
  void KnowOf(const MatchContext& context, RecordNumber customer,
              int64_t now_us, std::span<const Catalogue::Offer* const> offers,
              Similar similar, bool is_stranger, Scratch& scratch,
              std::span<Known> out) {
    Build(context);
    for (size_t i = 0; i < offers.size(); ++i) {
      out[i].learner = ServedBy(*offers[i]);
    }
    std::vector<uint32_t>& places = scratch.places;
    for (uint32_t learner = 1; learner <= served_.size(); ++learner) {
      // Customers who are told apart by what they bought are of a kind for each
      // offer.
      const bool by_segment = !DefinitionOf(learner).segments.empty();
      const uint32_t kinds = by_segment ? 1 : kSimilarKinds;
      for (uint32_t kind = 0; kind < kinds; ++kind) {
        places.clear();
        for (uint32_t i = 0; i < offers.size(); ++i) {
          if (out[i].learner == learner &&
              (by_segment || similar(*offers[i]) == static_cast<int>(kind))) {
            places.push_back(i);
          }
        }
        if (places.empty()) continue;
        const uint32_t segment =
            by_segment ? SegmentIn(context, learner, customer, now_us) : kind;
        Ask(context, learner, segment, customer, now_us, offers, is_stranger,
            scratch, out);
        if (DefinitionOf(learner).policy == LearnerPolicy::kLogistic) {
          const uint64_t features =
              by_segment ? FeaturesIn(context, learner, customer, now_us)
                         : uint64_t{1} << kind;
          BelieveModel(learner, features, offers, scratch, out);
        }
      }
    }
  }

  // The number of the learner of an offer; 0: none.
  uint32_t LearnerOf(const MatchContext& context,
                     const Catalogue::Offer& offer) {
    Build(context);
    return ServedBy(offer);
  }
  const LearningDefinition& DefinitionOf(uint32_t learner) const {
    return *served_[learner - 1]->definition;
  }
  // The interned name of the segment that tells her apart for an offer; 0: none.
  uint32_t SegmentOf(const MatchContext& context,
                     const Catalogue::Offer& offer, RecordNumber customer,
                     int64_t now_us);

  // Of a logistic one, what its answers up to now_us say; what customers were
  // when it was decided is as it is known now.
  // Cost: a test of each of its segments for each answer, and the fit.
  LogisticModel Refit(const MatchContext& context, uint32_t learner,
                      int64_t now_us);

  // Asks about everybody: calls visit(Learner&) with the learner as it is at
  // now_us, on its own. The names of its segments are the definition's; without
  // any, 0 to 2 is how often who was asked had bought.
  template <typename Visit>
  void Look(const MatchContext& context, uint32_t learner, int64_t now_us,
            Visit visit) {
    Build(context);
    MutexLock lock(&mutex_);
    MoveTo(*served_[learner - 1], now_us);
    visit(*served_[learner - 1]->learner);
  }
  // By name; 0: none of this name is in force.
  uint32_t Find(const MatchContext& context, std::string_view name);
  // How many are in force.
  uint32_t Size(const MatchContext& context) {
    Build(context);
    return static_cast<uint32_t>(served_.size());
  }
  // The same as LearnerOf, and an offer as its learner numbers it: after another
  // question of the same context.
  uint32_t ServedBy(const Catalogue::Offer& offer) const {
    const auto found = place_of_.find(offer.number);
    return found == place_of_.end() ? 0 : found->second.learner;
  }
  uint32_t PlaceOf(const Catalogue::Offer& offer) const {
    return place_of_.at(offer.number).offer;
  }

  void Count(const Response& response, int64_t sign) override;

 private:
  struct Served {
    const LearningDefinition* definition = nullptr;
    std::vector<uint32_t> segments;  // interned
    // Of a logistic one, its offers in the model; null: not in it.
    std::vector<const LogisticWeights*> weights;
    std::unique_ptr<Learner> learner;
    absl::btree_multiset<Response> responses;
    // Those that count are from then or before.
    int64_t until_us = std::numeric_limits<int64_t>::min();
  };
  struct Place {
    uint32_t learner = 0;
    uint32_t offer = 0;  // as the learner numbers it
  };

  // Makes the learners anew where what is defined has changed.
  void Build(const MatchContext& context);
  void BuildLocked(const MatchContext& context)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  uint32_t SegmentIn(const MatchContext& context, uint32_t learner,
                     RecordNumber customer, int64_t now_us) const;
  // As bits, all that she is in.
  uint64_t FeaturesIn(const MatchContext& context, uint32_t learner,
                      RecordNumber customer, int64_t now_us) const;
  // Of the offers at scratch.places, instead of what the counts say.
  void BelieveModel(uint32_t learner, uint64_t features,
                    std::span<const Catalogue::Offer* const> offers,
                    const Scratch& scratch, std::span<Known> out) const;
  // Of the offers at scratch.places.
  void Ask(const MatchContext& context, uint32_t learner, uint32_t segment,
           RecordNumber customer, int64_t now_us,
           std::span<const Catalogue::Offer* const> offers, bool is_stranger,
           Scratch& scratch, std::span<Known> out);
  void MoveTo(Served& served, int64_t now_us)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Put(Served& served, uint32_t offer, const Response& response, int sign);

  // What follows from the definitions changes only in Build, and that while
  // nobody asks.
  std::vector<std::unique_ptr<Served>> served_;
  absl::flat_hash_map<uint32_t, Place> place_of_;  // by number of the offer
  bool is_built_ = false;
  Mutex mutex_;
  // What it was built from.
  uint64_t learning_changes_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t catalogue_changes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace trato::core

#endif  // TRATO_OFFER_LEARNERS_H_
