// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A fact as the engine handles it: proto/trato/v1/fact.proto with the models'
// own types. Names are text here; the models intern them.

#ifndef TRATO_CODEC_FACT_H_
#define TRATO_CODEC_FACT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/boxed.h"
#include "base/id.h"
#include "customer/consent_ledger.h"
#include "identity/definitions.h"
#include "insight/definitions.h"
#include "offer/definitions.h"
#include "offer/coupon.h"
#include "offer/decision_log.h"
#include "schema/schema.h"
#include "segment/segment_store.h"
#include "timeline/timeline.h"

namespace trato::core {

struct StoreSettings {
  std::string zone;
  std::string currency;
};

using Definition = std::variant<SchemaDefinition, SegmentDefinition,
                                OfferDefinition, PolicyDefinition,
                                InsightDefinition, IdentityDefinition>;

struct AttributeFact {
  std::string record;
  std::string name;
  Value value;
  std::string about{};   // the product or need, of an attribute per these
  bool removed = false;  // of many values this one is taken away
  bool inferred = false;
  double strength = 0;  // up to 1; 0: not said
};

struct ClaimFact {
  std::string record;
  std::string identifier;
};

struct LinkFact {
  std::string one;  // the smaller name
  std::string other;
  bool linked = false;
  uint64_t sequence = 0;
  std::string reason;
  bool withdrawn = false;
};

struct ProposalFact {
  std::string one;  // the smaller name
  std::string other;
  bool unlink = false;
  double bits = 0;
  uint32_t version = 0;  // of the definition
  std::string reason;
};

struct LineFact {
  std::string product;
  std::string unit;
  int64_t quantity = 0;
  int64_t unit_price = 0;
  int64_t amount_minor = 0;
};

struct InteractionFact {
  std::string record;
  std::string type;
  std::string channel;
  Direction direction = Direction::kInbound;
  Money amount;
  std::vector<LineFact> lines;
  std::vector<std::pair<std::string, Value>> fields;  // by name
  std::optional<FactId> reply_to;
};

struct CorrectionFact {
  std::string record;
  FactId interaction;
  std::optional<InteractionFact> content;  // none: it never happened
  int64_t content_at_us = 0;
  std::string reason;
};

struct ConsentFact {
  std::string record;
  std::string purpose;  // kEvery: all
  std::string channel;  // kEvery: all
  ConsentState state = ConsentState::kNone;
  int64_t valid_until_us = kNeverExpires;
  std::string wording;
  std::string proof;
};

struct ObjectionFact {
  std::string record;
  bool lifted = false;
  std::string proof;
};

struct SuppressionUpdateFact {
  std::string list;
  bool replaces = false;
  SuppressionHash key_check;
  std::vector<SuppressionHash> hashes;  // ascending
};

struct BatchRetractionFact {
  std::string batch;
  std::string reason;
};

// That a record's data may be kept and not used, or may be used again.
struct RestrictionFact {
  std::string record;
  bool restricted = false;
  std::string reason;
};

struct AssignmentFact {
  std::string policy;
  bool held_out = false;
  std::string offer;
};

struct DecisionFact {
  std::string record;
  uint64_t log_position = 0;
  Currency currency;
  Id digest;
  // The first of the `ranked` that reached arbitration: the chosen one, then by
  // rank.
  std::vector<std::string> offers;
  uint32_t ranked = 0;
  std::vector<double> scores;
  std::vector<double> probabilities;  // empty: 1 of the first
  double propensity = 0;
  int64_t value_minor = 0;
  std::string channel;
  std::string requested_channel;
  std::string conversation;
  double draw = 0;
  bool is_contact = false;
  bool chosen = false;
  int64_t respond_until_us = kNoDeadline;
  int64_t reserved_minor = 0;
  uint8_t similar = 0;
  std::string learner{};  // that chose; empty: none did
  std::string segment{};  // of those that the learner of the offer tells apart
  uint32_t version = 0;
  bool elsewhere = false;  // it was made by another system
  std::vector<AssignmentFact> assignments;
};

struct OutcomeFact {
  FactId decision;  // zero: by conversation
  OutcomeKind kind = OutcomeKind::kNone;
  std::string conversation{};
  std::optional<FactId> interaction{};
};

// Leave to contact somebody once.
struct PermitFact {
  std::string record;
  std::string channel;
  std::string purpose;
  std::string address;
  int64_t deadline_us = 0;
  std::string offer;
  std::optional<FactId> decision;
};

struct PermitUseFact {
  FactId permit;
  std::string record;
};

struct PurchaseLinkFact {
  std::string record;
  FactId interaction;
  std::optional<FactId> decision;
  std::string method;
  std::string reason;
};

struct CouponIssueFact {
  std::vector<CouponHash> hashes;  // ascending
  std::string record;              // empty: the bearer's
  std::string offer;
  std::optional<int64_t> deadline_us;
  CouponBenefit benefit;
  uint32_t uses = 1;  // of each
  Id key_check;       // 0: without a key
  std::optional<FactId> decision;  // of which it came
};

struct CouponRedemptionFact {
  CouponHash hash;
  Money basket;  // without a currency: not said
};

struct CouponBuyerFact {
  CouponHash hash;
  FactId redemption;
  std::string record;
  FactId purchase;  // 0: not said
};

struct CouponReversalFact {
  CouponHash hash;
  FactId redemption;
  std::string reason;
};

struct KindFact {
  std::string record;
  CustomerKind kind = CustomerKind::kUnknown;
};

struct ErasureFact {
  Id id;
  std::vector<Id> subjects;
  uint64_t facts = 0;
  uint64_t interactions = 0;
  std::string reason;
};

struct RetentionFact {
  int64_t earliest_us = 0;
  uint64_t facts = 0;
  uint64_t interactions = 0;
  std::string reason;
};

struct RelationFact {
  std::string record;
  std::string relation;  // its name, and not its inverse
  std::string other;
  bool ended = false;
};

// A definition may be large, and most facts are none.
using Payload =
    std::variant<StoreSettings, Boxed<Definition>, AttributeFact, ClaimFact, LinkFact,
                 InteractionFact, DecisionFact, OutcomeFact, CouponIssueFact,
                 CouponRedemptionFact, CorrectionFact, KindFact, ErasureFact,
                 RelationFact, ConsentFact, ObjectionFact,
                 SuppressionUpdateFact, BatchRetractionFact, RestrictionFact,
                 RetentionFact, PermitFact, PermitUseFact, PurchaseLinkFact,
                 CouponBuyerFact, CouponReversalFact, ProposalFact>;

struct Fact {
  FactId id;  // derived: see fact.proto
  int64_t event_us = 0;
  int64_t recorded_us = 0;
  std::string actor;
  std::string source;
  std::string batch;
  std::string key;
  Payload payload;
};

// The definition that it is, or null.
inline const Definition* DefinitionIn(const Payload& payload) {
  const auto* it = std::get_if<Boxed<Definition>>(&payload);
  return it == nullptr ? nullptr : &**it;
}
inline Definition* DefinitionIn(Payload& payload) {
  auto* it = std::get_if<Boxed<Definition>>(&payload);
  return it == nullptr ? nullptr : &**it;
}

}  // namespace trato::core

#endif  // TRATO_CODEC_FACT_H_
