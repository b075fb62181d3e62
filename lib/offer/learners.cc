// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/learners.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "base/strings.h"
#include "offer/matcher.h"

namespace trato::core {
namespace {

bool Serves(const LearningDefinition& it, const OfferDefinition& offer) {
  return !it.retired && (it.offer.empty() || it.offer == offer.name) &&
         (it.group.empty() || it.group == offer.group) &&
         (it.issue.empty() || it.issue == offer.issue);
}

// The most particular first.
std::tuple<bool, bool, bool> GeneralityOf(const LearningDefinition& it) {
  return {it.offer.empty(), it.group.empty(), it.issue.empty()};
}

// Of the name of what an offer stands below, as it is shown.
constexpr size_t kNameKept = 100;

// What the offers of a learner stand below, as its tree of needs.
class Tree {
 public:
  explicit Tree(LearnerDefinition& learner) : learner_(learner) {}

  // The place of a name below another place.
  uint32_t Below(uint32_t above, std::string name) {
    const auto [place, is_new] =
        numbers_.try_emplace({above, name},
                             static_cast<uint32_t>(learner_.needs.size()));
    if (is_new) {
      // Told apart from what is called so elsewhere.
      learner_.needs.push_back(
          {StrCat(learner_.needs.size(), " ", name.substr(0, kNameKept)),
           above});
    }
    return place->second;
  }

 private:
  LearnerDefinition& learner_;
  std::map<std::pair<uint32_t, std::string>, uint32_t> numbers_;
};

uint32_t NeedOf(const MatchContext& context, const Catalogue::Offer& offer,
                Tree& tree) {
  const OfferDefinition& it = offer.definition;
  uint32_t need = kNoNeed;
  const auto below = [&](std::string_view name) {
    if (!name.empty()) need = tree.Below(need, std::string(name));
  };
  if (!it.needs.empty()) below(it.needs.front());
  const std::string* leaf = !it.categories.empty() ? &it.categories.front()
                            : !it.products.empty() ? &it.products.front()
                                                   : nullptr;
  if (leaf == nullptr) return need;
  std::vector<std::string_view> path;
  if (!it.categories.empty()) path.push_back(*leaf);
  if (const auto number = context.world->names->Find(*leaf)) {
    for (uint32_t above : context.catalogue->CategoriesAbove(*number)) {
      path.push_back(context.world->names->Text(above));
    }
  }
  // The widest first, and no deeper than a learner goes.
  const size_t room = kMaxNeedDepth - 1;
  for (size_t i = std::min(path.size(), room); i-- > 0;) below(path[i]);
  if (need == kNoNeed) {
    below(it.issue);
    below(it.group);
  }
  return need;
}

}  // namespace

void FillChances(const LearningDefinition& by, ChoiceMaker& maker,
                 std::span<const Belief> beliefs, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  switch (by.policy) {
    case LearnerPolicy::kSquareCb:
      ChoiceMaker::SquareCb(beliefs, by.gamma, out);
      break;
    case LearnerPolicy::kFixed: {
      const auto score = [](const Belief& it) { return it.value * it.mean; };
      size_t best = 0;
      for (size_t i = 1; i < beliefs.size(); ++i) {
        if (score(beliefs[i]) > score(beliefs[best])) best = i;
      }
      out[best] = 1;
      break;
    }
    case LearnerPolicy::kRandom:
      break;
    default:
      maker.Thompson(beliefs, by.exploration, out);
      break;
  }
  ChoiceMaker::Mix(by.policy == LearnerPolicy::kRandom ? 1 : by.floor, out);
}

void Learners::Build(const MatchContext& context) {
  MutexLock lock(&mutex_);
  if (is_built_ &&
      learning_changes_ == context.policies->learning_changes() &&
      catalogue_changes_ == context.catalogue->changes()) {
    return;
  }
  BuildLocked(context);
}

void Learners::BuildLocked(const MatchContext& context) {
  served_.clear();
  place_of_.clear();
  learning_changes_ = context.policies->learning_changes();
  catalogue_changes_ = context.catalogue->changes();
  is_built_ = true;
  std::vector<const LearningDefinition*> definitions;
  for (const auto& [name, it] : context.policies->learnings()) {
    if (!it.retired) definitions.push_back(&it);
  }
  std::stable_sort(definitions.begin(), definitions.end(),
                   [](const auto* a, const auto* b) {
                     return GeneralityOf(*a) < GeneralityOf(*b);
                   });
  for (const LearningDefinition* it : definitions) {
    auto served = std::make_unique<Served>();
    served->definition = it;
    for (const std::string& name : it->segments) {
      served->segments.push_back(context.world->names->Find(name).value_or(0));
    }
    absl::flat_hash_map<std::string_view, const LogisticWeights*> weights;
    if (it->model) {
      for (const LogisticWeights& of : it->model->offers) {
        weights[of.offer] = &of;
      }
    }
    LearnerDefinition learner = ToLearner(*it);
    Tree tree(learner);
    const auto number = static_cast<uint32_t>(served_.size() + 1);
    for (const Catalogue::Offer* offer : context.catalogue->in_order()) {
      if (place_of_.contains(offer->number) ||
          !Serves(*it, offer->definition) ||
          learner.offers.size() >= kMaxOffers) {
        continue;
      }
      place_of_[offer->number] = {
          number, static_cast<uint32_t>(learner.offers.size())};
      learner.offers.push_back(
          {StrCat(learner.offers.size()), NeedOf(context, *offer, tree)});
      const auto known = weights.find(offer->definition.name);
      served->weights.push_back(known == weights.end() ? nullptr
                                                       : known->second);
    }
    // Checked when it was defined.
    served->learner = std::make_unique<Learner>(
        *Learner::Create(std::move(learner)));
    served_.push_back(std::move(served));
  }
  if (served_.empty()) return;
  context.decisions->ForEach([&](const Decision& decision) {
    const auto place = place_of_.find(decision.offer);
    if (decision.offer == 0 || place == place_of_.end()) return;
    Served& served = *served_[place->second.learner - 1];
    context.decisions->ForEachResponse(decision, [&](const Response& it) {
      served.responses.insert(it);
    });
  });
}

void Learners::Count(const Response& response, int64_t sign) {
  // Nobody asks meanwhile; what is not built is read from the log.
  if (!is_built_) return;
  const auto place = place_of_.find(response.offer);
  if (place == place_of_.end()) return;
  Served& served = *served_[place->second.learner - 1];
  if (sign > 0) {
    served.responses.insert(response);
  } else if (const auto known = served.responses.find(response);
             known != served.responses.end()) {
    served.responses.erase(known);
  } else {
    return;
  }
  if (response.from_us <= served.until_us) {
    Put(served, place->second.offer, response, sign > 0 ? 1 : -1);
  }
}

void Learners::Put(Served& served, uint32_t offer, const Response& response,
                   int sign) {
  Learner::Answer answer;
  answer.customer = uint64_t{response.record} + 1;
  answer.offer = offer;
  answer.accepted = response.accepted;
  answer.at_us = response.at_us;
  if (served.segments.empty()) {
    answer.segment = response.similar;
  } else if (response.segment != 0) {
    const auto place = std::find(served.segments.begin(),
                                 served.segments.end(), response.segment);
    if (place != served.segments.end()) {
      answer.segment =
          static_cast<uint32_t>(place - served.segments.begin());
    }
  }
  served.learner->Count(answer, response.is_taken_back ? -sign : sign);
}

void Learners::MoveTo(Served& served, int64_t now_us) {
  const auto from_on = [&](int64_t us) {
    Response first;
    first.from_us = us;
    first.at_us = std::numeric_limits<int64_t>::min();
    return served.responses.lower_bound(first);
  };
  if (now_us == served.until_us) return;
  const bool is_forward = now_us > served.until_us;
  const auto [low, high] = std::minmax(now_us, served.until_us);
  auto begin = from_on(low == std::numeric_limits<int64_t>::min() ? low
                                                                  : low + 1);
  auto end = from_on(high + 1);
  served.until_us = now_us;
  if (is_forward) {
    for (; begin != end; ++begin) {
      Put(served, place_of_.at(begin->offer).offer, *begin, 1);
    }
  } else {
    while (end != begin) {
      --end;
      Put(served, place_of_.at(end->offer).offer, *end, -1);
    }
  }
}

uint32_t Learners::SegmentIn(const MatchContext& context, uint32_t learner,
                             RecordNumber customer, int64_t now_us) const {
  const Served& served = *served_[learner - 1];
  for (size_t i = 0; i < served.segments.size(); ++i) {
    const auto segment =
        context.segments->Find(served.definition->segments[i]);
    if (!segment.ok()) continue;
    const auto verdict = context.segments->Test(**segment, customer, now_us);
    if (verdict.ok() && verdict->holds) return static_cast<uint32_t>(i);
  }
  return kNoSegment;
}

uint64_t Learners::FeaturesIn(const MatchContext& context, uint32_t learner,
                              RecordNumber customer, int64_t now_us) const {
  uint64_t features = 0;
  const std::vector<std::string>& names = DefinitionOf(learner).segments;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto segment = context.segments->Find(names[i]);
    if (!segment.ok()) continue;
    const auto verdict = context.segments->Test(**segment, customer, now_us);
    if (verdict.ok() && verdict->holds) features |= uint64_t{1} << i;
  }
  return features;
}

void Learners::BelieveModel(uint32_t learner, uint64_t features,
                            std::span<const Catalogue::Offer* const> offers,
                            const Scratch& scratch,
                            std::span<Known> out) const {
  const Served& served = *served_[learner - 1];
  const LearningDefinition& it = *served.definition;
  std::span<const LogisticWeight> any;
  if (it.model && !it.model->offers.empty()) {
    any = it.model->offers.front().weights;
  }
  for (uint32_t place : scratch.places) {
    const LogisticWeights* own = served.weights[PlaceOf(*offers[place])];
    Learner::Known& of = out[place].of;
    of.belief = LogisticBelief(
        it.prior_rate, any,
        own == nullptr ? std::span<const LogisticWeight>() : own->weights,
        features);
    of.rate = of.belief.mean;
  }
}

LogisticModel Learners::Refit(const MatchContext& context, uint32_t learner,
                              int64_t now_us) {
  const LearningDefinition& it = DefinitionOf(learner);
  LogisticModel model;
  model.until_us = now_us;
  // By name, as the order of their numbers is that in which they were told.
  std::map<std::string_view, uint32_t> offers;
  for (const Catalogue::Offer* offer : context.catalogue->in_order()) {
    if (ServedBy(*offer) == learner) offers[offer->definition.name];
  }
  uint32_t next = 0;
  absl::flat_hash_map<uint32_t, uint32_t> place_of;
  for (auto& [name, place] : offers) {
    place = next++;
    place_of[context.world->names->Find(name).value_or(0)] = place;
  }
  // Offer, features, whether it was a yes, and what it counts: sums of these in
  // their order are the same whatever came first.
  std::vector<std::tuple<uint32_t, uint64_t, bool, double>> answers;
  context.decisions->ForEach([&](const Decision& decision) {
    const auto place = place_of.find(decision.offer);
    if (decision.offer == 0 || place == place_of.end()) return;
    std::optional<Response> in_force;
    context.decisions->ForEachResponse(decision, [&](const Response& response) {
      if (response.from_us > now_us) return;
      in_force.reset();
      if (!response.is_taken_back) in_force = response;
    });
    if (!in_force) return;
    const RecordNumber customer =
        context.world->customers->LeaderOf(decision.record);
    const uint64_t features =
        it.segments.empty()
            ? uint64_t{1} << decision.similar
            : FeaturesIn(context, learner, customer, decision.at_us);
    const double age = static_cast<double>(now_us - in_force->at_us);
    const double counts =
        it.half_life_us == 0
            ? 1
            : std::exp2(-age / static_cast<double>(it.half_life_us));
    answers.emplace_back(place->second, features, in_force->accepted, counts);
  });
  std::sort(answers.begin(), answers.end());
  std::vector<LogisticRow> rows;
  for (const auto& [offer, features, accepted, counts] : answers) {
    if (rows.empty() || rows.back().offer != offer ||
        rows.back().features != features) {
      rows.push_back({offer, features, 0, 0});
    }
    rows.back().shown += counts;
    if (accepted) rows.back().accepted += counts;
  }
  model.answers = static_cast<int64_t>(answers.size());
  auto weights = FitLogistic(rows, offers.size(), FeaturesOf(it), it.prior_rate);
  model.offers.push_back({{}, std::move(weights[0])});
  for (const auto& [name, place] : offers) {
    model.offers.push_back({std::string(name), std::move(weights[place + 1])});
  }
  return model;
}

uint32_t Learners::SegmentOf(const MatchContext& context,
                             const Catalogue::Offer& offer,
                             RecordNumber customer, int64_t now_us) {
  const uint32_t learner = LearnerOf(context, offer);
  if (learner == 0 || served_[learner - 1]->segments.empty()) return 0;
  const uint32_t segment = SegmentIn(context, learner, customer, now_us);
  return segment == kNoSegment ? 0 : served_[learner - 1]->segments[segment];
}

uint32_t Learners::Find(const MatchContext& context, std::string_view name) {
  Build(context);
  for (size_t i = 0; i < served_.size(); ++i) {
    if (served_[i]->definition->name == name) {
      return static_cast<uint32_t>(i + 1);
    }
  }
  return 0;
}

void Learners::Ask(const MatchContext& context, uint32_t learner,
                   uint32_t segment, RecordNumber customer, int64_t now_us,
                   std::span<const Catalogue::Offer* const> offers,
                   bool is_stranger, Scratch& scratch, std::span<Known> out) {
  scratch.offers.clear();
  for (uint32_t place : scratch.places) {
    scratch.offers.push_back(place_of_.at(offers[place]->number).offer);
  }
  scratch.records.clear();
  if (!is_stranger) {
    for (RecordNumber record : context.world->customers->RecordsOf(customer)) {
      scratch.records.push_back(uint64_t{record} + 1);
    }
  }
  scratch.known.resize(scratch.places.size());
  {
    MutexLock lock(&mutex_);
    Served& served = *served_[learner - 1];
    MoveTo(served, now_us);
    served.learner->KnowOf(scratch.records, segment, scratch.offers, now_us,
                           scratch.known);
  }
  for (size_t i = 0; i < scratch.places.size(); ++i) {
    out[scratch.places[i]].of = scratch.known[i];
  }
}

}  // namespace trato::core
