// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/proof_answers.h"

#include <algorithm>
#include <utility>

#include "codec/answer_parts.h"

namespace trato::core {
namespace {

Json ToJson(const Interval& it) {
  return Json{{"estimate", it.estimate}, {"low", it.low}, {"high", it.high}};
}

Json ToJson(const PolicyEstimate& it) {
  Json json = ToJson(it.interval);
  json["certain_low"] = it.certain ? Json(it.certain->low) : Json();
  json["certain_high"] = it.certain ? Json(it.certain->high) : Json();
  return json;
}

Json ToJson(const PolicyValue& it) {
  const bool is_weighed = it.mean_weight > 0 || it.is_answerable();
  const auto weighed = [&](double value) {
    return is_weighed ? Json(value) : Json();
  };
  const auto answered = [&](const auto& estimate) {
    return it.is_answerable() ? ToJson(estimate) : Json();
  };
  Json json{{"answerable", it.is_answerable()},
            {"reason", TextOrNull(NameOf(it.reason))},
            {"why", TextOrNull(it.why)},
            {"rows", it.rows},
            {"effective", weighed(it.effective)},
            {"mean_weight", weighed(it.mean_weight)},
            {"max_weight", weighed(it.max_weight)},
            {"min_probability", weighed(it.min_probability)},
            {"supported", weighed(it.supported)}};
  json["logged"] = it.rows > 0 ? ToJson(it.logged) : Json();
  json["ips"] = answered(it.ips);
  json["snips"] = answered(it.snips);
  json["dr"] = it.dr ? answered(*it.dr) : Json();
  json["gain"] = answered(it.gain);
  return json;
}

Json ToJson(const SampleRatio& it) {
  return Json{{"chi_square", it.chi_square},
              {"p", it.p},
              {"mismatch", it.is_mismatch()}};
}

// Why a comparison says nothing.
struct Silence {
  const char* reason = nullptr;
  const char* why = nullptr;
};

void Put(Json& json, const Silence& silence) {
  json["answerable"] = silence.reason == nullptr;
  json["reason"] = silence.reason == nullptr ? Json() : Json(silence.reason);
  json["why"] = silence.why == nullptr ? Json() : Json(silence.why);
}

constexpr Silence kMismatch = {
    "sample_ratio",
    "the sides did not get the customers that they should: something other than "
    "chance decided who got where"};

Json GroupJson(const HoldoutReport::Group& it) {
  const Interval share = Share(it.buyers, it.customers);
  return Json{{"customers", it.customers},
              {"buyers", it.buyers},
              {"purchases", it.purchases},
              {"amount_minor", it.amount_minor},
              {"share", ToJson(share)}};
}

// A difference per customer, of so many.
Json TimesJson(const ArmDifference& it, int64_t customers) {
  const auto n = static_cast<double>(customers);
  const Interval always = it.always.value_or(Interval());
  return Json{{"estimate", n * it.once.estimate},
              {"low", n * it.once.low},
              {"high", n * it.once.high},
              {"always_low", n * always.low},
              {"always_high", n * always.high},
              {"p", it.always_p}};
}

Silence SilenceOf(const OfferEffect& it) {
  const HoldoutReport& groups = it.groups;
  if (groups.policy.empty()) {
    return {"no_holdout",
            "no policy with a hold-out was about it in this time, so what would "
            "have been sold anyway is not known"};
  }
  if (groups.ratio().is_mismatch()) return kMismatch;
  if (std::min(groups.offered.customers, groups.held_out.customers) <
      kFewestPerArm) {
    return {"few_customers", "fewer than 50 customers on a side are too few"};
  }
  return {};
}

Json EffectJson(const OfferEffect& it, int64_t planned) {
  const HoldoutReport& groups = it.groups;
  const bool has_holdout = !groups.policy.empty();
  Json json{{"offer", it.offer->definition.name},
            {"title", Text(it.offer->title())},
            {"policy", TextOrNull(groups.policy)},
            {"decided", it.decided}};
  const Silence silence = SilenceOf(it);
  Put(json, silence);
  json["offered"] = has_holdout ? GroupJson(groups.offered) : Json();
  json["held_out"] = has_holdout ? GroupJson(groups.held_out) : Json();
  json["mixed"] = groups.mixed;
  json["sample_ratio"] = has_holdout ? ToJson(groups.ratio()) : Json();
  json["attributed"] = Json{{"customers", it.attributed_customers},
                            {"answers", it.attributed_answers},
                            {"value_minor", it.attributed_minor}};
  json["organic"] = Json();
  json["incremental"] = Json();
  if (silence.reason != nullptr) return json;
  const int64_t customers = groups.offered.customers;
  const auto n = static_cast<double>(customers);
  ComparisonTerms terms;
  terms.planned = planned;
  const ArmDifference amounts =
      CompareArms(groups.offered.amounts, groups.held_out.amounts, terms);
  terms.yes_or_no = true;
  const ArmDifference buyers =
      CompareArms(groups.offered.sums(), groups.held_out.sums(), terms);
  json["organic"] =
      Json{{"buyers", n * groups.held_out.sums().mean()},
           {"amount_minor", n * groups.held_out.amounts.mean()}};
  json["incremental"] = Json{{"buyers", TimesJson(buyers, customers)},
                             {"amount_minor", TimesJson(amounts, customers)}};
  return json;
}

}  // namespace

std::string PolicyValueJson(const PolicyValue& value) {
  return Written(ToJson(value));
}

std::string DecisionsValueJson(const Model& model, const DecisionsValue& it) {
  Json json{{"policy", it.policy},
            {"reward_of", it.of_value ? "value" : "answer"},
            {"currency", Text(model.currency.code())}};
  PutTime(model, json, "since", it.since_us);
  PutTime(model, json, "until", it.until_us);
  json["decisions"] = it.decisions;
  json["elsewhere"] = it.elsewhere;
  json["pending"] = it.pending;
  json["empty"] = it.empty;
  json.update(ToJson(it.value));
  return Written(json);
}

std::string ExperimentJson(std::span<const std::string_view> names,
                           std::span<const ArmSums> arms,
                           const ComparisonTerms& terms,
                           const ExperimentResult& result) {
  Json json;
  Put(json, result.ratio.is_mismatch() ? kMismatch : Silence());
  json["yes_or_no"] = terms.yes_or_no;
  json["level"] = terms.level;
  json["planned"] = terms.planned;
  json["sample_ratio"] = ToJson(result.ratio);
  json["arms"] = Json::array();
  for (size_t i = 0; i < arms.size(); ++i) {
    json["arms"].push_back({{"name", Text(names[i])},
                            {"count", arms[i].count},
                            {"mean", arms[i].mean()}});
  }
  json["comparisons"] = Json::array();
  for (size_t i = 0; i < result.against_first.size(); ++i) {
    const ArmDifference& it = result.against_first[i];
    json["comparisons"].push_back(
        {{"arm", Text(names[i + 1])},
         {"against", Text(names[0])},
         {"difference", it.once.estimate},
         {"low", it.always ? Json(it.always->low) : Json()},
         {"high", it.always ? Json(it.always->high) : Json()},
         {"p", it.always_p},
         {"once_low", it.once.low},
         {"once_high", it.once.high},
         {"once_p", it.once_p}});
  }
  return Written(json);
}

std::string OfferEffectsJson(const Model& model,
                             const OfferEffectsReport& report) {
  Json json;
  PutTime(model, json, "since", report.since_us);
  PutTime(model, json, "until", report.until_us);
  json["currency"] = Text(model.currency.code());
  json["offers"] = Json::array();
  for (const OfferEffect& it : report.offers) {
    json["offers"].push_back(EffectJson(it, report.planned));
  }
  return Written(json);
}

}  // namespace trato::core
