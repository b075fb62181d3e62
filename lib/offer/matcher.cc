// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/matcher.h"

#include <algorithm>
#include <map>

#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

// The customer's answers by offer: to decisions, and coupons redeemed.
std::map<std::string_view, std::vector<Answer>> AnswersOf(
    const MatchContext& context, RecordNumber customer, int64_t now_us) {
  std::map<std::string_view, std::vector<Answer>> answers;
  for (RecordNumber record : context.world->customers->RecordsOf(customer)) {
    for (const Decision* decision : context.decisions->Of(record)) {
      const Outcome answer = context.decisions->AnswerTo(decision->id, now_us);
      if (answer.kind == OutcomeKind::kNone) continue;
      answers[decision->offer()].push_back(
          {answer.at_us, answer.kind == OutcomeKind::kAccepted});
    }
    for (const Coupon* coupon : context.coupons->Of(record)) {
      if (coupon->redemption && coupon->redemption->at_us <= now_us) {
        answers[coupon->offer].push_back({coupon->redemption->at_us, true});
      }
    }
  }
  return answers;
}

Stage DroppedAt(const MatchContext& context, const Catalogue::Offer& offer,
                RecordNumber customer, int64_t now_us) {
  const OfferDefinition& it = offer.definition;
  if (context.world->customers->RestrictionOf(customer, now_us) != nullptr) {
    return Stage::kRestriction;
  }
  if (now_us < it.valid_from_us || now_us >= it.valid_until_us) {
    return Stage::kValidity;
  }
  if (!offer.eligibility.ok()) return Stage::kEligibility;
  if (*offer.eligibility != nullptr &&
      !(*offer.eligibility)->Test(*context.world, customer, now_us).holds) {
    return Stage::kEligibility;
  }
  if (RefusalOf(context, offer, customer, now_us) != ConsentState::kNone) {
    return Stage::kContact;
  }
  if (it.currency != context.currency || offer.net_value_minor() <= 0) {
    return Stage::kValue;
  }
  return Stage::kNone;
}

std::string DropReason(const MatchContext& context,
                       const MatchCandidate& candidate, RecordNumber customer,
                       int64_t now_us) {
  const Catalogue::Offer& offer = *candidate.offer;
  const OfferDefinition& it = offer.definition;
  switch (candidate.dropped_at) {
    case Stage::kRestriction:
      return "the customer's data is restricted";
    case Stage::kValidity:
      return now_us < it.valid_from_us
                 ? StrCat("starts ", FormatTime(it.valid_from_us, context.zone))
                 : StrCat("ended ",
                          FormatTime(it.valid_until_us, context.zone));
    case Stage::kEligibility: {
      if (!offer.eligibility.ok()) {
        return std::string(ToStd(offer.eligibility.status().message()));
      }
      const Program& program = **offer.eligibility;
      const Verdict verdict = program.Test(*context.world, customer, now_us);
      if (verdict.failure) {
        const absl::Status why = program.Explain(*verdict.failure);
        return StrCat("not eligible: ", ToStd(why.message()));
      }
      return StrCat("not eligible: ", it.eligibility);
    }
    case Stage::kContact:
      return WhyRefused(offer, RefusalOf(context, offer, customer, now_us));
    default:
      if (it.currency != context.currency) {
        return StrCat("its value is in ", it.currency.code(),
                      ", scores compare in ", context.currency.code());
      }
      return it.value_minor == 0 ? "it has no value"
                                 : "the discount uses up its value";
  }
}

std::string ReasonFor(const MatchContext& context,
                      const MatchCandidate& candidate, RecordNumber customer,
                      int64_t now_us) {
  if (!candidate.kept()) {
    return DropReason(context, candidate, customer, now_us);
  }
  const Affinity& a = candidate.affinity;
  std::string reason;
  if (a.purchases == 0) {
    reason = "no purchases yet";
  } else if (a.purchases_with_product == 0) {
    reason = StrCat("in none of ", a.purchases,
                    a.purchases == 1 ? " order" : " orders");
  } else {
    reason = StrCat("bought in ", a.purchases_with_product, " of ", a.purchases,
                    a.purchases == 1 ? " order" : " orders", ", last ",
                    FormatDate(a.last_with_product_us, context.zone));
  }
  if (a.accepted > 0)
    StrAppend(&reason, ", accepted ", a.accepted,
              a.accepted == 1 ? " time" : " times");
  if (a.refused > 0)
    StrAppend(&reason, ", refused ", a.refused,
              a.refused == 1 ? " time" : " times");
  return reason;
}

}  // namespace

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
  for (uint32_t channel : offer.channels) {
    const ConsentAnswer answer = context.consents->Answer(
        customers, customer,
        {offer.purpose, channel, offer.is_direct_marketing}, now_us);
    if (answer.allowed()) return ConsentState::kNone;
    // Nothing said is a refusal as well.
    refusal = answer.state == ConsentState::kNone ? ConsentState::kDenied
                                                  : answer.state;
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

std::string_view NameOf(Stage stage) {
  switch (stage) {
    case Stage::kRestriction:
      return "restriction";
    case Stage::kValidity:
      return "validity";
    case Stage::kEligibility:
      return "eligibility";
    case Stage::kContact:
      return "contact";
    case Stage::kValue:
      return "value";
    case Stage::kNone:
      break;
  }
  return "";
}

std::vector<MatchCandidate> Match(const MatchContext& context,
                                  RecordNumber customer, int64_t now_us) {
  const uint32_t purchase = context.world->names->Find("purchase").value_or(0);
  const auto answers = AnswersOf(context, customer, now_us);
  std::vector<MatchCandidate> candidates;
  for (const auto& [name, offer] : context.catalogue->all()) {
    MatchCandidate candidate;
    candidate.offer = &offer;
    candidate.dropped_at = DroppedAt(context, offer, customer, now_us);
    candidate.value_minor = offer.net_value_minor();
    if (candidate.kept()) {
      auto found = answers.find(name);
      candidate.affinity = AffinityOf(
          *context.world, customer, purchase, offer.products,
          found == answers.end() ? std::span<const Answer>() : found->second,
          now_us);
      candidate.score =
          candidate.affinity.value * static_cast<double>(candidate.value_minor);
    }
    candidates.push_back(candidate);
  }
  // The catalogue is in order of name, and the sort is stable.
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const MatchCandidate& a, const MatchCandidate& b) {
                     if (a.kept() != b.kept()) return a.kept();
                     return a.kept() && a.score > b.score;
                   });
  return candidates;
}

std::vector<DecidedCandidate> DescribeCandidates(
    const MatchContext& context, const std::vector<MatchCandidate>& candidates,
    RecordNumber customer, int64_t now_us) {
  std::vector<DecidedCandidate> described;
  for (const MatchCandidate& candidate : candidates) {
    DecidedCandidate& it = described.emplace_back();
    it.offer = candidate.offer->definition.name;
    it.title = std::string(candidate.offer->title());
    it.kept = candidate.kept();
    it.stage = std::string(NameOf(candidate.dropped_at));
    it.reason = ReasonFor(context, candidate, customer, now_us);
    if (!it.kept) continue;
    it.score = candidate.score;
    it.affinity = candidate.affinity.value;
    it.value_minor = candidate.value_minor;
    it.probability = described.size() == 1 ? 1 : 0;
  }
  return described;
}

}  // namespace trato::core
