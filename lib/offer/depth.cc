// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/depth.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace trato::core {
namespace {

double BitsOf(std::span<const double> chances) {
  double bits = 0;
  for (double p : chances) {
    if (p > 0) bits -= p * std::log2(p);
  }
  return bits;
}

bool MayHave(const MatchCandidate& it) {
  switch (it.dropped_at) {
    case Stage::kRestriction:
    case Stage::kValidity:
    case Stage::kEligibility:
    case Stage::kApplicability:
    case Stage::kSuitability:
      return false;
    default:
      return true;
  }
}

// What was answered and decided, by learner.
void CountAnswers(const MatchContext& context, RecordNumber customer,
                  int64_t now_us, std::map<uint32_t, LearnerDepth>& found) {
  struct Made {
    int64_t at_us;
    uint32_t learner;
  };
  std::vector<Made> made;
  std::map<uint32_t, int64_t> first;  // instant of an answer, by learner
  for (RecordNumber record : context.world->customers->RecordsOf(customer)) {
    for (const Decision* it : context.decisions->Of(record)) {
      if (it->offer == 0 || it->at_us > now_us) continue;
      const Catalogue::Offer* offer =
          context.catalogue->FindNumber(it->offer);
      const uint32_t learner =
          offer == nullptr ? 0 : context.learners->LearnerOf(context, *offer);
      if (learner == 0) continue;
      if (it->learner != 0) made.push_back({it->at_us, learner});
      LearnerDepth& depth = found[learner];
      context.decisions->ForEachResponse(*it, [&](const Response& response) {
        if (response.from_us > now_us) return;
        const int sign = response.is_taken_back ? -1 : 1;
        depth.answers += sign;
        depth.acceptances += response.accepted ? sign : 0;
        const auto [known, is_new] =
            first.try_emplace(learner, response.from_us);
        if (!is_new) known->second = std::min(known->second, response.from_us);
      });
    }
  }
  for (const Made& it : made) {
    LearnerDepth& depth = found[it.learner];
    ++depth.decisions;
    const auto known = first.find(it.learner);
    depth.used += known != first.end() && known->second < it.at_us ? 1 : 0;
  }
}

// Sorts the offers, and sums up.
void Compare(LearnerDepth& depth) {
  const size_t count = depth.offers.size();
  std::vector<double> chances(count);
  std::sort(depth.offers.begin(), depth.offers.end(),
            [](const DepthOffer& a, const DepthOffer& b) {
              return a.chance != b.chance
                         ? a.chance > b.chance
                         : a.offer->definition.name < b.offer->definition.name;
            });
  for (size_t i = 0; i < count; ++i) chances[i] = depth.offers[i].chance;
  depth.bits = BitsOf(chances);
  for (size_t i = 0; i < count; ++i) {
    chances[i] = depth.offers[i].stranger_chance;
  }
  depth.stranger_bits = BitsOf(chances);
  for (const DepthOffer& it : depth.offers) {
    depth.expected_minor += it.chance * it.value_minor * it.mean;
    depth.stranger_minor += it.stranger_chance * it.value_minor * it.mean;
  }
}

}  // namespace

std::vector<LearnerDepth> DepthOf(const MatchContext& context,
                                  Matcher& matcher, RecordNumber customer,
                                  int64_t now_us) {
  matcher.Match(context, customer, now_us);
  matcher.CompleteEvidence();
  std::map<uint32_t, LearnerDepth> found;
  CountAnswers(context, customer, now_us, found);
  std::vector<const Catalogue::Offer*> offers;
  for (const MatchCandidate& it : matcher.candidates()) {
    if (MayHave(it)) offers.push_back(it.offer);
  }
  std::vector<Learners::Known> hers(offers.size());
  std::vector<Learners::Known> others(offers.size());
  Learners::Scratch scratch;
  const auto similar = [&](const Catalogue::Offer& offer) {
    return matcher.EvidenceOf(offer).similar();
  };
  context.learners->KnowOf(context, customer, now_us, offers, similar, false,
                           scratch, hers);
  context.learners->KnowOf(context, customer, now_us, offers, similar, true,
                           scratch, others);
  const double weight = context.policies->arbitration().benefit_weight;
  std::map<uint32_t, std::pair<std::vector<Belief>, std::vector<Belief>>>
      beliefs;
  for (size_t i = 0; i < offers.size(); ++i) {
    const uint32_t learner = hers[i].learner;
    const OfferDefinition& it = offers[i]->definition;
    if (learner == 0 || it.currency != context.currency) continue;
    DepthOffer offer;
    offer.offer = offers[i];
    const double benefit = static_cast<double>(it.benefit_minor) +
                           static_cast<double>(offers[i]->discount);
    offer.value_minor =
        std::max(0.0, (static_cast<double>(offers[i]->net_value_minor) +
                       weight * benefit) *
                          it.lever);
    offer.mean = hers[i].of.belief.mean;
    offer.stranger = others[i].of.belief.mean;
    offer.own = hers[i].of.own;
    found[learner].offers.push_back(offer);
    auto& [mine, strangers] = beliefs[learner];
    mine.push_back(hers[i].of.belief);
    mine.back().value = offer.value_minor;
    strangers.push_back(others[i].of.belief);
    strangers.back().value = offer.value_minor;
  }
  ChoiceMaker maker;
  std::vector<double> chances;
  std::vector<LearnerDepth> depths;
  for (auto& [learner, depth] : found) {
    const LearningDefinition& by = context.learners->DefinitionOf(learner);
    depth.learner = &by;
    if (!depth.offers.empty()) {
      auto& [mine, strangers] = beliefs[learner];
      chances.resize(mine.size());
      FillChances(by, maker, mine, chances);
      for (size_t i = 0; i < chances.size(); ++i) {
        depth.offers[i].chance = chances[i];
      }
      FillChances(by, maker, strangers, chances);
      for (size_t i = 0; i < chances.size(); ++i) {
        depth.offers[i].stranger_chance = chances[i];
      }
      Compare(depth);
    }
    depths.push_back(std::move(depth));
  }
  return depths;
}

}  // namespace trato::core
