// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/coupon_status.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/numeric/int128.h"

namespace trato::core {
namespace {

// An interaction by what matters here.
struct Goods {
  int64_t at_us = 0;
  Money amount;
  std::map<std::pair<uint32_t, uint32_t>, absl::int128> quantities;

  explicit Goods(const InteractionRef& it)
      : at_us(it.at_us()), amount(it.amount()) {
    it.ForEachLine([&](const Line& line) {
      if (line.quantity != 0) {
        quantities[{line.product, line.unit}] += line.quantity;
      }
      return true;
    });
  }
};

absl::int128 Size(absl::int128 it) { return it < 0 ? -it : it; }

// What was taken back so far, of any sign.
class TakenBack {
 public:
  void Add(const Goods& goods) {
    names_it_only_ =
        names_it_only_ || (goods.quantities.empty() && goods.amount.minor == 0);
    amounts_[goods.amount.currency] += Size(goods.amount.minor);
    for (const auto& [product, quantity] : goods.quantities) {
      quantities_[product] += Size(quantity);
    }
  }
  // A return that says neither goods nor an amount takes back all.
  bool names_it_only() const { return names_it_only_; }
  bool Covers(const Goods& purchase) const {
    const auto paid = amounts_.find(purchase.amount.currency);
    if (purchase.amount.minor != 0 && paid != amounts_.end() &&
        paid->second >= Size(purchase.amount.minor)) {
      return true;
    }
    if (purchase.quantities.empty()) return false;
    return std::all_of(purchase.quantities.begin(), purchase.quantities.end(),
                       [&](const auto& it) {
                         const auto back = quantities_.find(it.first);
                         return back != quantities_.end() &&
                                back->second >= Size(it.second);
                       });
  }

 private:
  bool names_it_only_ = false;
  std::map<Currency, absl::int128> amounts_;
  std::map<std::pair<uint32_t, uint32_t>, absl::int128> quantities_;
};

// The purchase as it is in force, or what stands in its place.
struct Purchase {
  bool is_retracted = false;
  int64_t retracted_us = 0;
  std::optional<Goods> goods;  // of a corrected one
};

Purchase AmendedPurchase(const Timeline& timeline,
                         std::span<const RecordNumber> records,
                         const FactId& id, int64_t now_us) {
  Purchase purchase;
  for (RecordNumber record : records) {
    for (const AmendedInteraction* it : timeline.amendments().Of(record)) {
      // A store of the past knows where it will lie.
      if (it->fact != id || !it->found ||
          it->position > timeline.horizon().known_at ||
          it->at_us > timeline.horizon().as_of_us) {
        continue;
      }
      const Amendment* in_force = nullptr;
      for (const auto& amendment : it->amendments) {
        if (amendment->at_us <= now_us) in_force = amendment.get();
      }
      if (in_force == nullptr) continue;
      if (in_force->retracts) {
        purchase.is_retracted = true;
        purchase.retracted_us = in_force->at_us;
      } else if (in_force->content.at_us <= now_us) {
        purchase.goods.emplace(InteractionRef(&in_force->content));
      }
    }
  }
  return purchase;
}

std::optional<Goods> FindPurchase(const Timeline& timeline,
                                  std::span<const RecordNumber> records,
                                  const FactId& id, int64_t now_us) {
  std::optional<Goods> goods;
  for (RecordNumber record : records) {
    for (uint32_t type : timeline.TypesOf(record)) {
      timeline.ForEach(record, type, Window::Until(now_us),
                       [&](const InteractionRef& it) {
                         if (timeline.IdOf(record, it) == id) goods.emplace(it);
                         return !goods;
                       });
      if (goods) return goods;
    }
  }
  return goods;
}

}  // namespace

std::string_view NameOf(CouponState state) {
  switch (state) {
    case CouponState::kValid:
      return "valid";
    case CouponState::kRedeemed:
      return "redeemed";
    case CouponState::kExpired:
      return "expired";
    case CouponState::kNotYetValid:
      return "not yet valid";
  }
  return "valid";
}

std::string_view NameOf(CouponRelease release) {
  switch (release) {
    case CouponRelease::kReversed:
      return "reversed";
    case CouponRelease::kRetracted:
      return "purchase retracted";
    case CouponRelease::kReturned:
      return "purchase returned";
    case CouponRelease::kNone:
      break;
  }
  return "";
}

CouponReleased ReleaseOf(const CouponBook& book, const World& world,
                         const CouponRedemption& redemption, int64_t now_us) {
  const CouponReversal* const reversal = book.ReversalOf(redemption.fact);
  if (reversal != nullptr && reversal->at_us <= now_us) {
    return {CouponRelease::kReversed, reversal->at_us};
  }
  if (!redemption.has_purchase() ||
      redemption.record == CouponRedemption::kNone) {
    return {};
  }
  const Timeline& timeline = *world.timeline;
  const auto records =
      world.customers->RecordsOf(world.customers->LeaderOf(redemption.record));
  Purchase purchase =
      AmendedPurchase(timeline, records, redemption.purchase, now_us);
  if (purchase.is_retracted) {
    return {CouponRelease::kRetracted, purchase.retracted_us};
  }
  const auto type = world.names->Find("return");
  if (!type) return {};
  std::vector<Goods> returns;
  for (RecordNumber record : records) {
    timeline.ForEach(
        record, *type, Window::Until(now_us), [&](const InteractionRef& it) {
          if (it.has_extras() && it.reply_to() == redemption.purchase) {
            returns.emplace_back(it);
          }
          return true;
        });
  }
  if (returns.empty()) return {};
  if (!purchase.goods) {
    purchase.goods =
        FindPurchase(timeline, records, redemption.purchase, now_us);
  }
  std::stable_sort(
      returns.begin(), returns.end(),
      [](const Goods& a, const Goods& b) { return a.at_us < b.at_us; });
  TakenBack back;
  for (const Goods& it : returns) {
    back.Add(it);
    if (back.names_it_only() ||
        (purchase.goods && back.Covers(*purchase.goods))) {
      return {CouponRelease::kReturned, it.at_us};
    }
  }
  return {};
}

CouponStatus StatusOf(const CouponBook& book, const World& world,
                      const Coupon& coupon, int64_t now_us) {
  const CouponTerms& terms = book.TermsOf(coupon);
  CouponStatus status;
  book.ForEachRedemption(coupon, [&](const CouponRedemption& it) {
    if (it.at_us > now_us) return;
    status.uses.push_back({&it, ReleaseOf(book, world, it, now_us), false});
  });
  std::sort(status.uses.begin(), status.uses.end(),
            [&](const CouponUse& a, const CouponUse& b) {
              const auto order = [&](const CouponRedemption& it) {
                return std::tuple(it.at_us, book.SourceOf(it),
                                  static_cast<const Id&>(it.fact));
              };
              return order(*a.redemption) < order(*b.redemption);
            });
  status.uses_left = terms.uses;
  for (CouponUse& use : status.uses) {
    if (use.released.why != CouponRelease::kNone || status.uses_left == 0) {
      continue;
    }
    use.holds = true;
    --status.uses_left;
  }
  if (status.uses_left == 0) {
    status.state = CouponState::kRedeemed;
  } else if (now_us < terms.issued_us) {
    status.state = CouponState::kNotYetValid;
  } else if (now_us >= terms.deadline_us) {
    status.state = CouponState::kExpired;
  }
  return status;
}

uint32_t UsesTaken(const CouponBook& book, const World& world,
                   const Coupon& coupon, int64_t now_us) {
  uint32_t taken = 0;
  book.ForEachRedemption(coupon, [&](const CouponRedemption& it) {
    taken += it.at_us > now_us ||
             ReleaseOf(book, world, it, now_us).why == CouponRelease::kNone;
  });
  return taken;
}

}  // namespace trato::core
