// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Coupons: issued, redeemed and reversed under the writer's lock. Those who
// redeem at the same time share a sync, and each sees what those before it in
// the same transaction take.

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/fact_codec.h"
#include "customer/customer_zone.h"
#include "engine/store_impl.h"
#include "offer/coupon_status.h"

namespace trato::core {
namespace {

constexpr std::string_view kKeyed = "coupon ";
constexpr std::string_view kKeyCheck = "coupon key";
constexpr uint32_t kMaxUses = 1'000'000'000;

Id KeyCheckOf(const SuppressionHasher& hasher) {
  return hasher.has_key() ? static_cast<Id>(hasher.Keyed(kKeyCheck, "")) : Id();
}

CouponHash HashOf(const SuppressionHasher& hasher, std::string_view code) {
  return hasher.has_key() ? CouponHash{hasher.Keyed(kKeyed, code)}
                          : PlainCouponHash(code);
}

const SuppressionHasher& HasherOf(const State& state) {
  return state.consents.lists().hasher();
}

// The coupon with this code, as it was read: under the store's key, or from
// before it had one. Whoever guesses learns no more than that there is none.
absl::StatusOr<const Coupon*> FindCoupon(const State& state,
                                         std::string_view code) {
  const SuppressionHasher& hasher = HasherOf(state);
  const Coupon* coupon = state.coupons.Find(HashOf(hasher, code));
  if (coupon == nullptr && hasher.has_key()) {
    coupon = state.coupons.Find(PlainCouponHash(code));
  }
  if (coupon != nullptr) return coupon;
  if (state.coupons.HasOtherKey(KeyCheckOf(hasher))) {
    return absl::FailedPreconditionError(
        "no coupon that can be looked up has this code, and others were issued "
        "under a key that the store was not opened with");
  }
  return absl::NotFoundError("no coupon has this code");
}

absl::StatusOr<CouponBenefit> BenefitOf(const CouponInput& input,
                                        const OfferDefinition& offer) {
  CouponBenefit benefit;
  if (input.gives >= kCouponGivesCount) {
    return absl::InvalidArgumentError(StrCat(
        "coupon.gives ", input.gives, " is nothing that a coupon gives"));
  }
  benefit.gives = static_cast<CouponGives>(input.gives);
  const bool is_money = benefit.gives == CouponGives::kMoney;
  const bool is_percent = benefit.gives == CouponGives::kPercent;
  const bool is_gift = benefit.gives == CouponGives::kGift;
  const auto only_for = [](std::string_view field, std::string_view what) {
    return absl::InvalidArgumentError(
        StrCat("coupon.", field, " is for a coupon that gives ", what));
  };
  if (!is_money && (input.amount_minor != 0 || !input.currency.empty())) {
    return only_for(input.amount_minor != 0 ? "amount_minor" : "currency",
                    "money");
  }
  if (!is_percent && input.basis_points != 0) {
    return only_for("basis_points", "percent");
  }
  if (!is_gift && !input.product.empty()) return only_for("product", "a gift");
  if (is_money) {
    if (input.amount_minor <= 0) {
      return absl::InvalidArgumentError("coupon.amount_minor is not above 0");
    }
    benefit.money = {input.amount_minor, offer.currency};
    if (!input.currency.empty()) {
      auto currency = Currency::Parse(input.currency);
      if (!currency.ok()) return Prefixed(currency.status(), "coupon.");
      benefit.money.currency = *currency;
    }
  } else if (is_percent) {
    if (input.basis_points == 0 || input.basis_points > 10'000) {
      return absl::InvalidArgumentError(
          "coupon.basis_points is not between 1 and 10,000");
    }
    benefit.basis_points = input.basis_points;
  } else if (is_gift) {
    TRATO_RETURN_IF_ERROR(CheckLabel("coupon.product", input.product));
    benefit.product = input.product;
  } else if (offer.discount_minor > 0) {
    benefit.gives = CouponGives::kMoney;
    benefit.money = {offer.discount_minor, offer.currency};
  } else if (offer.discount_basis_points > 0) {
    benefit.gives = CouponGives::kPercent;
    benefit.basis_points = offer.discount_basis_points;
  }
  return benefit;
}

absl::StatusOr<std::optional<int64_t>> DeadlineOf(const CouponInput& input,
                                                  const Catalogue::Offer& offer,
                                                  int64_t now_us,
                                                  absl::TimeZone zone) {
  const bool is_fixed =
      input.valid_until_us != std::numeric_limits<int64_t>::max();
  if (input.for_ever + is_fixed + !input.span.empty() > 1) {
    return absl::InvalidArgumentError(
        "coupon: give one of valid_until_us, span, and no deadline at all");
  }
  std::optional<int64_t> deadline;
  if (input.for_ever) return deadline;
  if (is_fixed) {
    TRATO_RETURN_IF_ERROR(
        CheckInstant("coupon.valid_until_us", input.valid_until_us));
    if (input.valid_until_us <= now_us) {
      return absl::OutOfRangeError("coupon.valid_until_us is not after now_us");
    }
    deadline = input.valid_until_us;
    return deadline;
  }
  std::optional<Span> span = offer.coupon_span;
  if (!input.span.empty()) {
    auto read = ParseSpan(input.span);
    if (!read.ok()) return Prefixed(read.status(), "coupon.");
    span = *read;
  }
  if (span) {
    deadline = Add(now_us, *span, zone);
    TRATO_RETURN_IF_ERROR(CheckInstant("the deadline", *deadline));
  }
  return deadline;
}

// A redemption on its way in: what it is of, and what it gives.
struct Redeeming {
  const RedemptionInput& input;
  std::string code;  // as it was read
  int64_t now_us;
  Fact envelope;
  CouponResult result;
};

template <typename Payload>
const Payload* PayloadOf(const Fact& fact, const CouponHash& hash) {
  const auto* it = std::get_if<Payload>(&fact.payload);
  return it != nullptr && static_cast<const Id&>(it->hash) ==
                              static_cast<const Id&>(hash)
             ? it
             : nullptr;
}

bool IsSameId(const FactId& a, const FactId& b) {
  return static_cast<const Id&>(a) == static_cast<const Id&>(b);
}

// The record of who redeems it; nothing: it was not said.
absl::StatusOr<std::string> BuyerOf(const Store::Impl& impl,
                                    const CouponTerms& terms,
                                    const RedemptionInput& input,
                                    int64_t now_us) {
  const CustomerStore& customers = impl.state->customers;
  const bool has_purchase = input.purchase != IdBytes{};
  if (!terms.is_personal()) {
    if (input.customer.empty()) {
      if (!has_purchase) return std::string();
      return absl::InvalidArgumentError(
          "customer is empty: whose is the purchase?");
    }
    const auto record = customers.ResolveRecord(input.customer);
    if (record.ok()) return std::string(customers.RecordName(*record));
    // Who is new is known from this on.
    if (!absl::IsNotFound(record.status())) return record.status();
    TRATO_RETURN_IF_ERROR(CheckRecordName("customer", input.customer));
    return std::string(input.customer);
  }
  RecordNumber record = terms.record;
  if (!input.customer.empty()) {
    TRATO_ASSIGN_OR_RETURN(RecordNumber leader,
                           impl.Resolve(input.customer, now_us));
    if (customers.LeaderOf(terms.record) != leader) {
      return absl::PermissionDeniedError(
          "the coupon belongs to another customer");
    }
    TRATO_ASSIGN_OR_RETURN(record, customers.ResolveRecord(input.customer));
  }
  if (input.customer.empty() && !has_purchase) return std::string();
  return std::string(customers.RecordName(record));
}

absl::Status AlreadyRedeemed(const State& state, const Coupon& coupon,
                             int64_t now_us) {
  const CouponStatus status =
      StatusOf(state.coupons, state.world, coupon, now_us);
  std::optional<int64_t> last_us;
  for (const CouponUse& use : status.uses) {
    if (use.holds) last_us = use.redemption->at_us;
  }
  const CouponTerms& terms = state.coupons.TermsOf(coupon);
  if (terms.uses > 1) {
    return absl::FailedPreconditionError(
        StrCat("the coupon's ", terms.uses, " uses are taken"));
  }
  return absl::FailedPreconditionError(
      last_us ? StrCat("the coupon was redeemed on ",
                       FormatTime(*last_us, state.zone))
              // By somebody at the same time, or by a clock that is ahead.
              : std::string("the coupon was redeemed already"));
}

// Whether it takes a use: fewer others that take one come before it than there
// are.
bool Holds(const State& state, const Coupon& coupon, const Redeeming& it,
           const FactId& id) {
  const int64_t at_us = it.envelope.event_us;
  const auto order = [](int64_t us, std::string_view source, const FactId& of) {
    return std::tuple(us, source, static_cast<const Id&>(of));
  };
  uint32_t before = 0;
  state.coupons.ForEachRedemption(coupon, [&](const CouponRedemption& other) {
    const int64_t then_us = std::max(at_us, it.now_us);
    before += order(other.at_us, state.coupons.SourceOf(other), other.fact) <
                  order(at_us, it.envelope.source, id) &&
              ReleaseOf(state.coupons, state.world, other, then_us).why ==
                  CouponRelease::kNone;
  });
  return before < state.coupons.TermsOf(coupon).uses;
}

// Decides about a redemption. The caller holds `writer`.
absl::Status Decide(const Store::Impl& impl, Redeeming& it,
                    Store::Impl::Request& request,
                    std::span<Store::Impl::Request* const> before) {
  const State& state = *impl.state;
  TRATO_ASSIGN_OR_RETURN(const Coupon* coupon, FindCoupon(state, it.code));
  const CouponTerms& terms = state.coupons.TermsOf(*coupon);
  const CouponBenefit& benefit = state.coupons.BenefitOf(terms);
  TRATO_ASSIGN_OR_RETURN(const std::string buyer,
                         BuyerOf(impl, terms, it.input, it.now_us));
  CouponRedemptionFact redemption{coupon->hash, {}};
  if (it.input.has_basket) {
    redemption.basket = {it.input.basket_minor, state.currency};
    if (!it.input.currency.empty()) {
      TRATO_ASSIGN_OR_RETURN(redemption.basket.currency,
                             Currency::Parse(it.input.currency));
    }
    TRATO_ASSIGN_OR_RETURN(it.result.amount_minor,
                           benefit.AmountOff(redemption.basket));
    // Not of `redemption`, which goes.
    it.result.currency = it.input.currency.empty() ? state.currency.code()
                                                   : it.input.currency;
  } else if (benefit.gives == CouponGives::kMoney) {
    it.result.amount_minor = benefit.money.minor;
    it.result.currency = benefit.money.currency.code();
  }
  it.result.gives = static_cast<uint32_t>(benefit.gives);
  it.result.basis_points = benefit.basis_points;
  it.result.product = benefit.product;
  it.result.offer = state.coupons.OfferOf(terms);
  const FactId purchase = ToFactId(it.input.purchase);

  // What others take in the same transaction.
  uint32_t taken = UsesTaken(state.coupons, state.world, *coupon, it.now_us);
  const FactId keyed = FactId::OfKey(it.envelope.source, it.envelope.key);
  const auto is_same = [&](const FactId& fact) {
    return !it.envelope.key.empty() && IsSameId(fact, keyed);
  };
  bool is_repeated = false;
  std::string said_buyer;
  FactId said_purchase;
  for (const Store::Impl::Request* other : before) {
    for (const Fact& fact : other->fresh) {
      if (PayloadOf<CouponRedemptionFact>(fact, coupon->hash) != nullptr) {
        ++taken;
        is_repeated = is_repeated || is_same(fact.id);
      }
      const auto* said = PayloadOf<CouponBuyerFact>(fact, coupon->hash);
      if (said != nullptr && is_same(said->redemption)) {
        said_buyer = said->record;
        said_purchase = said->purchase;
      }
    }
  }
  CouponReleased released;
  state.coupons.ForEachRedemption(*coupon, [&](const CouponRedemption& known) {
    if (!is_same(known.fact)) return;
    is_repeated = true;
    released = ReleaseOf(state.coupons, state.world, known, it.now_us);
    if (known.record != CouponRedemption::kNone) {
      said_buyer = state.customers.RecordName(known.record);
    }
    said_purchase = known.purchase;
  });
  it.result.uses_left = terms.uses - std::min(terms.uses, taken);
  it.envelope.payload = redemption;
  request.facts.clear();
  request.facts.push_back({it.envelope, it.input.at_us != kAtNow});
  if (is_repeated) {
    // Who may have been left out, this time or then, of a coupon that is
    // somebody's.
    const auto leader = [&](const std::string& name) {
      const auto record = state.customers.FindRecord(name);
      return record ? state.customers.LeaderOf(*record)
                    : std::numeric_limits<RecordNumber>::max();
    };
    const bool is_same_buyer =
        said_buyer == buyer || leader(said_buyer) == leader(buyer) ||
        (terms.is_personal() && (said_buyer.empty() || buyer.empty()));
    if (!is_same_buyer || !IsSameId(said_purchase, purchase)) {
      return absl::AlreadyExistsError(
          StrCat("key '", it.envelope.key,
                 "' is recorded already, with other content"));
    }
    if (released.why != CouponRelease::kNone) {
      return absl::FailedPreconditionError(StrCat(
          "the redemption with key '", it.envelope.key, "' takes no use since ",
          FormatTime(released.at_us, state.zone), ": ", NameOf(released.why)));
    }
    // The rest of it is compared as of any fact.
    it.result.repeated = true;
    return absl::OkStatus();
  }
  if (!it.input.reported) {
    if (taken >= terms.uses) return AlreadyRedeemed(state, *coupon, it.now_us);
    if (it.now_us < terms.issued_us) {
      return absl::OutOfRangeError(
          StrCat("the coupon is valid from ",
                 FormatTime(terms.issued_us, state.zone)));
    }
    if (it.now_us >= terms.deadline_us) {
      return absl::OutOfRangeError(StrCat(
          "the coupon expired on ", FormatTime(terms.deadline_us, state.zone)));
    }
    // Else it would take no use from the beginning.
    CouponRedemption meant;
    meant.purchase = purchase;
    const auto record = state.customers.FindRecord(buyer);
    if (record) meant.record = *record;
    const CouponReleased gone =
        ReleaseOf(state.coupons, state.world, meant, it.now_us);
    if (gone.why != CouponRelease::kNone) {
      return absl::FailedPreconditionError(
          StrCat("purchase: it is no more, ", NameOf(gone.why), " on ",
                 FormatTime(gone.at_us, state.zone)));
    }
  }
  if (it.result.uses_left > 0) --it.result.uses_left;
  // The id that the redemption will get.
  FactId id = keyed;
  if (it.envelope.key.empty()) {
    id = State::FreeId(it.envelope, CanonicalPayload(it.envelope),
                       [&](const FactId& other) {
                         if (state.FindFact(other) != nullptr) return true;
                         for (const Store::Impl::Request* earlier : before) {
                           for (const Fact& fact : earlier->fresh) {
                             if (IsSameId(fact.id, other)) return true;
                           }
                         }
                         return false;
                       });
  }
  it.result.holds = Holds(state, *coupon, it, id);
  const FactId* const decision = state.coupons.DecisionOf(*coupon);
  if (decision != nullptr && it.result.holds) {
    Fact outcome = it.envelope;
    outcome.key.clear();
    OutcomeFact bought;
    bought.decision = *decision;
    bought.kind = OutcomeKind::kBought;
    if (it.input.purchase != IdBytes{}) bought.interaction = purchase;
    outcome.payload = std::move(bought);
    request.facts.push_back({std::move(outcome), true});
  }
  if (buyer.empty()) return absl::OkStatus();
  Fact said = it.envelope;
  said.key.clear();
  said.payload = CouponBuyerFact{coupon->hash, id, buyer, purchase};
  request.facts.push_back({std::move(said), true});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Store::IssueCoupons(
    std::string_view customer, std::string_view offer, uint64_t count,
    const CouponInput& coupon, int64_t now_us, const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (count == 0 || count > kMaxCoupons) {
    return absl::InvalidArgumentError(
        StrCat("count is not between 1 and ", kMaxCoupons));
  }
  if (coupon.uses > kMaxUses) {
    return absl::InvalidArgumentError(
        StrCat("coupon.uses is above ", kMaxUses));
  }
  // Many take a while, for which nobody has to wait.
  SuppressionHasher hasher;
  {
    MutexLock lock(&impl_->writer);
    TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
    TRATO_RETURN_IF_ERROR(impl_->state->catalogue.Find(offer).status());
    hasher = HasherOf(*impl_->state);
  }
  CouponIssueFact it;
  std::vector<std::string> codes;
  codes.reserve(count);
  it.hashes.reserve(count);
  CouponCodeMaker maker;
  for (uint64_t i = 0; i < count; ++i) {
    codes.push_back(maker.Next());
    TRATO_ASSIGN_OR_RETURN(const std::string characters,
                           ReadCouponCode(codes.back()));
    it.hashes.push_back(HashOf(hasher, characters));
  }
  std::sort(it.hashes.begin(), it.hashes.end());
  it.key_check = KeyCheckOf(hasher);
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Catalogue::Offer* found,
                         state.catalogue.Find(offer));
  absl::TimeZone zone = state.zone;
  ReadScope scope;
  if (!customer.empty()) {
    if (count > 1) {
      return absl::InvalidArgumentError(
          "customer: coupons issued together are the bearer's");
    }
    TRATO_ASSIGN_OR_RETURN(RecordNumber leader,
                           impl_->Resolve(customer, now_us));
    if (state.customers.RestrictionOf(leader, now_us) != nullptr) {
      return absl::FailedPreconditionError(StrCat(
          customer, " gets no coupon: the customer's data is restricted"));
    }
    const ConsentState refusal =
        RefusalOf(state.match_context(), *found, leader, now_us);
    if (refusal != ConsentState::kNone) {
      return absl::FailedPreconditionError(
          StrCat(customer, " gets no coupon: ", WhyRefused(*found, refusal)));
    }
    // Of the record that was named, so that it stays hers whatever is unlinked.
    TRATO_ASSIGN_OR_RETURN(RecordNumber record,
                           state.customers.ResolveRecord(customer));
    it.record = state.customers.RecordName(record);
    zone = CustomerZone(state.schema, state.names, state.customers, leader,
                        now_us, state.zone);
  }
  it.offer = found->definition.name;
  if (coupon.decision) {
    if (customer.empty()) {
      return absl::InvalidArgumentError(
          "coupon.decision is of one customer, and the coupon is the bearer's");
    }
    TRATO_ASSIGN_OR_RETURN(const Decision* decision,
                           state.decisions.Find(ToFactId(*coupon.decision)));
    if (state.customers.LeaderOf(decision->record) !=
        state.customers.LeaderOf(
            state.customers.FindRecord(it.record).value_or(0))) {
      return absl::InvalidArgumentError(
          "coupon.decision was made for another customer");
    }
    if (decision->offer == 0 ||
        state.names.Text(decision->offer) != it.offer) {
      return absl::InvalidArgumentError(
          "coupon.decision chose another offer");
    }
    it.decision = decision->id;
  }
  TRATO_ASSIGN_OR_RETURN(it.benefit, BenefitOf(coupon, found->definition));
  TRATO_ASSIGN_OR_RETURN(it.deadline_us,
                         DeadlineOf(coupon, *found, now_us, zone));
  TRATO_RETURN_IF_ERROR(scope.status());
  it.uses = std::max(coupon.uses, 1u);
  Fact fact = Impl::Envelope(kAtNow, now_us, options);
  fact.payload = std::move(it);
  TRATO_RETURN_IF_ERROR(
      impl_->Commit(NewFact{std::move(fact), true}, now_us, options.buffered)
          .status());
  return codes;
}

absl::StatusOr<CouponResult> Store::RedeemCoupon(
    const RedemptionInput& redemption, int64_t now_us,
    const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_ASSIGN_OR_RETURN(std::string code, ReadCouponCode(redemption.code));
  if (redemption.has_basket && redemption.basket_minor < 0) {
    return absl::InvalidArgumentError("basket_minor is negative");
  }
  if (!redemption.reported && redemption.at_us != kAtNow) {
    return absl::InvalidArgumentError(
        "at_us is for a redemption that is reported: others happen at now_us");
  }
  Redeeming it{redemption,
               std::move(code),
               now_us,
               Impl::Envelope(redemption.at_us, now_us, options),
               {}};
  it.envelope.key = redemption.key;
  Impl::CommitOptions commit;
  commit.buffered = options.buffered;
  commit.dry_run = redemption.dry_run;
  commit.decide = [&](Impl::Request& request,
                      std::span<Impl::Request* const> before) {
    return Decide(*impl_, it, request, before);
  };
  TRATO_ASSIGN_OR_RETURN(
      const Written written,
      impl_->Submit(std::vector<NewFact>(), now_us, std::move(commit)));
  it.result.redemption = written.fact;
  return it.result;
}

absl::Status Store::ReverseCoupon(std::string_view code,
                                  const IdBytes* redemption,
                                  std::string_view reason, std::string_view key,
                                  int64_t now_us, const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckText("reason", reason, 1024));
  TRATO_ASSIGN_OR_RETURN(const std::string read, ReadCouponCode(code));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Coupon* coupon, FindCoupon(state, read));
  Fact fact = Impl::Envelope(kAtNow, now_us, options);
  fact.key = key;
  std::vector<const CouponRedemption*> meant;
  bool is_repeated = false;
  ReadScope scope;
  state.coupons.ForEachRedemption(*coupon, [&](const CouponRedemption& it) {
    const CouponReversal* const reversal = state.coupons.ReversalOf(it.fact);
    is_repeated = is_repeated ||
                  (reversal != nullptr && !key.empty() &&
                   IsSameId(reversal->fact, FactId::OfKey(fact.source, key)));
    if (redemption != nullptr) {
      if (IsSameId(it.fact, ToFactId(*redemption))) meant.push_back(&it);
    } else if (it.at_us <= now_us &&
               ReleaseOf(state.coupons, state.world, it, now_us).why ==
                   CouponRelease::kNone) {
      meant.push_back(&it);
    }
  });
  TRATO_RETURN_IF_ERROR(scope.status());
  if (is_repeated) return impl_->CommitNothing(now_us, options.buffered);
  if (meant.empty()) {
    return redemption != nullptr
               ? absl::NotFoundError("the coupon has no such redemption")
               : absl::FailedPreconditionError(
                     "no redemption of the coupon takes a use");
  }
  if (meant.size() > 1) {
    return absl::FailedPreconditionError(
        StrCat("redemption: ", meant.size(),
               " of the coupon take a use, say which one is meant"));
  }
  const CouponReversal* const known =
      state.coupons.ReversalOf(meant.front()->fact);
  // It was reversed already, and nothing would change.
  if (known != nullptr && known->at_us <= now_us) {
    return impl_->CommitNothing(now_us, options.buffered);
  }
  fact.payload = CouponReversalFact{coupon->hash, meant.front()->fact,
                                    std::string(reason)};
  std::vector<NewFact> facts;
  if (const FactId* decision = state.coupons.DecisionOf(*coupon)) {
    Fact outcome = fact;
    outcome.key.clear();
    OutcomeFact returned;
    returned.decision = *decision;
    returned.kind = OutcomeKind::kReturned;
    outcome.payload = std::move(returned);
    facts.push_back({std::move(outcome), true});
  }
  facts.insert(facts.begin(), NewFact{std::move(fact), false});
  Impl::CommitOptions commit;
  commit.buffered = options.buffered;
  return impl_->Commit(std::move(facts), now_us, commit).status();
}

absl::StatusOr<std::string> Store::CouponJson(std::string_view code,
                                              int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_ASSIGN_OR_RETURN(const std::string read, ReadCouponCode(code));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Coupon* coupon, FindCoupon(state, read));
  ReadScope scope;
  std::string json = trato::core::CouponJson(state.model(), *coupon, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

absl::StatusOr<std::string> Store::CouponListJson(std::string_view customer,
                                                  std::string_view offer,
                                                  uint64_t limit,
                                                  int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  std::optional<RecordNumber> leader;
  if (!customer.empty()) {
    TRATO_ASSIGN_OR_RETURN(leader, impl_->Resolve(customer, now_us));
  }
  if (!offer.empty()) {
    TRATO_RETURN_IF_ERROR(state.catalogue.Find(offer).status());
  }
  ReadScope scope;
  std::string json =
      trato::core::CouponListJson(state.model(), leader, offer, limit, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

}  // namespace trato::core
