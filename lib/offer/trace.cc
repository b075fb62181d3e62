// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/trace.h"

#include <cstdio>

#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

std::string WhyRuleFails(const MatchContext& context, std::string_view lead,
                         uint32_t number, RecordNumber customer,
                         int64_t now_us) {
  const RulePool::Rule& rule = context.catalogue->rules()[number];
  if (!rule.program.ok()) {
    return StrCat(lead, ToStd(rule.program.status().message()));
  }
  const Verdict verdict =
      (*rule.program)->Test(*context.world, customer, now_us);
  if (verdict.failure) {
    const absl::Status why = (*rule.program)->Explain(*verdict.failure);
    return StrCat(lead, ToStd(why.message()), " in ", rule.text);
  }
  return StrCat(lead, rule.text);
}

std::string WhyNoContact(const MatchContext& context,
                         const MatchCandidate& it) {
  const Catalogue::Offer& offer = *it.offer;
  const auto policy = [&]() -> const ContactPolicyDefinition& {
    return context.policies->contact()[it.policy].definition;
  };
  switch (it.against) {
    case Against::kChannel:
      return "it is not made on this channel";
    case Against::kConsent:
      return WhyRefused(offer, it.refusal);
    case Against::kCap:
      return StrCat(policy().name, ": at most ", *policy().at_most, " within ",
                    policy().within);
    case Against::kQuietHours:
      return StrCat(policy().name, ": quiet from ",
                    MinuteOfDay(*policy().quiet_from), " to ",
                    MinuteOfDay(*policy().quiet_until));
    case Against::kComplaint:
      return StrCat(policy().name, ": a ", policy().open_complaint,
                    " is open");
    case Against::kNothing:
      break;
  }
  return "she may not be contacted";
}

// "price of its budget 0.12 a minor unit".
std::string InWords(const OfferPrice& price) {
  char text[48];
  std::string words;
  if (price.budget > 0) {
    std::snprintf(text, sizeof(text), "%.3g", price.budget);
    StrAppend(&words, "price of its budget ", text, " a minor unit");
  }
  if (price.stock > 0) {
    std::snprintf(text, sizeof(text), "%.3g", price.stock);
    StrAppend(&words, words.empty() ? "" : ", ", "price of its stock ", text,
              " a piece");
  }
  return words;
}

std::string WhyNoValue(const MatchContext& context, const MatchCandidate& it) {
  const OfferDefinition& definition = it.offer->definition;
  if (definition.currency != context.currency) {
    return StrCat("its value is in ", definition.currency.code(),
                  ", scores compare in ", context.currency.code());
  }
  if (definition.value_minor == 0) return "it has no value";
  if (it.value_minor <= 0) {
    return definition.cost_minor == 0
               ? "the discount uses up its value"
               : "discount and cost use up its value";
  }
  if (definition.lever == 0) return "its lever is 0";
  if (!(it.context > 0)) return "its context is not above 0";
  if (it.score + it.price.total > 0) {
    return StrCat("it brings less than it costs here: ", InWords(it.price));
  }
  return "the discount would go to who buys it anyway";
}

std::string DropReason(const MatchContext& context,
                       const MatchCandidate& candidate, RecordNumber customer,
                       int64_t now_us) {
  const OfferDefinition& it = candidate.offer->definition;
  switch (candidate.dropped_at) {
    case Stage::kRestriction:
      return "the customer's data is restricted";
    case Stage::kValidity:
      return now_us < it.valid_from_us
                 ? StrCat("starts ", FormatTime(it.valid_from_us, context.zone))
                 : StrCat("ended ",
                          FormatTime(it.valid_until_us, context.zone));
    case Stage::kEligibility:
      return WhyRuleFails(context, "not eligible: ", candidate.rule, customer,
                          now_us);
    case Stage::kApplicability:
      return WhyRuleFails(context, "not applicable: ", candidate.rule, customer,
                          now_us);
    case Stage::kSuitability:
      return WhyRuleFails(context, "not suitable: ", candidate.rule, customer,
                          now_us);
    case Stage::kAvailability:
      return candidate.stock_is_out ? "its stock is used up"
                                    : "its budget is used up";
    case Stage::kContact:
      return WhyNoContact(context, candidate);
    case Stage::kValue:
      return WhyNoValue(context, candidate);
    case Stage::kHoldout:
      return StrCat(
          context.policies->contact()[candidate.policy].definition.name,
          ": she is left out for comparison");
    case Stage::kLimit:
      return "enough of its kind are ahead of it";
    case Stage::kNone:
      break;
  }
  return "";
}

}  // namespace

std::string MinuteOfDay(uint32_t minutes) {
  char text[8];
  std::snprintf(text, sizeof(text), "%02u:%02u", minutes / 60 % 24,
                minutes % 60);
  return text;
}

std::string DescribePolicy(const ContactPolicyDefinition& it) {
  std::string text;
  const auto add = [&](const std::string& part) {
    StrAppend(&text, text.empty() ? "" : ", ", part);
  };
  if (it.at_most) add(StrCat("at most ", *it.at_most, " within ", it.within));
  if (it.quiet_from) {
    add(StrCat("quiet from ", MinuteOfDay(*it.quiet_from), " to ",
               MinuteOfDay(*it.quiet_until)));
  }
  if (it.holdout_basis_points > 0) {
    char share[16];
    std::snprintf(share, sizeof(share), "%g", it.holdout_basis_points / 100.0);
    add(StrCat(share, " % are left out for comparison"));
  }
  if (!it.open_complaint.empty()) {
    add(StrCat("nobody with an open ", it.open_complaint));
  }
  return text;
}

std::string ReasonFor(const MatchContext& context, const Matcher& matcher,
                      const MatchCandidate& candidate, RecordNumber customer,
                      int64_t now_us) {
  if (!candidate.kept()) {
    return DropReason(context, candidate, customer, now_us);
  }
  const int64_t purchases = matcher.purchases().count;
  const Evidence& it = matcher.EvidenceOf(*candidate.offer);
  std::string reason;
  if (purchases == 0) {
    reason = "no purchases yet";
  } else if (it.purchases == 0) {
    reason = StrCat("in none of ", purchases,
                    purchases == 1 ? " order" : " orders");
  } else {
    reason = StrCat("bought in ", it.purchases, " of ", purchases,
                    purchases == 1 ? " order" : " orders", ", last ",
                    FormatDate(it.last_us, context.zone));
  }
  if (it.yes > 0) {
    StrAppend(&reason, ", accepted ", it.yes, it.yes == 1 ? " time" : " times");
  }
  if (it.no > 0) {
    StrAppend(&reason, ", refused ", it.no, it.no == 1 ? " time" : " times");
  }
  if (candidate.learner != 0) {
    char rate[64];
    std::snprintf(rate, sizeof(rate), ", %.3g %% by people like her and her "
                                      "other answers",
                  100 * candidate.rate);
    StrAppend(&reason, rate);
  }
  if (candidate.price.total > 0) {
    StrAppend(&reason, ", ", InWords(candidate.price));
  }
  return reason;
}

std::vector<TracedOffer> Trace(const MatchContext& context,
                               const Matcher& matcher, RecordNumber customer,
                               int64_t now_us) {
  std::vector<TracedOffer> traced;
  const Interner& names = *context.world->names;
  for (size_t rank = 0; rank < matcher.order().size(); ++rank) {
    const MatchCandidate& candidate = matcher.Ranked(rank);
    const Catalogue::Offer& offer = *candidate.offer;
    TracedOffer& it = traced.emplace_back();
    it.offer = offer.definition.name;
    it.title = std::string(offer.title());
    it.kept = candidate.kept();
    it.stage = std::string(NameOf(candidate.dropped_at));
    it.reason = ReasonFor(context, matcher, candidate, customer, now_us);
    const Stage stage = candidate.dropped_at;
    if (stage >= Stage::kEligibility && stage <= Stage::kSuitability) {
      it.rule = context.catalogue->rules()[candidate.rule].text;
    }
    if (stage == Stage::kHoldout || (stage == Stage::kContact &&
                                     candidate.against > Against::kConsent)) {
      it.policy = context.policies->contact()[candidate.policy].definition.name;
    }
    if (candidate.channel != 0) {
      it.channel = std::string(names.Text(candidate.channel));
    }
    if (!it.kept && stage < Stage::kValue) continue;
    it.score = candidate.score;
    it.affinity = candidate.affinity;
    it.organic = candidate.organic;
    it.rate = candidate.rate;
    if (candidate.learner != 0) {
      it.learner = context.learners->DefinitionOf(candidate.learner).name;
      it.answers = candidate.own.shown;
      it.acceptances = candidate.own.accepted;
    }
    it.context = candidate.context;
    it.lever = offer.definition.lever;
    it.price = candidate.price;
    it.value_minor = candidate.value_minor;
    it.discount_minor = offer.discount;
    it.benefit_minor = offer.definition.benefit_minor;
  }
  return traced;
}

}  // namespace trato::core
