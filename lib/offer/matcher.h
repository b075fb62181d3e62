// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The next best offers of one customer. Every offer passes the stages in order
// and is dropped at the first that says no:
//
//   restriction    her data is not to be used
//   validity       now lies outside of its dates
//   eligibility    its condition on who may have it does not hold
//   applicability  nor that on whether it makes sense now
//   suitability    nor that on whether it does her good
//   availability   its stock or its budget is used up
//   contact        consent, objection, suppression lists, caps, quiet hours,
//                  an open complaint
//   value          it is worth nothing, or given away to who buys anyway
//   holdout        she is left out for comparison
//   limit          so many of its issue or group are ahead of it
//
// What is left is ranked by
//
//   score = (p x (value + w x benefit) - q x discount) x context x lever
//
// value is what it is worth to the firm after discount and cost, benefit what it
// is worth to her, discount included, with weight w (ArbitrationDefinition); p
// is the affinity and q the organic rate of insight/affinity.h: the discount is
// lost on who would have bought unasked. With pacing, the price of what it would
// take of its budget and stock (offer/budget_price.h) is off. Ties go by name.
// Nothing is stored.
// Where a learner serves the offer, p is what it believes (learners.h), and the
// choice is drawn among those left that the learner of the first one serves, as
// its policy says.

#ifndef TRATO_OFFER_MATCHER_H_
#define TRATO_OFFER_MATCHER_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "customer/consent_ledger.h"
#include "insight/affinity.h"
#include "offer/budget_price.h"
#include "offer/catalogue.h"
#include "offer/coupon.h"
#include "learning/choice.h"
#include "offer/decision_log.h"
#include "offer/learners.h"
#include "offer/policy.h"
#include "offer/rules.h"
#include "segment/segment_store.h"

namespace trato::core {

// Of the rules above; a decision says by which it was made.
inline constexpr uint32_t kDecisionVersion = 1;

enum class Stage : uint8_t {
  kNone,
  kRestriction,
  kValidity,
  kEligibility,
  kApplicability,
  kSuitability,
  kAvailability,
  kContact,
  kValue,
  kHoldout,
  kLimit,
};
std::string_view NameOf(Stage stage);

// What stands against contact.
enum class Against : uint8_t {
  kNothing,
  kChannel,  // it is not made on the channel asked for
  kConsent,  // or an objection or a list: ConsentState says which
  kCap,
  kQuietHours,
  kComplaint,
};

// Where an offer stands.
struct MatchVerdict {
  const Catalogue::Offer* offer = nullptr;
  Stage dropped_at = Stage::kNone;
  Against against = Against::kNothing;
  ConsentState refusal = ConsentState::kNone;
  bool stock_is_out = false;  // else its budget is
  uint32_t rule = 0;          // that did not hold
  uint32_t policy = 0;        // of contact or of the hold-out, in their order
  uint32_t channel = 0;       // on which it may be made; 0: wherever

  bool kept() const { return dropped_at == Stage::kNone; }
};

struct MatchCandidate : MatchVerdict {
  // Of one that came as far as its value.
  double rate = 0;            // of similar customers
  double affinity = 0;
  double organic = 0;
  double context = 1;
  OfferPrice price;         // of its budget and stock: off the score already
  double score = 0;         // in minor units
  // Of an offer that a learner serves: which, how sure it is, and what she
  // answered, as it counts.
  uint32_t learner = 0;
  double relative_variance = 0;
  Rate own;
  int64_t value_minor = 0;  // after discount and cost
};

struct MatchContext {
  const World* world;
  const Schema* schema;
  const Catalogue* catalogue;
  const Policies* policies;
  const DecisionLog* decisions;
  const CouponBook* coupons;
  const ConsentLedger* consents;
  const SegmentStore* segments;
  Learners* learners;  // what it knows follows from the rest
  absl::TimeZone zone;
  Currency currency;  // scores compare in this one only
};

struct MatchRequest {
  uint32_t channel = 0;  // interned; 0: any
  // Decisions and permits that came later are not known.
  uint64_t known_at = std::numeric_limits<uint64_t>::max();
};

// Where a policy stands for one customer at one instant.
struct PolicyState {
  Against against = Against::kNothing;
  bool is_known = false;
};

// Matches for one customer after the other. What it gives is good until the next
// match. It keeps its memory, so that a match makes none.
class Matcher {
 public:
  // All offers for the customer led by `customer`; order() has the kept ones
  // first, best first, then the dropped ones by name.
  // Cost: the rules that the offers ask for, once each, and a pass over the
  // customer's purchases where any is left.
  void Match(const MatchContext& context, RecordNumber customer,
             int64_t now_us, const MatchRequest& request = {});

  // By name of the offer.
  std::span<const MatchCandidate> candidates() const { return candidates_; }
  std::span<const uint32_t> order() const { return order_; }
  size_t kept() const { return kept_; }
  const MatchCandidate& Ranked(size_t rank) const {
    return candidates_[order_[rank]];
  }
  const PurchaseTotal& purchases() const { return purchases_; }
  const Evidence& EvidenceOf(const Catalogue::Offer& offer) const {
    return evidence_[offer.slot];
  }
  // How likely each of the kept offers at these ranks, which rise, is to be
  // chosen among them; false, and nothing is written: no learner serves the
  // first. Cost: some 10 us for 50.
  bool Chances(std::span<const uint32_t> ranks, std::span<double> out);
  // Over what became of every offer, and the scores.
  Id Digest();
  // Where the policies of contact stand, those that were asked for.
  std::span<const PolicyState> policy_states() const { return policy_states_; }
  size_t rules_tested() const { return tester_.tested(); }

  // What kind of customer she was for an offer, as far as is known: see
  // ResponseRate.
  int SimilarAt(const MatchContext& context, RecordNumber customer,
                int64_t at_us, const Catalogue::Offer& offer) {
    Begin(context, customer, at_us, {});
    ReadEvidence();
    return EvidenceOf(offer).similar();
  }

  // Reads what she did for all offers, also those that were dropped.
  void CompleteEvidence() {
    evidence_.assign(evidence_.size(), Evidence());
    ReadEvidence();
  }

  // Whether the offer may be decided for now: consent, caps, stock and budget
  // once more, for the customer of the last match, on its channel. Sets what
  // stands against it.
  bool Confirm(MatchCandidate& candidate);
  // The same before any match, with restriction and hold-outs, for contact about
  // an offer, or about one that says nothing but a purpose.
  bool MayContact(const MatchContext& context, RecordNumber customer,
                  int64_t now_us, uint32_t channel, MatchCandidate& candidate);
  MatchCandidate& candidate(size_t rank) { return candidates_[order_[rank]]; }

 private:
  friend class Obstacles;
  void Begin(const MatchContext& context, RecordNumber customer,
             int64_t now_us, const MatchRequest& request);
  bool PassesGate(const Catalogue::Gate& gate, MatchVerdict& verdict);
  void Pass(MatchCandidate& candidate);
  bool IsAvailable(MatchCandidate& candidate) const;
  bool MayContact(MatchCandidate& candidate);
  bool MayContactOn(MatchCandidate& candidate, uint32_t channel);
  ConsentState RefusalOn(const Catalogue::Offer& offer, uint32_t channel);
  Against StandOf(uint32_t policy);
  bool HasOpenComplaint(uint32_t type) const;
  bool ReachesCap(const ContactPolicy& policy);
  void ReadEvidence();
  void Learn();
  void Score(MatchCandidate& candidate);
  bool IsHeldOut(MatchCandidate& candidate) const;
  void Limit();
  absl::TimeZone zone();

  const MatchContext* context_ = nullptr;
  RecordNumber customer_ = 0;
  int64_t now_us_ = 0;
  MatchRequest request_;
  RuleTester tester_;
  std::vector<MatchCandidate> candidates_;
  // Of whom more is known than a verdict; by place.
  std::vector<uint32_t> passed_;
  std::vector<uint32_t> order_;
  size_t kept_ = 0;
  std::vector<Evidence> evidence_;      // by slot
  std::vector<int64_t> last_purchase_;  // by slot: the last that was counted
  PurchaseTotal purchases_;
  std::vector<PolicyState> policy_states_;
  struct Consented {
    uint32_t purpose;
    uint32_t channel;
    ConsentState refusal;
  };
  std::vector<Consented> consented_;
  std::vector<const Catalogue::Offer*> offers_;
  std::vector<Learners::Known> known_;
  Learners::Scratch scratch_;
  ChoiceMaker maker_;
  std::vector<Belief> beliefs_;
  std::vector<uint32_t> among_;
  std::vector<double> chances_;
  struct Counted {
    uint32_t name;
    uint32_t count;
  };
  std::vector<int64_t> contact_times_;
  std::vector<Counted> counted_;
  std::optional<absl::TimeZone> zone_;
  struct DigestLine {
    uint64_t offer;
    uint64_t rule;
    uint64_t score;
    uint64_t what;
  };
  std::vector<DigestLine> lines_;
  std::vector<uint32_t> channels_;  // all that are defined
  bool has_channels_ = false;
};

// What the offer costs a candidate at now_us. Cost: O(log n).
OfferPrice PriceOf(const Policies& policies, const DecisionLog& decisions,
                   const Catalogue::Offer& offer, int64_t now_us);

// Whether the customer may not be offered it, and by what; kNone: she may.
ConsentState RefusalOf(const MatchContext& context,
                       const Catalogue::Offer& offer, RecordNumber customer,
                       int64_t now_us);
// The same in words.
std::string WhyRefused(const Catalogue::Offer& offer, ConsentState refusal);

// Which policy's hold-out the customer is in, by the assignment that was logged
// first, or by the hash of her public id.
bool IsHeldOutBy(const MatchContext& context, const ContactPolicy& policy,
                 RecordNumber customer, int64_t now_us, uint64_t known_at);

}  // namespace trato::core

#endif  // TRATO_OFFER_MATCHER_H_
