// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/obstacles.h"

#include <algorithm>
#include <utility>

#include "base/calendar_steps.h"
#include "base/status.h"
#include "base/strings.h"
#include "offer/trace.h"

namespace trato::core {

class Obstacles {
 public:
  Obstacles(const MatchContext& context, const Catalogue::Offer& offer,
            RecordNumber customer, int64_t now_us, const MatchRequest& request,
            Matcher& matcher)
      : context_(context),
        offer_(offer),
        customer_(customer),
        now_us_(now_us),
        request_(request),
        matcher_(matcher) {}

  WhyNot Find() {
    matcher_.Begin(context_, customer_, now_us_, request_);
    candidate_.offer = &offer_;
    if (context_.world->customers->RestrictionOf(customer_, now_us_) !=
        nullptr) {
      Add(Stage::kRestriction, kNever);
    }
    AddValidity();
    const Catalogue::Gate& gate = context_.catalogue->GateOf(offer_);
    AddRules(Stage::kEligibility, gate.eligibility());
    AddRules(Stage::kApplicability, gate.applicability());
    AddRules(Stage::kSuitability, gate.suitability());
    AddAvailability();
    AddContact();
    matcher_.ReadEvidence();
    MatchCandidate scored = candidate_;
    scored.dropped_at = Stage::kNone;
    matcher_.Score(scored);
    if (!scored.kept()) Add(Stage::kValue, kNever, scored);
    AddHoldouts();
    for (const Obstacle& it : found_.obstacles) {
      if (it.channel.empty()) {
        possible_us_ = std::max(possible_us_, it.falls_us);
      }
    }
    found_.possible_us = std::max(possible_us_, contact_us_);
    return std::move(found_);
  }

 private:
  Obstacle& Add(Stage stage, int64_t falls_us, MatchCandidate candidate) {
    candidate.dropped_at = stage;
    Obstacle& it = found_.obstacles.emplace_back();
    it.stage = stage;
    it.falls_us = falls_us;
    it.reason = ReasonFor(context_, matcher_, candidate, customer_, now_us_);
    return it;
  }
  Obstacle& Add(Stage stage, int64_t falls_us) {
    return Add(stage, falls_us, candidate_);
  }

  void AddValidity() {
    const OfferDefinition& it = offer_.definition;
    if (now_us_ < it.valid_from_us) Add(Stage::kValidity, it.valid_from_us);
    if (now_us_ >= it.valid_until_us) Add(Stage::kValidity, kNever);
  }

  void AddRules(Stage stage, std::span<const uint32_t> rules) {
    for (uint32_t rule : rules) {
      if (matcher_.tester_.Holds(rule)) continue;
      int64_t falls_us = kNever;
      const auto& program = context_.catalogue->rules()[rule].program;
      if (program.ok()) {
        // What nobody can foresee may change at once.
        ChangeBound bound;
        bound.aspect = Aspect::kHolds;
        (*program)->Test(*context_.world, customer_, now_us_, nullptr, &bound);
        falls_us = (*program)->unforeseen() == nullptr
                       ? bound.until_us
                       : std::min(bound.until_us, now_us_ + 1);
      }
      candidate_.rule = rule;
      Add(stage, falls_us).rule = context_.catalogue->rules()[rule].text;
    }
  }

  void AddAvailability() {
    if (matcher_.IsAvailable(candidate_)) return;
    const DecisionLog::Offered* offered =
        context_.decisions->OfferedOf(offer_.number);
    int64_t falls_us = kNever;
    if (offered != nullptr) {
      const OfferDefinition& it = offer_.definition;
      falls_us =
          candidate_.stock_is_out
              ? offered->taken.BelowFrom(it.stock, now_us_, kNever)
              : offered->reserved.BelowFrom(
                    it.budget_minor - offer_.reserved_minor + 1, now_us_,
                    kNever);
    }
    Add(Stage::kAvailability, falls_us);
  }

  void AddContact() {
    std::vector<uint32_t> channels;
    const bool is_on_any = offer_.channels.empty();
    if (request_.channel != 0) {
      if (!is_on_any &&
          std::find(offer_.channels.begin(), offer_.channels.end(),
                    request_.channel) == offer_.channels.end()) {
        candidate_.against = Against::kChannel;
        Add(Stage::kContact, kNever);
        return;
      }
      channels = {request_.channel};
    } else if (!is_on_any) {
      channels = offer_.channels;
    } else if (offer_.purpose == 0) {
      channels = {0};
    } else {
      for (const auto& [name, channel] : context_.schema->channels()) {
        if (auto number = context_.world->names->Find(name)) {
          channels.push_back(*number);
        }
      }
    }
    // One channel is enough: what is in the way on each is told where all are.
    const size_t before = found_.obstacles.size();
    contact_us_ = kNever;
    for (uint32_t channel : channels) {
      const size_t first = found_.obstacles.size();
      const int64_t free_us = AddChannel(channel);
      contact_us_ = std::min(contact_us_, free_us);
      if (found_.obstacles.size() == first) {
        found_.obstacles.resize(before);
        candidate_.channel = channel;
        contact_us_ = now_us_;
        return;
      }
      for (size_t i = first; i < found_.obstacles.size(); ++i) {
        if (channel != 0) {
          found_.obstacles[i].channel =
              std::string(context_.world->names->Text(channel));
        }
      }
    }
    if (channels.empty()) {
      candidate_.against = Against::kConsent;
      candidate_.refusal = ConsentState::kDenied;
      Add(Stage::kContact, kNever);
    }
  }

  // Gives when nothing stands in the way on the channel, at the earliest.
  int64_t AddChannel(uint32_t channel) {
    int64_t free_us = now_us_;
    candidate_.refusal = matcher_.RefusalOn(offer_, channel);
    if (candidate_.refusal != ConsentState::kNone) {
      candidate_.against = Against::kConsent;
      const int64_t falls_us = context_.consents->NextChange(
          *context_.world->customers, customer_, now_us_);
      Add(Stage::kContact, falls_us);
      free_us = std::max(free_us, falls_us);
    }
    const auto& policies = context_.policies->contact();
    for (uint32_t i = 0; i < policies.size(); ++i) {
      const ContactPolicy& policy = policies[i];
      if (!policy.IsFor(offer_, channel)) continue;
      const auto add = [&](Against against, int64_t falls_us) {
        candidate_.against = against;
        candidate_.policy = i;
        Add(Stage::kContact, falls_us).policy = policy.definition.name;
        free_us = std::max(free_us, falls_us);
      };
      if (policy.complaint != 0 &&
          matcher_.HasOpenComplaint(policy.complaint)) {
        add(Against::kComplaint, kNever);
      }
      if (const auto end =
              QuietUntil(policy.definition, now_us_, matcher_.zone())) {
        add(Against::kQuietHours, *end);
      }
      if (policy.has_cap() && matcher_.ReachesCap(policy)) {
        add(Against::kCap, CapFalls(policy));
      }
    }
    return free_us;
  }

  // The first instant at which one more contact fits: one leaves the window, or
  // a permit lapses unused.
  int64_t CapFalls(const ContactPolicy& policy) {
    if (!policy.within || *policy.definition.at_most == 0) return kNever;
    std::vector<int64_t> times;
    const int64_t from_us = Subtract(now_us_, *policy.within, matcher_.zone());
    for (RecordNumber record :
         context_.world->customers->RecordsOf(customer_)) {
      context_.decisions->ForEachContact(
          record, from_us, kNever, now_us_, request_.known_at,
          [&](const Contact& contact) {
            times.push_back(FirstReaching(contact.at_us, *policy.within,
                                          matcher_.zone(), now_us_));
          });
      for (const Permit* permit : context_.decisions->PermitsOf(record)) {
        if (!permit->used_us && permit->deadline_us > now_us_) {
          times.push_back(permit->deadline_us);
        }
      }
    }
    std::sort(times.begin(), times.end());
    const int64_t now_us = std::exchange(matcher_.now_us_, now_us_);
    int64_t falls_us = kNever;
    for (int64_t at_us : times) {
      if (at_us <= now_us_ || at_us == kNever) continue;
      matcher_.now_us_ = at_us;
      if (!matcher_.ReachesCap(policy)) {
        falls_us = at_us;
        break;
      }
    }
    matcher_.now_us_ = now_us;
    return falls_us;
  }

  void AddHoldouts() {
    const auto& policies = context_.policies->contact();
    for (uint32_t i = 0; i < policies.size(); ++i) {
      if (!policies[i].has_holdout() ||
          !policies[i].IsFor(offer_, candidate_.channel) ||
          !IsHeldOutBy(context_, policies[i], customer_, now_us_,
                       request_.known_at)) {
        continue;
      }
      candidate_.policy = i;
      Add(Stage::kHoldout, kNever).policy = policies[i].definition.name;
    }
  }

  const MatchContext& context_;
  const Catalogue::Offer& offer_;
  const RecordNumber customer_;
  const int64_t now_us_;
  const MatchRequest& request_;
  Matcher& matcher_;
  MatchCandidate candidate_;
  WhyNot found_;
  int64_t possible_us_ = std::numeric_limits<int64_t>::min();
  int64_t contact_us_ = std::numeric_limits<int64_t>::min();
};

WhyNot FindObstacles(const MatchContext& context, const Catalogue::Offer& offer,
                     RecordNumber customer, int64_t now_us,
                     const MatchRequest& request, Matcher& matcher) {
  WhyNot found =
      Obstacles(context, offer, customer, now_us, request, matcher).Find();
  found.possible_us = std::max(found.possible_us, now_us);
  return found;
}

}  // namespace trato::core
