// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Coupons as JSON.

#include <algorithm>
#include <utility>
#include <vector>

#include "codec/answer_parts.h"
#include "codec/answers.h"

namespace trato::core {
namespace {

void PutMoney(Json& json, const std::string& name, const Money& money) {
  json[name + "_minor"] = money.minor;
  json[name] = StrCat(FormatAmount(money), " ", money.currency.code());
}

// "2.00 EUR", "12.5 %", "a tea cup".
std::string TextOf(const CouponBenefit& benefit) {
  switch (benefit.gives) {
    case CouponGives::kMoney:
      return StrCat(FormatAmount(benefit.money), " ",
                    benefit.money.currency.code());
    case CouponGives::kPercent: {
      std::string text = StrCat(benefit.basis_points / 100);
      if (const uint32_t rest = benefit.basis_points % 100; rest != 0) {
        text += '.';
        text += static_cast<char>('0' + rest / 10);
        if (rest % 10 != 0) text += static_cast<char>('0' + rest % 10);
      }
      return text + " %";
    }
    case CouponGives::kGift:
      return benefit.product;
    case CouponGives::kOffer:
      break;
  }
  return "the offer";
}

Json BenefitJson(const CouponBenefit& benefit) {
  Json json{{"kind", Text(NameOf(benefit.gives))}, {"text", TextOf(benefit)}};
  switch (benefit.gives) {
    case CouponGives::kMoney:
      json["amount_minor"] = benefit.money.minor;
      json["currency"] = Text(benefit.money.currency.code());
      break;
    case CouponGives::kPercent:
      json["basis_points"] = benefit.basis_points;
      break;
    case CouponGives::kGift:
      json["product"] = benefit.product;
      break;
    case CouponGives::kOffer:
      break;
  }
  return json;
}

Json RecordJson(const Model& model, uint32_t record) {
  if (record == CouponTerms::kNone) return {};
  return Text(model.customers->RecordName(record));
}

void PutDeadline(const Model& model, Json& json, const CouponTerms& terms) {
  PutTime(model, json, "deadline",
          terms.deadline_us == kNever ? std::nullopt
                                      : std::optional(terms.deadline_us));
}

void PutStatus(const Model& model, Json& json, const CouponTerms& terms,
               const CouponStatus& status) {
  PutTime(model, json, "issued", terms.issued_us);
  PutDeadline(model, json, terms);
  json["gives"] = BenefitJson(model.coupons->BenefitOf(terms));
  json["uses"] = terms.uses;
  json["uses_left"] = status.uses_left;
  json["state"] = Text(NameOf(status.state));
}

Json UseJson(const Model& model, const CouponBenefit& benefit,
             const CouponUse& use) {
  const CouponRedemption& it = *use.redemption;
  Json json{{"id", it.fact.Hex()},
            {"customer", RecordJson(model, it.record)},
            {"purchase", it.has_purchase() ? Json(it.purchase.Hex()) : Json()},
            {"holds", use.holds}};
  PutTime(model, json, "at", it.at_us);
  if (it.basket.currency) {
    PutMoney(json, "basket", it.basket);
    const auto off = benefit.AmountOff(it.basket);
    if (off.ok()) PutMoney(json, "amount", {*off, it.basket.currency});
  }
  const bool is_released = use.released.why != CouponRelease::kNone;
  PutTime(model, json, "released",
          is_released ? std::optional(use.released.at_us) : std::nullopt);
  // What takes no use, and why.
  json["why"] = is_released ? Json(Text(NameOf(use.released.why)))
                : use.holds ? Json()
                            : Json("all uses were taken");
  json["reason"] = nullptr;
  if (use.released.why == CouponRelease::kReversed) {
    json["reason"] = model.coupons->ReversalOf(it.fact)->reason;
  }
  return json;
}

}  // namespace

void PutCoupon(const Model& model, Json& json, const Coupon& coupon,
               int64_t now_us) {
  PutStatus(model, json, model.coupons->TermsOf(coupon),
            StatusOf(*model.coupons, model.world, coupon, now_us));
}

std::string CouponJson(const Model& model, const Coupon& coupon,
                       int64_t now_us) {
  const CouponTerms& terms = model.coupons->TermsOf(coupon);
  const CouponStatus status =
      StatusOf(*model.coupons, model.world, coupon, now_us);
  Json json{{"offer", Text(model.coupons->OfferOf(terms))},
            {"customer", RecordJson(model, terms.record)}};
  PutStatus(model, json, terms, status);
  std::optional<int64_t> redeemed_us;
  json["redemptions"] = Json::array();
  for (const CouponUse& use : status.uses) {
    if (use.holds) redeemed_us = use.redemption->at_us;
    json["redemptions"].push_back(
        UseJson(model, model.coupons->BenefitOf(terms), use));
  }
  PutTime(model, json, "redeemed", redeemed_us);
  return Written(json);
}

std::string CouponListJson(const Model& model,
                           std::optional<RecordNumber> customer,
                           std::string_view offer, uint64_t limit,
                           int64_t now_us) {
  const CouponBook& book = *model.coupons;
  struct Issue {
    uint32_t number;
    const CouponTerms* terms;
    uint64_t coupons = 0, redemptions = 0, uses_left = 0;
    std::vector<uint64_t> states = std::vector<uint64_t>(4);
  };
  std::vector<Issue> issues;
  for (uint32_t i = 0; i < book.terms().size(); ++i) {
    const CouponTerms& terms = book.terms()[i];
    if (terms.issued_us > now_us) continue;
    if (!offer.empty() && book.OfferOf(terms) != offer) continue;
    if (customer && (!terms.is_personal() ||
                     model.customers->LeaderOf(terms.record) != *customer)) {
      continue;
    }
    issues.push_back({i, &terms});
  }
  const uint64_t total = issues.size();
  // Newest first, and then in an order that does not depend on arrival.
  const auto order = [&](const Issue& it) {
    return std::tuple(-it.terms->issued_us, book.OfferOf(*it.terms),
                      it.terms->is_personal()
                          ? model.customers->RecordName(it.terms->record)
                          : std::string_view(),
                      it.terms->deadline_us, it.number);
  };
  std::sort(issues.begin(), issues.end(), [&](const Issue& a, const Issue& b) {
    return order(a) < order(b);
  });
  if (issues.size() > limit) issues.resize(limit);
  std::vector<uint32_t> places(book.terms().size(), CouponTerms::kNone);
  for (uint32_t i = 0; i < issues.size(); ++i) places[issues[i].number] = i;
  book.ForEach([&](const Coupon& coupon) {
    const uint32_t place = places[coupon.terms];
    if (place == CouponTerms::kNone) return;
    Issue& issue = issues[place];
    const CouponStatus status = StatusOf(book, model.world, coupon, now_us);
    ++issue.coupons;
    ++issue.states[static_cast<size_t>(status.state)];
    issue.uses_left += status.uses_left;
    issue.redemptions += issue.terms->uses - status.uses_left;
  });
  Json list = Json::array();
  for (const Issue& it : issues) {
    const CouponTerms& terms = *it.terms;
    Json entry{{"offer", Text(book.OfferOf(terms))},
               {"customer", RecordJson(model, terms.record)},
               {"coupons", it.coupons},
               {"redeemed", it.redemptions},
               {"uses", terms.uses},
               {"uses_left", it.uses_left},
               {"gives", BenefitJson(book.BenefitOf(terms))}};
    PutTime(model, entry, "issued", terms.issued_us);
    PutDeadline(model, entry, terms);
    Json states = Json::object();
    for (size_t i = 0; i < it.states.size(); ++i) {
      if (it.states[i] == 0) continue;
      states[std::string(NameOf(static_cast<CouponState>(i)))] = it.states[i];
    }
    entry["states"] = std::move(states);
    list.push_back(std::move(entry));
  }
  return Written(Json{{"issues", total}, {"coupons", std::move(list)}});
}

}  // namespace trato::core
