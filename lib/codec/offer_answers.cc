// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/offer_answers.h"

#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/strings.h"
#include "codec/answer_parts.h"
#include "experiment/proportion.h"

namespace trato::core {
namespace {

Json MoneyJson(int64_t minor, Currency currency) {
  return FormatAmount({minor, currency});
}

Json TracedJson(const Model& model, const TracedOffer& it, size_t rank,
                Currency currency) {
  Json json{{"offer", it.offer}, {"title", it.title}, {"kept", it.kept}};
  if (it.kept) {
    json["rank"] = rank;
    json["score"] = it.score;
    json["affinity"] = it.affinity;
    json["value_minor"] = it.value_minor;
    json["currency"] = Text(currency.code());
    json["value_text"] = MoneyJson(it.value_minor, currency);
    json["rate_of_similar"] = it.rate;
    json["organic"] = it.organic;
    json["discount_minor"] = it.discount_minor;
    json["benefit_minor"] = it.benefit_minor;
    json["context"] = it.context;
    json["lever"] = it.lever;
    json["budget_price"] = it.price.budget;
    json["stock_price"] = it.price.stock;
    json["price"] = it.price.total;
    json["probability"] = it.probability;
    json["learner"] = TextOrNull(it.learner);
    if (!it.learner.empty()) {
      json["answers"] = it.answers;
      json["acceptances"] = it.acceptances;
    }
  } else {
    json["stage"] = it.stage;
  }
  json["channel"] = TextOrNull(
      model.schema->Shown(DefinitionKind::kChannel, it.channel));
  json["rule"] = TextOrNull(it.rule);
  json["policy"] = TextOrNull(it.policy);
  json["reason"] = it.reason;
  return json;
}

Json TracedListJson(const Model& model,
                    const std::vector<TracedOffer>& offers,
                    Currency currency) {
  Json list = Json::array();
  for (size_t i = 0; i < offers.size(); ++i) {
    list.push_back(TracedJson(model, offers[i], i + 1, currency));
  }
  return list;
}

Json DefinitionJson(const Model& model, const OfferDefinition& it) {
  const auto bounded = [](int64_t value, int64_t unbounded) {
    return value == unbounded ? Json() : Json(value);
  };
  Json json{{"title", it.title},
            {"issue", TextOrNull(it.issue)},
            {"group", TextOrNull(it.group)},
            {"products", it.products},
            {"categories", it.categories},
            {"needs", it.needs},
            {"currency", Text(it.currency.code())},
            {"value_minor", it.value_minor},
            {"discount_minor", it.discount_minor},
            {"discount_basis_points", it.discount_basis_points},
            {"cost_minor", it.cost_minor},
            {"benefit_minor", it.benefit_minor},
            {"eligibility", TextOrNull(it.eligibility)},
            {"applicability", TextOrNull(it.applicability)},
            {"suitability", TextOrNull(it.suitability)},
            {"context", TextOrNull(it.context)},
            {"lever", it.lever},
            {"stock", bounded(it.stock, kUnlimited)},
            {"budget_minor", bounded(it.budget_minor, kUnlimited)},
            {"respond_within", TextOrNull(it.respond_within)},
            {"coupon_span", TextOrNull(it.coupon_span)},
            {"purpose", TextOrNull(model.schema->Shown(DefinitionKind::kPurpose,
                                                    it.purpose))},
            {"channel", TextOrNull(model.schema->Shown(DefinitionKind::kChannel,
                                                    it.channel))}};
  PutTime(model, json, "valid_from",
          it.valid_from_us == kAlways ? std::nullopt
                                      : std::optional(it.valid_from_us));
  PutTime(model, json, "valid_until",
          it.valid_until_us == kForEver ? std::nullopt
                                        : std::optional(it.valid_until_us));
  json["variants"] = Json::array();
  for (const OfferVariant& variant : it.variants) {
    json["variants"].push_back({{"channel", Text(model.schema->Shown(
                                               DefinitionKind::kChannel,
                                               variant.channel))},
                                {"title", variant.title},
                                {"content", variant.content}});
  }
  return json;
}

Json IntervalJson(const Interval& it) {
  return {{"estimate", it.estimate}, {"low", it.low}, {"high", it.high}};
}

Json GroupJson(const HoldoutReport::Group& it, Currency currency) {
  return {{"customers", it.customers},
          {"buyers", it.buyers},
          {"purchases", it.purchases},
          {"amount_minor", it.amount_minor},
          {"amount_text", MoneyJson(it.amount_minor, currency)},
          {"share", IntervalJson(Share(it.buyers, it.customers))}};
}

}  // namespace

std::string ExplainJson(const Model& model, RecordNumber customer,
                        const std::vector<TracedOffer>& offers,
                        int64_t now_us) {
  Json json;
  json["customer"] = Text(model.customers->RecordName(customer));
  PutTime(model, json, "now", now_us);
  json["offers"] = TracedListJson(model, offers, model.currency);
  return Written(json);
}

std::string WhyNotJson(const Model& model, RecordNumber customer,
                       const Catalogue::Offer& offer, const WhyNot& why,
                       int64_t now_us) {
  Json json;
  json["customer"] = Text(model.customers->RecordName(customer));
  json["offer"] = offer.definition.name;
  json["title"] = Text(offer.title());
  PutTime(model, json, "now", now_us);
  json["obstacles"] = Json::array();
  for (const Obstacle& it : why.obstacles) {
    Json entry{{"stage", Text(NameOf(it.stage))},
               {"reason", it.reason},
               {"rule", TextOrNull(it.rule)},
               {"policy", TextOrNull(it.policy)},
               {"channel", TextOrNull(model.schema->Shown(DefinitionKind::kChannel,
                                                    it.channel))}};
    PutTime(model, entry, "falls",
            it.falls_us == kNever ? std::nullopt : std::optional(it.falls_us));
    json["obstacles"].push_back(std::move(entry));
  }
  PutTime(model, json, "possible",
          why.possible_us == kNever ? std::nullopt
                                    : std::optional(why.possible_us));
  return Written(json);
}

std::string OfferReportJson(const Model& model, int64_t now_us) {
  struct Counts {
    uint64_t decided = 0, customers = 0, coupons_issued = 0, coupons_redeemed = 0;
    uint64_t outcomes[kOutcomeKinds] = {};
    uint64_t accepted = 0, refused = 0;
  };
  std::map<std::string_view, Counts> counts;
  absl::flat_hash_set<RecordNumber> reached, won;
  absl::flat_hash_set<std::pair<uint32_t, RecordNumber>> reached_by;
  model.decisions->ForEach([&](const Decision& decision) {
    if (decision.at_us > now_us || decision.offer == 0) return;
    Counts& of_offer = counts[model.names->Text(decision.offer)];
    ++of_offer.decided;
    const RecordNumber customer = model.customers->LeaderOf(decision.record);
    reached.insert(customer);
    of_offer.customers +=
        reached_by.emplace(decision.offer, customer).second ? 1 : 0;
    bool seen[kOutcomeKinds] = {};
    for (const Outcome& outcome : model.decisions->OutcomesOf(decision.id)) {
      if (outcome.at_us <= now_us) seen[static_cast<int>(outcome.kind)] = true;
    }
    for (int kind = 0; kind < kOutcomeKinds; ++kind) {
      of_offer.outcomes[kind] += seen[kind];
    }
    if (const Decision::Answer* answer = decision.AnswerAt(now_us)) {
      const bool is_yes = answer->says == Says::kYes;
      ++(is_yes ? of_offer.accepted : of_offer.refused);
      if (is_yes) won.insert(customer);
    }
  });
  model.coupons->ForEach([&](const Coupon& coupon) {
    const CouponTerms& terms = model.coupons->TermsOf(coupon);
    if (terms.issued_us > now_us) return;
    Counts& of_offer = counts[model.coupons->OfferOf(terms)];
    ++of_offer.coupons_issued;
    if (coupon.last_redemption == CouponRedemption::kNone) return;
    const CouponStatus status =
        StatusOf(*model.coupons, model.world, coupon, now_us);
    of_offer.coupons_redeemed += terms.uses - status.uses_left;
  });
  Json list = Json::array();
  for (const auto& [name, offer] : model.catalogue->all()) {
    const Counts& it = counts[name];
    const uint64_t answers = it.accepted + it.refused;
    const auto seen = [&](OutcomeKind kind) {
      return it.outcomes[static_cast<int>(kind)];
    };
    Json entry{{"offer", name},
               {"title", Text(offer.title())},
               {"decided", it.decided},
               {"customers", it.customers},
               {"shown", seen(OutcomeKind::kShown)},
               {"accepted", it.accepted},
               {"refused", it.refused}};
    entry["response_rate"] = answers == 0
                                 ? Json()
                                 : Json(static_cast<double>(it.accepted) /
                                        static_cast<double>(answers));
    entry["opened"] = seen(OutcomeKind::kOpened);
    entry["answered"] = seen(OutcomeKind::kAnswered);
    entry["bought"] = seen(OutcomeKind::kBought);
    entry["returned"] = seen(OutcomeKind::kReturned);
    entry["nothing"] = seen(OutcomeKind::kNothing);
    entry["coupons_issued"] = it.coupons_issued;
    entry["coupons_redeemed"] = it.coupons_redeemed;
    const DecisionLog::Offered* offered =
        model.decisions->OfferedOf(offer.number);
    const int64_t taken = offered == nullptr ? 0 : offered->taken.At(now_us);
    const int64_t reserved =
        offered == nullptr ? 0 : offered->reserved.At(now_us);
    entry["taken"] = taken;
    entry["reserved_minor"] = reserved;
    const OfferDefinition& definition = offer.definition;
    entry["stock"] = definition.stock == kUnlimited ? Json()
                                                    : Json(definition.stock);
    entry["budget_minor"] = definition.budget_minor == kUnlimited
                                ? Json()
                                : Json(definition.budget_minor);
    const OfferPrice price =
        PriceOf(*model.policies, *model.decisions, offer, now_us);
    entry["stock_price"] = price.stock;
    entry["budget_price"] = price.budget;
    list.push_back(std::move(entry));
  }
  return Written(Json{{"offers", std::move(list)},
                      {"customers", reached.size()},
                      {"customers_accepted", won.size()}});
}

std::string OfferListJson(const Model& model, bool with_history) {
  Json list = Json::array();
  for (const auto& [name, offer] : model.catalogue->all()) {
    Json entry{{"offer", name}, {"version", offer.version}};
    PutTime(model, entry, "defined", offer.defined_us);
    entry.update(DefinitionJson(model, offer.definition));
    if (with_history) {
      entry["versions"] = Json::array();
      for (const auto& it : *model.catalogue->HistoryOf(name)) {
        Json version{{"version", it.version}};
        PutTime(model, version, "defined", it.defined_us);
        version.update(DefinitionJson(model, it.definition));
        entry["versions"].push_back(std::move(version));
      }
    }
    list.push_back(std::move(entry));
  }
  return Written(list);
}

std::string PolicyListJson(const Model& model) {
  Json list = Json::array();
  for (const auto& [name, it] : model.policies->defined()) {
    const auto number = [](const std::optional<uint32_t>& value) {
      return value ? Json(*value) : Json();
    };
    list.push_back({{"policy", name},
                    {"channel", TextOrNull(model.schema->Shown(DefinitionKind::kChannel,
                                                    it.channel))},
                    {"issue", TextOrNull(it.issue)},
                    {"group", TextOrNull(it.group)},
                    {"offer", TextOrNull(it.offer)},
                    {"at_most", number(it.at_most)},
                    {"within", TextOrNull(it.within)},
                    {"quiet_from", number(it.quiet_from)},
                    {"quiet_until", number(it.quiet_until)},
                    {"holdout_basis_points", it.holdout_basis_points},
                    {"open_complaint", TextOrNull(it.open_complaint)},
                    {"retired", it.retired},
                    {"says", DescribePolicy(it)}});
  }
  const ArbitrationDefinition& it = model.policies->arbitration();
  return Written(
      Json{{"contact", std::move(list)},
           {"arbitration",
            {{"benefit_weight", it.benefit_weight},
             {"exploration", it.exploration},
             {"per_issue", it.per_issue},
             {"per_group", it.per_group},
             {"pacing", it.pacing}}}});
}

std::string DecisionJson(const Model& model, const Decision& decision,
                         const std::vector<TracedOffer>& traced,
                         Replayed replayed) {
  Json json;
  json["id"] = decision.id.Hex();
  json["customer"] = Text(model.customers->RecordName(decision.record));
  PutTime(model, json, "at", decision.at_us);
  json["log_position"] = decision.log_position;
  json["position"] = decision.position;
  const bool taken = decision.offer != 0;
  const auto name = [&](uint32_t number) {
    return number == 0 ? Json() : Json(Text(model.names->Text(number)));
  };
  json["offer"] = name(decision.offer);
  json["channel"] = decision.channel == 0
                        ? Json()
                        : Json(Text(model.ShownChannel(decision.channel)));
  json["conversation"] = TextOrNull(decision.conversation);
  json["probability"] = taken ? decision.probability : 0.0;
  json["propensity"] = taken ? Json(decision.propensity) : Json();
  json["draw"] = decision.draw;
  json["learner"] = name(decision.learner);
  json["segment"] = name(decision.segment);
  json["version"] = decision.version;
  PutTime(model, json, "respond_until",
          decision.respond_until_us == kNoDeadline
              ? std::nullopt
              : std::optional(decision.respond_until_us));
  json["reserved_minor"] = decision.reserved_minor;
  json["elsewhere"] = decision.elsewhere;
  json["digest"] = decision.digest.Hex();
  json["replayed"] = replayed == Replayed::kNotTried ? Json()
                                                     : Json(replayed ==
                                                            Replayed::kSame);
  if (traced.empty()) {
    json["offers"] = Json::array();
    size_t rank = 0;
    for (const RankedOffer& it : decision.ranked) {
      json["offers"].push_back({{"offer", name(it.offer)},
                                {"kept", true},
                                {"rank", ++rank},
                                {"score", it.score},
                                {"probability", it.probability}});
    }
  } else {
    json["offers"] = TracedListJson(model, traced, decision.currency);
  }
  json["ranked"] = decision.ranked_count;
  json["assignments"] = Json::array();
  for (const Assignment& it : decision.assignments) {
    json["assignments"].push_back({{"policy", name(it.policy)},
                                   {"held_out", it.held_out},
                                   {"offer", name(it.offer)}});
  }
  json["outcomes"] = Json::array();
  for (const Outcome& outcome : model.decisions->OutcomesOf(decision.id)) {
    Json entry{{"kind", Text(NameOf(outcome.kind))}};
    PutTime(model, entry, "at", outcome.at_us);
    entry["by"] = outcome.conversation.empty() ? "id" : "conversation";
    entry["interaction"] =
        outcome.interaction ? Json(outcome.interaction->Hex()) : Json();
    json["outcomes"].push_back(std::move(entry));
  }
  return Written(json);
}

std::string PermitJson(const Model& model, const Permit& permit,
                       int64_t now_us) {
  const auto name = [&](uint32_t number) {
    return number == 0 ? Json() : Json(Text(model.names->Text(number)));
  };
  Json json{{"id", permit.id.Hex()},
            {"customer", Text(model.customers->RecordName(permit.record))},
            {"channel", permit.channel == 0
                            ? Json()
                            : Json(Text(model.ShownChannel(permit.channel)))},
            {"purpose", permit.purpose == 0
                            ? Json()
                            : Json(Text(model.ShownPurpose(permit.purpose)))},
            {"address", TextOrNull(permit.address)},
            {"offer", name(permit.offer)},
            {"decision",
             permit.decision ? Json(permit.decision->Hex()) : Json()}};
  PutTime(model, json, "at", permit.at_us);
  PutTime(model, json, "deadline", permit.deadline_us);
  const bool was_used = permit.WasUsed(now_us);
  PutTime(model, json, "used",
          was_used ? std::optional(*permit.used_us) : std::nullopt);
  json["state"] = was_used                          ? "used"
                  : now_us < permit.deadline_us ? "open"
                                                : "lapsed";
  return Written(json);
}

std::string ReplayJson(const ReplayReport& report) {
  Json differences = Json::array();
  for (const auto& it : report.differences) {
    differences.push_back(
        {{"decision", it.decision.Hex()}, {"what", it.what}});
  }
  return Written(Json{{"decisions", report.decisions},
                      {"same", report.same},
                      {"folded", report.folded},
                      {"other", report.decisions - report.same},
                      {"differences", std::move(differences)}});
}

SampleRatio HoldoutReport::ratio() const {
  if (!(held_out_share > 0 && held_out_share < 1)) return {};
  const int64_t counts[] = {offered.customers, held_out.customers};
  const double shares[] = {1 - held_out_share, held_out_share};
  return TestSampleRatio(counts, shares);
}

std::string HoldoutJson(const Model& model, const HoldoutReport& it) {
  Json json;
  json["policy"] = it.policy;
  PutTime(model, json, "since", it.since_us);
  PutTime(model, json, "until", it.until_us);
  json["offered"] = GroupJson(it.offered, model.currency);
  json["held_out"] = GroupJson(it.held_out, model.currency);
  json["mixed"] = it.mixed;
  const Interval lift =
      DifferenceOfShares(it.offered.buyers, it.offered.customers,
                         it.held_out.buyers, it.held_out.customers);
  json["lift"] = IntervalJson(lift);
  const SampleRatio ratio = it.ratio();
  json["sample_ratio"] = {{"chi_square", ratio.chi_square},
                          {"p", ratio.p},
                          {"mismatch", ratio.is_mismatch()}};
  const auto customers = static_cast<double>(it.offered.customers);
  json["extra_buyers"] = {{"estimate", lift.estimate * customers},
                          {"low", lift.low * customers},
                          {"high", lift.high * customers}};
  return Written(json);
}

std::string LinkedPurchasesJson(const LinkedPurchases& it) {
  return Written(Json{{"purchases", it.purchases},
                      {"known", it.known},
                      {"linked", it.linked},
                      {"organic", it.organic}});
}

}  // namespace trato::core
