// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/matcher.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/status.h"
#include "base/strings.h"
#include "customer/customer_zone.h"
#include "experiment/assignment.h"

namespace trato::core {

std::string_view NameOf(Stage stage) {
  switch (stage) {
    case Stage::kRestriction:
      return "restriction";
    case Stage::kValidity:
      return "validity";
    case Stage::kEligibility:
      return "eligibility";
    case Stage::kApplicability:
      return "applicability";
    case Stage::kSuitability:
      return "suitability";
    case Stage::kAvailability:
      return "availability";
    case Stage::kContact:
      return "contact";
    case Stage::kValue:
      return "value";
    case Stage::kHoldout:
      return "holdout";
    case Stage::kLimit:
      return "limit";
    case Stage::kNone:
      break;
  }
  return "";
}

void Matcher::Begin(const MatchContext& context, RecordNumber customer,
                    int64_t now_us, const MatchRequest& request) {
  context_ = &context;
  customer_ = customer;
  now_us_ = now_us;
  request_ = request;
  kept_ = 0;
  purchases_ = {};
  zone_.reset();
  has_channels_ = false;
  consented_.clear();
  const size_t offers = context.catalogue->in_order().size();
  // Most were dropped before more was known of them than that.
  if (candidates_.size() != offers) {
    candidates_.assign(offers, MatchCandidate());
  } else {
    for (uint32_t i : passed_) candidates_[i] = MatchCandidate();
  }
  passed_.clear();
  order_.clear();
  evidence_.assign(offers, Evidence());
  policy_states_.assign(context.policies->contact().size(), PolicyState());
  tester_.Begin(context.catalogue->rules(), *context.world, customer, now_us);
}

void Matcher::Match(const MatchContext& context, RecordNumber customer,
                    int64_t now_us, const MatchRequest& request) {
  Begin(context, customer, now_us, request);
  const auto& offers = context.catalogue->in_order();
  const bool is_restricted =
      context.world->customers->RestrictionOf(customer, now_us) != nullptr;
  for (uint32_t i = 0; i < offers.size(); ++i) {
    MatchVerdict verdict;
    verdict.offer = offers[i];
    if (is_restricted) {
      verdict.dropped_at = Stage::kRestriction;
    } else if (PassesGate(context.catalogue->GateAt(i), verdict)) {
      passed_.push_back(i);
    }
    static_cast<MatchVerdict&>(candidates_[i]) = verdict;
  }
  std::erase_if(passed_, [&](uint32_t i) {
    Pass(candidates_[i]);
    return !candidates_[i].kept();
  });
  if (!passed_.empty()) {
    ReadEvidence();
    if (Learners::Serve(*context.policies)) Learn();
  }
  for (uint32_t i : passed_) {
    MatchCandidate& candidate = candidates_[i];
    Score(candidate);
    if (candidate.kept() && IsHeldOut(candidate)) {
      candidate.dropped_at = Stage::kHoldout;
    }
    if (candidate.kept()) order_.push_back(i);
  }
  std::sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) {
    const double one = candidates_[a].score;
    const double other = candidates_[b].score;
    return one != other ? one > other : a < b;
  });
  Limit();
  kept_ = order_.size();
  for (uint32_t i = 0; i < candidates_.size(); ++i) {
    if (!candidates_[i].kept()) order_.push_back(i);
  }
}

bool Matcher::PassesGate(const Catalogue::Gate& gate, MatchVerdict& verdict) {
  if (now_us_ < gate.valid_from_us || now_us_ >= gate.valid_until_us) {
    verdict.dropped_at = Stage::kValidity;
    return false;
  }
  const size_t failing = tester_.FirstFailing(gate.rules);
  if (failing == gate.rules.size()) return true;
  verdict.dropped_at = failing < gate.applicability_at  ? Stage::kEligibility
                       : failing < gate.suitability_at ? Stage::kApplicability
                                                       : Stage::kSuitability;
  verdict.rule = gate.rules[failing];
  return false;
}

void Matcher::Pass(MatchCandidate& candidate) {
  if (!IsAvailable(candidate)) {
    candidate.dropped_at = Stage::kAvailability;
  } else if (!MayContact(candidate)) {
    candidate.dropped_at = Stage::kContact;
  }
}

bool Matcher::IsAvailable(MatchCandidate& candidate) const {
  const Catalogue::Offer& offer = *candidate.offer;
  const OfferDefinition& it = offer.definition;
  if (it.stock == kUnlimited && it.budget_minor == kUnlimited) return true;
  const DecisionLog::Offered* offered =
      context_->decisions->OfferedOf(offer.number);
  // Of what comes later too, where the clock was set back: it stays within
  // bounds at every instant.
  if (it.stock != kUnlimited) {
    const int64_t taken =
        offered == nullptr ? 0 : offered->taken.MaxFrom(now_us_);
    candidate.stock_is_out = taken >= it.stock;
    if (candidate.stock_is_out) return false;
  }
  if (it.budget_minor == kUnlimited) return true;
  const int64_t reserved =
      offered == nullptr ? 0 : offered->reserved.MaxFrom(now_us_);
  return offer.reserved_minor <= it.budget_minor - reserved;
}

absl::TimeZone Matcher::zone() {
  if (!zone_) {
    zone_ = CustomerZone(*context_->schema, *context_->world->names,
                         *context_->world->customers, customer_, now_us_,
                         context_->zone);
  }
  return *zone_;
}

bool Matcher::MayContact(MatchCandidate& candidate) {
  const Catalogue::Offer& offer = *candidate.offer;
  const bool is_on_any = offer.channels.empty();
  if (request_.channel != 0) {
    if (!is_on_any &&
        std::find(offer.channels.begin(), offer.channels.end(),
                  request_.channel) == offer.channels.end()) {
      candidate.against = Against::kChannel;
      return false;
    }
    return MayContactOn(candidate, request_.channel);
  }
  if (is_on_any && offer.purpose == 0) return MayContactOn(candidate, 0);
  if (is_on_any && !has_channels_) {
    channels_.clear();
    for (const auto& [name, channel] : context_->schema->channels()) {
      if (context_->schema->IsRetired(DefinitionKind::kChannel, name)) continue;
      if (auto number = context_->world->names->Find(name)) {
        channels_.push_back(*number);
      }
    }
    has_channels_ = true;
  }
  for (uint32_t channel : is_on_any ? channels_ : offer.channels) {
    if (MayContactOn(candidate, channel)) return true;
  }
  if (candidate.against == Against::kNothing) {
    candidate.against = Against::kConsent;
    candidate.refusal = ConsentState::kDenied;
  }
  return false;
}

bool Matcher::MayContactOn(MatchCandidate& candidate, uint32_t channel) {
  const Catalogue::Offer& offer = *candidate.offer;
  const ConsentState refusal = RefusalOn(offer, channel);
  if (refusal != ConsentState::kNone) {
    candidate.against = Against::kConsent;
    candidate.refusal = refusal;
    return false;
  }
  const auto& policies = context_->policies->contact();
  for (uint32_t i = 0; i < policies.size(); ++i) {
    if (!policies[i].IsFor(offer, channel)) continue;
    const Against against = StandOf(i);
    if (against == Against::kNothing) continue;
    candidate.against = against;
    candidate.policy = i;
    return false;
  }
  candidate.against = Against::kNothing;
  candidate.channel = channel;
  return true;
}

ConsentState Matcher::RefusalOn(const Catalogue::Offer& offer,
                                uint32_t channel) {
  // Without a purpose the channel does not matter.
  const uint32_t asked = offer.purpose == 0 ? 0 : channel;
  for (const Consented& known : consented_) {
    if (known.purpose == offer.purpose && known.channel == asked) {
      return known.refusal;
    }
  }
  const CustomerStore& customers = *context_->world->customers;
  ConsentState refusal = ConsentState::kNone;
  if (offer.purpose == 0) {
    refusal =
        context_->consents->AgainstMarketing(customers, customer_, now_us_)
            .state;
  } else {
    const ConsentAnswer answer = context_->consents->Answer(
        customers, customer_,
        {offer.purpose, channel, offer.is_direct_marketing}, now_us_);
    // Nothing said is a refusal as well.
    if (!answer.allowed()) {
      refusal = answer.state == ConsentState::kNone ? ConsentState::kDenied
                                                    : answer.state;
    }
  }
  consented_.push_back({offer.purpose, asked, refusal});
  return refusal;
}

Against Matcher::StandOf(uint32_t number) {
  PolicyState& state = policy_states_[number];
  if (state.is_known) return state.against;
  const ContactPolicy& policy = context_->policies->contact()[number];
  state.is_known = true;
  if (policy.complaint != 0 && HasOpenComplaint(policy.complaint)) {
    state.against = Against::kComplaint;
  } else if (policy.has_quiet_hours() &&
             QuietUntil(policy.definition, now_us_, zone())) {
    state.against = Against::kQuietHours;
  } else if (policy.has_cap() && ReachesCap(policy)) {
    state.against = Against::kCap;
  }
  return state.against;
}

bool Matcher::ReachesCap(const ContactPolicy& policy) {
  if (!policy.within) return *policy.definition.at_most == 0;
  const int64_t from_us = Subtract(now_us_, *policy.within, zone());
  const int64_t until_us = Add(now_us_, *policy.within, zone());
  std::vector<int64_t>& times = contact_times_;
  times.clear();
  size_t later = 0;
  for (RecordNumber record :
       context_->world->customers->RecordsOf(customer_)) {
    context_->decisions->ForEachContact(
        record, from_us, until_us, now_us_, request_.known_at,
        [&](const Contact& contact) {
          if (policy.channel != 0 && policy.channel != contact.channel) return;
          if (policy.offer != 0 && policy.offer != contact.offer) return;
          if (policy.issue != 0 || policy.group != 0) {
            const Catalogue::Offer* offer =
                context_->catalogue->FindNumber(contact.offer);
            if (offer == nullptr ||
                (policy.issue != 0 && policy.issue != offer->issue) ||
                (policy.group != 0 && policy.group != offer->group)) {
              return;
            }
          }
          times.push_back(contact.at_us);
          later += contact.at_us > now_us_;
        });
  }
  const uint32_t most = *policy.definition.at_most;
  if (later == 0) return times.size() >= most;
  // The clock was set back: one more now must not be too much in any window
  // that it lies in.
  std::sort(times.begin(), times.end());
  const auto count_until = [&](int64_t end_us) {
    const int64_t begin_us = Subtract(end_us, *policy.within, zone());
    return static_cast<size_t>(
        std::upper_bound(times.begin(), times.end(), end_us) -
        std::upper_bound(times.begin(), times.end(), begin_us));
  };
  if (count_until(now_us_) >= most) return true;
  for (int64_t at_us : times) {
    if (at_us <= now_us_) continue;
    if (Subtract(at_us, *policy.within, zone()) >= now_us_) break;
    if (count_until(at_us) >= most) return true;
  }
  return false;
}

// One that nobody of us has replied to.
bool Matcher::HasOpenComplaint(uint32_t type) const {
  const Timeline& timeline = *context_->world->timeline;
  std::vector<std::pair<uint32_t, InteractionRef>> complaints;
  std::vector<FactId> replied;
  Pins pins;
  const Window window = Window::Until(now_us_);
  const auto records = context_->world->customers->RecordsOf(customer_);
  for (RecordNumber record : records) {
    std::vector<InteractionRef> found;
    timeline.Collect(record, type, window, found, pins);
    for (const InteractionRef& it : found) complaints.emplace_back(record, it);
  }
  if (complaints.empty()) return false;
  for (RecordNumber record : records) {
    std::vector<InteractionRef> all;
    timeline.CollectAll(record, window, all, pins);
    for (const InteractionRef& it : all) {
      if (it.direction() != Direction::kOutbound) continue;
      if (const auto to = it.reply_to()) replied.push_back(*to);
    }
  }
  return std::any_of(complaints.begin(), complaints.end(), [&](const auto& it) {
    const FactId id = timeline.IdOf(it.first, it.second);
    return std::find(replied.begin(), replied.end(), id) == replied.end();
  });
}

void Matcher::ReadEvidence() {
  const uint32_t purchase =
      context_->world->names->Find("purchase").value_or(0);
  last_purchase_.assign(evidence_.size(), -1);
  int64_t number = 0;
  purchases_ = ForEachPurchase(
      *context_->world, customer_, purchase, now_us_,
      [&](const InteractionRef& it, double weight) {
        ++number;
        it.ForEachLine([&](const Line& line) {
          context_->catalogue->ForEachWith(line.product, [&](uint32_t slot) {
            // A purchase counts once, however many of its lines it is on.
            if (last_purchase_[slot] == number) return;
            last_purchase_[slot] = number;
            evidence_[slot].AddPurchase(it.at_us(), weight);
          });
          return true;
        });
      });
  const auto answer = [&](uint32_t offer, bool is_yes, int64_t at_us) {
    const Catalogue::Offer* found = context_->catalogue->FindNumber(offer);
    if (found == nullptr) return;
    evidence_[found->slot].AddAnswer(is_yes, FadedWeight(at_us, now_us_));
  };
  for (RecordNumber record :
       context_->world->customers->RecordsOf(customer_)) {
    for (const Decision* decision : context_->decisions->Of(record)) {
      if (decision->offer == 0 || decision->position > request_.known_at) {
        continue;
      }
      if (const Decision::Answer* it = decision->AnswerAt(now_us_)) {
        answer(decision->offer, it->says == Says::kYes, it->at_us);
      }
    }
    context_->coupons->ForEachAcceptance(
        record, now_us_, [&](std::string_view name, int64_t at_us) {
          if (auto offer = context_->world->names->Find(name)) {
            answer(*offer, true, at_us);
          }
        });
  }
}

void Matcher::Learn() {
  offers_.clear();
  for (uint32_t i : passed_) offers_.push_back(candidates_[i].offer);
  known_.assign(offers_.size(), {});
  context_->learners->KnowOf(
      *context_, customer_, now_us_, offers_,
      [&](const Catalogue::Offer& offer) { return EvidenceOf(offer).similar(); },
      false, scratch_, known_);
  for (size_t i = 0; i < passed_.size(); ++i) {
    MatchCandidate& candidate = candidates_[passed_[i]];
    candidate.learner = known_[i].learner;
    if (candidate.learner == 0) continue;
    const Learner::Known& of = known_[i].of;
    candidate.affinity = of.belief.mean;
    candidate.relative_variance = of.belief.relative_variance;
    candidate.rate = of.rate;
    candidate.own = of.own;
  }
}

bool Matcher::Chances(std::span<const uint32_t> ranks, std::span<double> out) {
  if (ranks.empty()) return false;
  const uint32_t learner = Ranked(ranks[0]).learner;
  if (learner == 0) return false;
  beliefs_.clear();
  among_.clear();
  for (uint32_t i = 0; i < ranks.size(); ++i) {
    const MatchCandidate& it = Ranked(ranks[i]);
    if (it.learner != learner) continue;
    among_.push_back(i);
    // What a yes is worth, so that the score is that of its mean.
    beliefs_.push_back(
        {it.affinity, it.relative_variance, it.score / it.affinity});
  }
  chances_.assign(among_.size(), 0.0);
  FillChances(context_->learners->DefinitionOf(learner), maker_, beliefs_,
              chances_);
  std::fill(out.begin(), out.end(), 0.0);
  for (size_t i = 0; i < among_.size(); ++i) out[among_[i]] = chances_[i];
  return true;
}

void Matcher::Score(MatchCandidate& candidate) {
  const Catalogue::Offer& offer = *candidate.offer;
  const OfferDefinition& it = offer.definition;
  candidate.value_minor = offer.net_value_minor;
  if (it.currency != context_->currency) {
    candidate.dropped_at = Stage::kValue;
    return;
  }
  const Evidence& evidence = evidence_[offer.slot];
  const DecisionLog::Offered* offered =
      context_->decisions->OfferedOf(offer.number);
  if (candidate.learner == 0) {
    candidate.rate =
        offered == nullptr
            ? kResponsePrior
            : offered->response.Rate(evidence.similar(), now_us_);
    candidate.affinity = AffinityOf(purchases_, evidence, candidate.rate);
  }
  candidate.organic = OrganicRate(purchases_, evidence);
  if (offer.context.ok() && *offer.context != nullptr) {
    candidate.context =
        (*offer.context)
            ->Number(*context_->world, customer_, now_us_)
            .value_or(1);
  }
  const auto discount = static_cast<double>(offer.discount);
  const double benefit = static_cast<double>(it.benefit_minor) + discount;
  const double weight = context_->policies->arbitration().benefit_weight;
  candidate.score =
      (candidate.affinity *
           (static_cast<double>(candidate.value_minor) + weight * benefit) -
       candidate.organic * discount) *
      candidate.context * it.lever;
  candidate.price =
      PriceOf(*context_->policies, *context_->decisions, offer, now_us_);
  candidate.score -= candidate.price.total;
  // What is sold at a loss is not made good by what it does for her.
  if (candidate.value_minor <= 0 || !(candidate.score > 0)) {
    candidate.dropped_at = Stage::kValue;
  }
}

OfferPrice PriceOf(const Policies& policies, const DecisionLog& decisions,
                   const Catalogue::Offer& offer, int64_t now_us) {
  OfferPrice price;
  const ArbitrationDefinition& how = policies.arbitration();
  const DecisionLog::Offered* offered = decisions.OfferedOf(offer.number);
  if (!(how.pacing > 0) || offered == nullptr ||
      !(offered->stock.has_plan() || offered->budget.has_plan())) {
    return price;
  }
  // The score of whom it went to so far, for the measure.
  const OfferDefinition& it = offer.definition;
  const double affinity =
      (static_cast<double>(offered->affinity.At(now_us)) * 0x1p-32 +
       kResponsePrior) /
      static_cast<double>(offered->decided.At(now_us) + 1);
  const double typical =
      affinity * it.lever *
      (static_cast<double>(offer.net_value_minor) +
       how.benefit_weight * (static_cast<double>(it.benefit_minor) +
                             static_cast<double>(offer.discount)));
  const int64_t each = offer.reserved_minor;
  price.stock = PriceOfOne(how.pacing, typical, 1, it.stock,
                           offered->stock.AheadAt(now_us));
  price.budget = PriceOfOne(how.pacing, typical, each, it.budget_minor,
                            offered->budget.AheadAt(now_us));
  price.total = price.stock + price.budget * static_cast<double>(each);
  return price;
}

bool IsHeldOutBy(const MatchContext& context, const ContactPolicy& policy,
                 RecordNumber customer, int64_t now_us, uint64_t known_at) {
  const CustomerStore& customers = *context.world->customers;
  const auto name = context.world->names->Find(policy.definition.name);
  const Decision* first = nullptr;
  bool held_out = false;
  for (RecordNumber record : customers.RecordsOf(customer)) {
    for (const Decision* decision : context.decisions->Of(record)) {
      if (decision->at_us > now_us || decision->position > known_at) continue;
      for (const Assignment& it : decision->assignments) {
        if (!name || it.policy != *name) continue;
        if (first == nullptr || std::pair(decision->at_us, decision->id) <
                                    std::pair(first->at_us, first->id)) {
          first = decision;
          held_out = it.held_out;
        }
      }
    }
  }
  if (first != nullptr) return held_out;
  return IsHeldOut(policy.definition.name, customers.KeptIdOf(customer),
                   policy.definition.holdout_basis_points);
}

bool Matcher::IsHeldOut(MatchCandidate& candidate) const {
  const auto& policies = context_->policies->contact();
  for (uint32_t i = 0; i < policies.size(); ++i) {
    const ContactPolicy& policy = policies[i];
    if (!policy.has_holdout() ||
        !policy.IsFor(*candidate.offer, candidate.channel)) {
      continue;
    }
    if (IsHeldOutBy(*context_, policy, customer_, now_us_,
                    request_.known_at)) {
      candidate.policy = i;
      return true;
    }
  }
  return false;
}

void Matcher::Limit() {
  const ArbitrationDefinition& it = context_->policies->arbitration();
  for (const bool by_issue : {true, false}) {
    const uint32_t most = by_issue ? it.per_issue : it.per_group;
    if (most == 0) continue;
    counted_.clear();
    std::erase_if(order_, [&](uint32_t i) {
      const Catalogue::Offer& offer = *candidates_[i].offer;
      const uint32_t name = by_issue ? offer.issue : offer.group;
      if (name == 0) return false;
      auto known = std::find_if(counted_.begin(), counted_.end(),
                                [&](const Counted& counted) {
                                  return counted.name == name;
                                });
      if (known == counted_.end()) {
        counted_.push_back({name, 1});
        return false;
      }
      if (known->count++ < most) return false;
      candidates_[i].dropped_at = Stage::kLimit;
      return true;
    });
  }
}

Id Matcher::Digest() {
  lines_.clear();
  for (size_t i = 0; i < candidates_.size(); ++i) {
    const MatchCandidate& it = candidates_[i];
    const bool has_rule = it.dropped_at >= Stage::kEligibility &&
                          it.dropped_at <= Stage::kSuitability;
    lines_.push_back(
        {context_->catalogue->GateAt(i).hash,
         has_rule ? context_->catalogue->rules()[it.rule].hash : 0,
         // With how sure a learner is, as the choice follows from both.
         std::bit_cast<uint64_t>(it.kept() ? it.score : 0.0) ^
             std::rotl(std::bit_cast<uint64_t>(
                           it.kept() ? it.relative_variance : 0.0),
                       32),
         static_cast<uint64_t>(it.dropped_at) |
             static_cast<uint64_t>(it.against) << 8});
  }
  const XXH128_hash_t hash =
      XXH3_128bits(lines_.data(), lines_.size() * sizeof(DigestLine));
  return {hash.high64, hash.low64};
}

bool Matcher::Confirm(MatchCandidate& candidate) {
  consented_.clear();
  policy_states_.assign(policy_states_.size(), PolicyState());
  // Contacts of since the match count, also where the match is replayed.
  request_.known_at = std::numeric_limits<uint64_t>::max();
  if (context_->world->customers->RestrictionOf(customer_, now_us_) !=
      nullptr) {
    candidate.dropped_at = Stage::kRestriction;
  } else if (!IsAvailable(candidate)) {
    candidate.dropped_at = Stage::kAvailability;
  } else if (!MayContactOn(candidate, candidate.channel)) {
    candidate.dropped_at = Stage::kContact;
  }
  return candidate.kept();
}

bool Matcher::MayContact(const MatchContext& context, RecordNumber customer,
                         int64_t now_us, uint32_t channel,
                         MatchCandidate& candidate) {
  Begin(context, customer, now_us, {});
  if (context.world->customers->RestrictionOf(customer, now_us) != nullptr) {
    candidate.dropped_at = Stage::kRestriction;
  } else if (!MayContactOn(candidate, channel)) {
    candidate.dropped_at = Stage::kContact;
  } else if (IsHeldOut(candidate)) {
    candidate.dropped_at = Stage::kHoldout;
  }
  return candidate.kept();
}

ConsentState RefusalOf(const MatchContext& context,
                       const Catalogue::Offer& offer, RecordNumber customer,
                       int64_t now_us) {
  const CustomerStore& customers = *context.world->customers;
  if (offer.purpose == 0) {
    return context.consents->AgainstMarketing(customers, customer, now_us)
        .state;
  }
  // Of several channels what is refused last is told.
  auto refusal = ConsentState::kDenied;
  const auto ask = [&](uint32_t channel) {
    const ConsentAnswer answer = context.consents->Answer(
        customers, customer,
        {offer.purpose, channel, offer.is_direct_marketing}, now_us);
    if (answer.allowed()) return true;
    refusal = answer.state == ConsentState::kNone ? ConsentState::kDenied
                                                  : answer.state;
    return false;
  };
  for (uint32_t channel : offer.channels) {
    if (ask(channel)) return ConsentState::kNone;
  }
  if (!offer.channels.empty()) return refusal;
  for (const auto& [name, channel] : context.schema->channels()) {
    const auto number = context.world->names->Find(name);
    if (number && ask(*number)) return ConsentState::kNone;
  }
  return refusal;
}

std::string WhyRefused(const Catalogue::Offer& offer, ConsentState refusal) {
  switch (refusal) {
    case ConsentState::kObjected:
      return "the customer objected to direct marketing";
    case ConsentState::kSuppressed:
      return "the customer is on a suppression list";
    case ConsentState::kUnchecked:
      return "a suppression list cannot be relied on";
    default: {
      const OfferDefinition& it = offer.definition;
      return StrCat("no consent to ", it.purpose,
                    it.channel.empty() ? " on any channel"
                                       : StrCat(" by ", it.channel));
    }
  }
}

}  // namespace trato::core
