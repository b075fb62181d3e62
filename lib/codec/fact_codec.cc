// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/fact_codec.h"

#include <google/protobuf/stubs/logging.h>

#include <bit>
#include <iterator>
#include <limits>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/status.h"
#include "base/strings.h"
#include "codec/definition_proto.h"
#include "codec/offer_proto.h"
#include "trato/v1/fact.pb.h"

namespace trato::core {
namespace {

namespace pb = ::trato::v1;
using ::trato::core::FromProto;
using ::trato::core::ToProto;

void ToProto(const Money& money, pb::Money& message) {
  message.set_minor(money.minor);
  message.set_currency(std::string(money.currency.code()));
}

absl::StatusOr<Money> MoneyFromProto(const pb::Money& message) {
  Money money{message.minor(), {}};
  if (!message.currency().empty()) {
    TRATO_ASSIGN_OR_RETURN(money.currency, Currency::Parse(message.currency()));
  }
  return money;
}

void ToProto(const Value& value, pb::Value& message) {
  switch (TypeOf(value)) {
    case ValueType::kNone:
      break;
    case ValueType::kBool:
      message.set_bool_value(std::get<bool>(value));
      break;
    case ValueType::kInt:
      message.set_int_value(std::get<int64_t>(value));
      break;
    case ValueType::kDouble:
      message.set_double_value(std::get<double>(value));
      break;
    case ValueType::kString:
      message.set_string_value(std::get<std::string>(value));
      break;
    case ValueType::kMoney:
      ToProto(std::get<Money>(value), *message.mutable_money_value());
      break;
    case ValueType::kTimestamp:
      message.set_timestamp_us(std::get<Timestamp>(value).us);
      break;
  }
}

absl::StatusOr<Value> ValueFromProto(const pb::Value& message) {
  switch (message.value_case()) {
    case pb::Value::kBoolValue:
      return Value(message.bool_value());
    case pb::Value::kIntValue:
      return Value(int64_t{message.int_value()});
    case pb::Value::kDoubleValue:
      return Value(message.double_value());
    case pb::Value::kStringValue:
      return Value(message.string_value());
    case pb::Value::kMoneyValue: {
      TRATO_ASSIGN_OR_RETURN(Money money,
                             MoneyFromProto(message.money_value()));
      return Value(money);
    }
    case pb::Value::kTimestampUs:
      return Value(Timestamp{message.timestamp_us()});
    case pb::Value::VALUE_NOT_SET:
      break;
  }
  return Value();
}

absl::StatusOr<Id> IdFromBytes(const std::string& bytes) {
  if (bytes.size() != 16) return absl::DataLossError("an id has not 16 bytes");
  return Id::FromBytes(reinterpret_cast<const unsigned char*>(bytes.data()));
}

// One overload a payload, each with its way back beside it.

void ToProto(const StoreSettings& it, pb::Fact& fact) {
  fact.mutable_settings()->set_zone(it.zone);
  fact.mutable_settings()->set_currency(it.currency);
}
absl::StatusOr<Payload> FromProto(const pb::StoreSettings& message) {
  return Payload(StoreSettings{message.zone(), message.currency()});
}

void ToProto(const Definition& it, pb::Fact& fact) {
  ToProto(it, *fact.mutable_definition());
}

void ToProto(const AttributeFact& it, pb::Fact& fact) {
  pb::AttributeSet& out = *fact.mutable_attribute();
  out.set_record(it.record);
  out.set_name(it.name);
  if (TypeOf(it.value) != ValueType::kNone) {
    ToProto(it.value, *out.mutable_value());
  }
  out.set_about(it.about);
  out.set_removed(it.removed);
  out.set_inferred(it.inferred);
  out.set_strength(it.strength);
}
absl::StatusOr<Payload> FromProto(const pb::AttributeSet& message) {
  TRATO_ASSIGN_OR_RETURN(Value value, ValueFromProto(message.value()));
  return Payload(AttributeFact{
      message.record(), message.name(), std::move(value), message.about(),
      message.removed(), message.inferred(), message.strength()});
}

void ToProto(const ClaimFact& it, pb::Fact& fact) {
  fact.mutable_claim()->set_record(it.record);
  fact.mutable_claim()->set_identifier(it.identifier);
}
absl::StatusOr<Payload> FromProto(const pb::IdentifierClaim& message) {
  return Payload(ClaimFact{message.record(), message.identifier()});
}

void ToProto(const LinkFact& it, pb::Fact& fact) {
  pb::Link& out = *fact.mutable_link();
  out.set_one(it.one);
  out.set_other(it.other);
  out.set_linked(it.linked);
  out.set_sequence(it.sequence);
  out.set_reason(it.reason);
  out.set_withdrawn(it.withdrawn);
}
absl::StatusOr<Payload> FromProto(const pb::Link& message) {
  return Payload(LinkFact{message.one(), message.other(), message.linked(),
                          message.sequence(), message.reason(),
                          message.withdrawn()});
}

void ToProto(const ProposalFact& it, pb::Fact& fact) {
  pb::IdentityProposal& out = *fact.mutable_identity_proposal();
  out.set_one(it.one);
  out.set_other(it.other);
  out.set_unlink(it.unlink);
  out.set_bits(it.bits);
  out.set_version(it.version);
  out.set_reason(it.reason);
}
absl::StatusOr<Payload> FromProto(const pb::IdentityProposal& message) {
  return Payload(ProposalFact{message.one(), message.other(), message.unlink(),
                              message.bits(), message.version(),
                              message.reason()});
}

void ToProto(const KindFact& it, pb::Fact& fact) {
  fact.mutable_record_kind()->set_record(it.record);
  fact.mutable_record_kind()->set_kind(static_cast<pb::CustomerKind>(it.kind));
}
absl::StatusOr<Payload> FromProto(const pb::RecordKind& message) {
  if (message.kind() < 0 || message.kind() >= kCustomerKindCount) {
    return absl::DataLossError("a kind of customer is not known");
  }
  return Payload(
      KindFact{message.record(), static_cast<CustomerKind>(message.kind())});
}

void ToProto(const RelationFact& it, pb::Fact& fact) {
  pb::RelationSet& out = *fact.mutable_relation();
  out.set_record(it.record);
  out.set_relation(it.relation);
  out.set_other(it.other);
  out.set_ended(it.ended);
}
absl::StatusOr<Payload> FromProto(const pb::RelationSet& message) {
  return Payload(RelationFact{message.record(), message.relation(),
                              message.other(), message.ended()});
}

void ToProto(const RestrictionFact& it, pb::Fact& fact) {
  pb::Restriction& out = *fact.mutable_restriction();
  out.set_record(it.record);
  out.set_restricted(it.restricted);
  out.set_reason(it.reason);
}
absl::StatusOr<Payload> FromProto(const pb::Restriction& message) {
  return Payload(RestrictionFact{message.record(), message.restricted(),
                                 message.reason()});
}

void ToProto(const InteractionFact& it, pb::Interaction& out) {
  out.set_record(it.record);
  out.set_type(it.type);
  out.set_channel(it.channel);
  out.set_outbound(it.direction == Direction::kOutbound);
  ToProto(it.amount, *out.mutable_amount());
  for (const LineFact& line : it.lines) {
    pb::Line& added = *out.add_lines();
    added.set_product(line.product);
    added.set_unit(line.unit);
    added.set_quantity(line.quantity);
    added.set_unit_price(line.unit_price);
    added.set_amount_minor(line.amount_minor);
  }
  for (const auto& [name, value] : it.fields) {
    pb::Field& added = *out.add_fields();
    added.set_name(name);
    ToProto(value, *added.mutable_value());
  }
  if (it.reply_to) out.set_reply_to(it.reply_to->ToByteString());
}
void ToProto(const InteractionFact& it, pb::Fact& fact) {
  ToProto(it, *fact.mutable_interaction());
}
absl::StatusOr<InteractionFact> InteractionFromProto(
    const pb::Interaction& message) {
  InteractionFact it;
  it.record = message.record();
  it.type = message.type();
  it.channel = message.channel();
  it.direction =
      message.outbound() ? Direction::kOutbound : Direction::kInbound;
  TRATO_ASSIGN_OR_RETURN(it.amount, MoneyFromProto(message.amount()));
  it.lines.reserve(static_cast<size_t>(message.lines_size()));
  for (const pb::Line& line : message.lines()) {
    it.lines.push_back({line.product(), line.unit(), line.quantity(),
                        line.unit_price(), line.amount_minor()});
  }
  for (const pb::Field& field : message.fields()) {
    TRATO_ASSIGN_OR_RETURN(Value value, ValueFromProto(field.value()));
    it.fields.emplace_back(field.name(), std::move(value));
  }
  if (!message.reply_to().empty()) {
    TRATO_ASSIGN_OR_RETURN(Id id, IdFromBytes(message.reply_to()));
    it.reply_to = FactId{id};
  }
  return it;
}
absl::StatusOr<Payload> FromProto(const pb::Interaction& message) {
  TRATO_ASSIGN_OR_RETURN(InteractionFact it, InteractionFromProto(message));
  return Payload(std::move(it));
}

void ToProto(const CorrectionFact& it, pb::Fact& fact) {
  pb::Correction& out = *fact.mutable_correction();
  out.set_record(it.record);
  out.set_interaction(it.interaction.ToByteString());
  if (it.content) {
    ToProto(*it.content, *out.mutable_content());
    out.set_content_at_us(it.content_at_us);
  }
  out.set_reason(it.reason);
}
absl::StatusOr<Payload> FromProto(const pb::Correction& message) {
  CorrectionFact it;
  it.record = message.record();
  TRATO_ASSIGN_OR_RETURN(Id id, IdFromBytes(message.interaction()));
  it.interaction = FactId{id};
  if (message.has_content()) {
    TRATO_ASSIGN_OR_RETURN(it.content, InteractionFromProto(message.content()));
    it.content_at_us = message.content_at_us();
  }
  it.reason = message.reason();
  return Payload(std::move(it));
}

void ToProto(const ConsentFact& it, pb::Fact& fact) {
  pb::Consent& out = *fact.mutable_consent();
  out.set_record(it.record);
  out.set_purpose(it.purpose);
  out.set_channel(it.channel);
  out.set_state(static_cast<pb::Consent::State>(it.state));
  if (it.valid_until_us != kNeverExpires) {
    out.set_valid_until_us(it.valid_until_us);
  }
  out.set_wording(it.wording);
  out.set_proof(it.proof);
}
absl::StatusOr<Payload> FromProto(const pb::Consent& message) {
  if (message.state() < pb::Consent::STATE_GRANTED ||
      message.state() > pb::Consent::STATE_WITHDRAWN) {
    return absl::DataLossError(
        "a consent has no state that this version knows");
  }
  ConsentFact it{message.record(),  message.purpose(),
                 message.channel(), static_cast<ConsentState>(message.state()),
                 kNeverExpires,     message.wording(),
                 message.proof()};
  if (message.has_valid_until_us())
    it.valid_until_us = message.valid_until_us();
  return Payload(std::move(it));
}

void ToProto(const ObjectionFact& it, pb::Fact& fact) {
  pb::Objection& out = *fact.mutable_objection();
  out.set_record(it.record);
  out.set_lifted(it.lifted);
  out.set_proof(it.proof);
}
absl::StatusOr<Payload> FromProto(const pb::Objection& message) {
  return Payload(
      ObjectionFact{message.record(), message.lifted(), message.proof()});
}

void ToProto(const SuppressionUpdateFact& it, pb::Fact& fact) {
  pb::SuppressionUpdate& out = *fact.mutable_suppression_update();
  out.set_list(it.list);
  out.set_replaces(it.replaces);
  out.set_key_check(it.key_check.ToByteString());
  std::string& hashes = *out.mutable_hashes();
  hashes.resize(it.hashes.size() * 16);
  for (size_t i = 0; i < it.hashes.size(); ++i) {
    it.hashes[i].ToBytes(reinterpret_cast<unsigned char*>(&hashes[i * 16]));
  }
}
absl::StatusOr<Payload> FromProto(const pb::SuppressionUpdate& message) {
  SuppressionUpdateFact it;
  it.list = message.list();
  it.replaces = message.replaces();
  TRATO_ASSIGN_OR_RETURN(Id key, IdFromBytes(message.key_check()));
  it.key_check = SuppressionHash{key};
  const std::string& hashes = message.hashes();
  if (hashes.size() % 16 != 0) {
    return absl::DataLossError("a suppression list is cut off");
  }
  it.hashes.reserve(hashes.size() / 16);
  for (size_t i = 0; i < hashes.size(); i += 16) {
    it.hashes.push_back({Id::FromBytes(
        reinterpret_cast<const unsigned char*>(hashes.data() + i))});
  }
  return Payload(std::move(it));
}

void ToProto(const BatchRetractionFact& it, pb::Fact& fact) {
  fact.mutable_batch_retraction()->set_batch(it.batch);
  fact.mutable_batch_retraction()->set_reason(it.reason);
}
absl::StatusOr<Payload> FromProto(const pb::BatchRetraction& message) {
  return Payload(BatchRetractionFact{message.batch(), message.reason()});
}

void ToProto(const CouponIssueFact& it, pb::Fact& fact) {
  pb::CouponIssue& out = *fact.mutable_coupon_issue();
  if (it.hashes.size() == 1) {
    out.set_code_hash(it.hashes.front().ToByteString());
  } else {
    std::string bytes(16 * it.hashes.size(), '\0');
    auto* to = reinterpret_cast<unsigned char*>(bytes.data());
    for (const CouponHash& hash : it.hashes) {
      hash.ToBytes(to);
      to += 16;
    }
    out.set_code_hashes(std::move(bytes));
  }
  out.set_record(it.record);
  out.set_offer(it.offer);
  if (it.deadline_us) out.set_deadline_us(*it.deadline_us);
  out.set_gives(static_cast<pb::CouponIssue::Gives>(it.benefit.gives));
  if (it.benefit.money.currency) {
    ToProto(it.benefit.money, *out.mutable_money());
  }
  out.set_basis_points(it.benefit.basis_points);
  out.set_product(it.benefit.product);
  out.set_uses(it.uses == 1 ? 0 : it.uses);
  if (it.key_check != Id()) out.set_key_check(it.key_check.ToByteString());
  if (it.decision) out.set_decision(it.decision->ToByteString());
}
absl::StatusOr<Payload> FromProto(const pb::CouponIssue& message) {
  CouponIssueFact it;
  const std::string& many = message.code_hashes();
  if (many.empty()) {
    TRATO_ASSIGN_OR_RETURN(Id id, IdFromBytes(message.code_hash()));
    it.hashes.push_back(CouponHash{id});
  } else if (many.size() % 16 != 0) {
    return absl::DataLossError("coupons whose hashes are cut off");
  }
  it.hashes.reserve(many.size() / 16);
  for (size_t at = 0; at < many.size(); at += 16) {
    it.hashes.push_back(CouponHash{Id::FromBytes(
        reinterpret_cast<const unsigned char*>(many.data()) + at)});
  }
  it.record = message.record();
  it.offer = message.offer();
  if (message.has_deadline_us()) it.deadline_us = message.deadline_us();
  if (message.gives() < 0 || message.gives() >= kCouponGivesCount) {
    return absl::DataLossError(
        "a coupon gives something that this version does not know");
  }
  it.benefit.gives = static_cast<CouponGives>(message.gives());
  if (message.has_money()) {
    TRATO_ASSIGN_OR_RETURN(it.benefit.money, MoneyFromProto(message.money()));
  }
  it.benefit.basis_points = message.basis_points();
  it.benefit.product = message.product();
  it.uses = std::max(message.uses(), 1u);
  if (!message.key_check().empty()) {
    TRATO_ASSIGN_OR_RETURN(it.key_check, IdFromBytes(message.key_check()));
  }
  if (!message.decision().empty()) {
    TRATO_ASSIGN_OR_RETURN(Id id, IdFromBytes(message.decision()));
    it.decision = FactId{id};
  }
  return Payload(std::move(it));
}

void ToProto(const CouponRedemptionFact& it, pb::Fact& fact) {
  pb::CouponRedemption& out = *fact.mutable_coupon_redemption();
  out.set_code_hash(it.hash.ToByteString());
  if (it.basket.currency) ToProto(it.basket, *out.mutable_basket());
}
absl::StatusOr<Payload> FromProto(const pb::CouponRedemption& message) {
  TRATO_ASSIGN_OR_RETURN(Id id, IdFromBytes(message.code_hash()));
  CouponRedemptionFact it{CouponHash{id}, {}};
  if (message.has_basket()) {
    TRATO_ASSIGN_OR_RETURN(it.basket, MoneyFromProto(message.basket()));
  }
  return Payload(it);
}

void ToProto(const CouponBuyerFact& it, pb::Fact& fact) {
  pb::CouponBuyer& out = *fact.mutable_coupon_buyer();
  out.set_code_hash(it.hash.ToByteString());
  out.set_redemption(it.redemption.ToByteString());
  out.set_record(it.record);
  if (static_cast<const Id&>(it.purchase) != Id()) {
    out.set_purchase(it.purchase.ToByteString());
  }
}
absl::StatusOr<Payload> FromProto(const pb::CouponBuyer& message) {
  TRATO_ASSIGN_OR_RETURN(Id hash, IdFromBytes(message.code_hash()));
  TRATO_ASSIGN_OR_RETURN(Id redemption, IdFromBytes(message.redemption()));
  CouponBuyerFact it{CouponHash{hash}, FactId{redemption}, message.record(),
                     {}};
  if (!message.purchase().empty()) {
    TRATO_ASSIGN_OR_RETURN(Id purchase, IdFromBytes(message.purchase()));
    it.purchase = FactId{purchase};
  }
  return Payload(std::move(it));
}

void ToProto(const CouponReversalFact& it, pb::Fact& fact) {
  pb::CouponReversal& out = *fact.mutable_coupon_reversal();
  out.set_code_hash(it.hash.ToByteString());
  out.set_redemption(it.redemption.ToByteString());
  out.set_reason(it.reason);
}
absl::StatusOr<Payload> FromProto(const pb::CouponReversal& message) {
  TRATO_ASSIGN_OR_RETURN(Id hash, IdFromBytes(message.code_hash()));
  TRATO_ASSIGN_OR_RETURN(Id redemption, IdFromBytes(message.redemption()));
  return Payload(CouponReversalFact{CouponHash{hash}, FactId{redemption},
                                    message.reason()});
}

void ToProto(const RetentionFact& it, pb::Fact& fact) {
  pb::RetentionRun& out = *fact.mutable_retention();
  out.set_earliest_us(it.earliest_us);
  out.set_facts(it.facts);
  out.set_interactions(it.interactions);
  out.set_reason(it.reason);
}
absl::StatusOr<Payload> FromProto(const pb::RetentionRun& message) {
  return Payload(RetentionFact{message.earliest_us(), message.facts(),
                               message.interactions(), message.reason()});
}

void ToProto(const ErasureFact& it, pb::Fact& fact) {
  pb::Erasure& out = *fact.mutable_erasure();
  out.set_id(it.id.ToByteString());
  for (const Id& subject : it.subjects) {
    out.add_subjects(subject.ToByteString());
  }
  out.set_facts(it.facts);
  out.set_interactions(it.interactions);
  out.set_reason(it.reason);
}
absl::StatusOr<Payload> FromProto(const pb::Erasure& message) {
  ErasureFact it;
  TRATO_ASSIGN_OR_RETURN(it.id, IdFromBytes(message.id()));
  for (const std::string& bytes : message.subjects()) {
    TRATO_ASSIGN_OR_RETURN(Id subject, IdFromBytes(bytes));
    it.subjects.push_back(subject);
  }
  it.facts = message.facts();
  it.interactions = message.interactions();
  it.reason = message.reason();
  return Payload(std::move(it));
}

void PayloadToProto(const Payload& payload, pb::Fact& fact) {
  std::visit([&](const auto& it) { ToProto(it, fact); }, payload);
}

absl::StatusOr<Payload> PayloadFromProto(const pb::Fact& fact) {
  switch (fact.payload_case()) {
    case pb::Fact::kSettings:
      return FromProto(fact.settings());
    case pb::Fact::kDefinition: {
      TRATO_ASSIGN_OR_RETURN(Definition definition,
                             FromProto(fact.definition(), Currency()));
      return Payload(std::move(definition));
    }
    case pb::Fact::kAttribute:
      return FromProto(fact.attribute());
    case pb::Fact::kClaim:
      return FromProto(fact.claim());
    case pb::Fact::kLink:
      return FromProto(fact.link());
    case pb::Fact::kInteraction:
      return FromProto(fact.interaction());
    case pb::Fact::kDecision:
      return FromProto(fact.decision());
    case pb::Fact::kOutcome:
      return FromProto(fact.outcome());
    case pb::Fact::kPermit:
      return FromProto(fact.permit());
    case pb::Fact::kPermitUse:
      return FromProto(fact.permit_use());
    case pb::Fact::kPurchaseLink:
      return FromProto(fact.purchase_link());
    case pb::Fact::kCouponIssue:
      return FromProto(fact.coupon_issue());
    case pb::Fact::kCouponRedemption:
      return FromProto(fact.coupon_redemption());
    case pb::Fact::kCouponBuyer:
      return FromProto(fact.coupon_buyer());
    case pb::Fact::kCouponReversal:
      return FromProto(fact.coupon_reversal());
    case pb::Fact::kCorrection:
      return FromProto(fact.correction());
    case pb::Fact::kRecordKind:
      return FromProto(fact.record_kind());
    case pb::Fact::kRetention:
      return FromProto(fact.retention());
    case pb::Fact::kErasure:
      return FromProto(fact.erasure());
    case pb::Fact::kRelation:
      return FromProto(fact.relation());
    case pb::Fact::kConsent:
      return FromProto(fact.consent());
    case pb::Fact::kObjection:
      return FromProto(fact.objection());
    case pb::Fact::kSuppressionUpdate:
      return FromProto(fact.suppression_update());
    case pb::Fact::kBatchRetraction:
      return FromProto(fact.batch_retraction());
    case pb::Fact::kRestriction:
      return FromProto(fact.restriction());
    case pb::Fact::kIdentityProposal:
      return FromProto(fact.identity_proposal());
    case pb::Fact::PAYLOAD_NOT_SET:
      break;
  }
  return absl::DataLossError("a fact has no payload that this version knows");
}

std::string BigEndian(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) {
    text.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
  return text;
}

// Field numbers of Fact.payload, in the order of the variant.
constexpr uint32_t kPayloadNumbers[] = {
    pb::Fact::kSettingsFieldNumber,
    pb::Fact::kDefinitionFieldNumber,
    pb::Fact::kAttributeFieldNumber,
    pb::Fact::kClaimFieldNumber,
    pb::Fact::kLinkFieldNumber,
    pb::Fact::kInteractionFieldNumber,
    pb::Fact::kDecisionFieldNumber,
    pb::Fact::kOutcomeFieldNumber,
    pb::Fact::kCouponIssueFieldNumber,
    pb::Fact::kCouponRedemptionFieldNumber,
    pb::Fact::kCorrectionFieldNumber,
    pb::Fact::kRecordKindFieldNumber,
    pb::Fact::kErasureFieldNumber,
    pb::Fact::kRelationFieldNumber,
    pb::Fact::kConsentFieldNumber,
    pb::Fact::kObjectionFieldNumber,
    pb::Fact::kSuppressionUpdateFieldNumber,
    pb::Fact::kBatchRetractionFieldNumber,
    pb::Fact::kRestrictionFieldNumber,
    pb::Fact::kRetentionFieldNumber,
    pb::Fact::kPermitFieldNumber,
    pb::Fact::kPermitUseFieldNumber,
    pb::Fact::kPurchaseLinkFieldNumber,
    pb::Fact::kCouponBuyerFieldNumber,
    pb::Fact::kCouponReversalFieldNumber,
    pb::Fact::kIdentityProposalFieldNumber,
};
static_assert(std::size(kPayloadNumbers) == std::variant_size_v<Payload>);

}  // namespace

uint32_t PayloadNumber(const Payload& payload) {
  return kPayloadNumbers[payload.index()];
}

std::string CanonicalPayload(const Fact& fact) {
  // A Fact that holds nothing but its payload is the payload's bytes led by
  // field number and length. Those two go.
  pb::Fact message;
  PayloadToProto(fact.payload, message);
  const std::string whole = message.SerializeAsString();
  size_t at = 2;  // field numbers 16 to 2047 take two bytes
  while (at < whole.size() && (whole[at] & 0x80) != 0) ++at;
  return whole.substr(at + 1);
}

FactId IdOfContent(const Fact& fact, std::string_view canonical_payload,
                   uint32_t n) {
  return FactId{Id::Of(
      "fact", {fact.source, BigEndian(static_cast<uint64_t>(fact.event_us), 8),
               BigEndian(PayloadNumber(fact.payload), 4), canonical_payload,
               BigEndian(n, 4)})};
}

uint64_t PayloadHash(const Fact& fact, std::string_view canonical_payload) {
  return Id::Of("payload",
                {BigEndian(PayloadNumber(fact.payload), 4), canonical_payload})
      .low;
}

absl::StatusOr<std::string> EncodeEntry(int64_t recorded_us,
                                        std::span<const Fact> facts,
                                        std::string_view salts) {
  pb::Entry entry;
  entry.set_salts(std::string(salts));
  entry.set_recorded_us(recorded_us);
  for (const Fact& fact : facts) {
    pb::Fact& message = *entry.add_facts();
    message.set_event_us(fact.event_us);
    message.set_actor(fact.actor);
    message.set_source(fact.source);
    message.set_batch(fact.batch);
    message.set_key(fact.key);
    PayloadToProto(fact.payload, message);
  }
  if (entry.ByteSizeLong() > kMaxEntryBytes) {
    return absl::ResourceExhaustedError(
        StrCat("one call would write ", entry.ByteSizeLong(),
               " bytes, at most ", kMaxEntryBytes, " are allowed"));
  }
  return entry.SerializeAsString();
}

namespace {

// Fields as protobuf writes them, defaults left out; each gives the end of what
// it wrote.
char* PutText(int field, std::string_view text, char* out) {
  if (text.empty()) return out;
  out = PutVarintTo(out, static_cast<uint64_t>(field) << 3 | 2);
  out = PutVarintTo(out, text.size());
  return std::copy(text.begin(), text.end(), out);
}
char* PutNumber(int field, int64_t number, char* out) {
  if (number == 0) return out;
  out = PutVarintTo(out, static_cast<uint64_t>(field) << 3);
  return PutSignedTo(out, number);
}
// What leads a message of that size, which is not empty.
char* PutMessage(int field, size_t size, char* out) {
  out = PutVarintTo(out, static_cast<uint64_t>(field) << 3 | 2);
  return PutVarintTo(out, size);
}

// What these write.
size_t VarintSize(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}
size_t TagSize(int field) {
  return VarintSize(static_cast<uint64_t>(field) << 3);
}
size_t SizeOfMessage(int field, size_t size) {
  return TagSize(field) + VarintSize(size) + size;
}
size_t SizeOf(int field, std::string_view text) {
  return text.empty() ? 0 : SizeOfMessage(field, text.size());
}
size_t SizeOf(int field, int64_t number) {
  if (number == 0) return 0;
  return TagSize(field) + VarintSize((static_cast<uint64_t>(number) << 1) ^
                                     static_cast<uint64_t>(number >> 63));
}

}  // namespace

void EncodePlainEntry(int64_t recorded_us, int64_t event_us,
                      std::string_view actor, std::string_view source,
                      std::string_view batch, std::string_view record,
                      std::string_view type, std::string_view channel,
                      bool outbound, Money amount, std::string& out) {
  const std::string_view currency = amount.currency.code();
  // A message within another is led by its size, so sizes come first.
  const size_t money =
      SizeOf(pb::Money::kMinorFieldNumber, amount.minor) +
      SizeOf(pb::Money::kCurrencyFieldNumber, currency);
  const size_t interaction =
      SizeOf(pb::Interaction::kRecordFieldNumber, record) +
      SizeOf(pb::Interaction::kTypeFieldNumber, type) +
      SizeOf(pb::Interaction::kChannelFieldNumber, channel) +
      (outbound ? TagSize(pb::Interaction::kOutboundFieldNumber) + 1 : 0) +
      SizeOfMessage(pb::Interaction::kAmountFieldNumber, money);
  const size_t fact =
      SizeOf(pb::Fact::kEventUsFieldNumber, event_us) +
      SizeOf(pb::Fact::kActorFieldNumber, actor) +
      SizeOf(pb::Fact::kSourceFieldNumber, source) +
      SizeOf(pb::Fact::kBatchFieldNumber, batch) +
      SizeOfMessage(pb::Fact::kInteractionFieldNumber, interaction);
  const size_t before = out.size();
  out.resize(before + SizeOf(pb::Entry::kRecordedUsFieldNumber, recorded_us) +
             SizeOfMessage(pb::Entry::kFactsFieldNumber, fact));
  char* to = out.data() + before;
  to = PutNumber(pb::Entry::kRecordedUsFieldNumber, recorded_us, to);
  to = PutMessage(pb::Entry::kFactsFieldNumber, fact, to);
  to = PutNumber(pb::Fact::kEventUsFieldNumber, event_us, to);
  to = PutText(pb::Fact::kActorFieldNumber, actor, to);
  to = PutText(pb::Fact::kSourceFieldNumber, source, to);
  to = PutText(pb::Fact::kBatchFieldNumber, batch, to);
  to = PutMessage(pb::Fact::kInteractionFieldNumber, interaction, to);
  to = PutText(pb::Interaction::kRecordFieldNumber, record, to);
  to = PutText(pb::Interaction::kTypeFieldNumber, type, to);
  to = PutText(pb::Interaction::kChannelFieldNumber, channel, to);
  if (outbound) {
    to = PutVarintTo(to, pb::Interaction::kOutboundFieldNumber << 3);
    to = PutVarintTo(to, 1);
  }
  to = PutMessage(pb::Interaction::kAmountFieldNumber, money, to);
  to = PutNumber(pb::Money::kMinorFieldNumber, amount.minor, to);
  PutText(pb::Money::kCurrencyFieldNumber, currency, to);
}

absl::StatusOr<DecodedEntry> DecodeEntry(std::string_view bytes) {
  pb::Entry entry;
  const ::google::protobuf::LogSilencer silencer;  // the library prints nothing
  if (bytes.empty() || bytes.size() > std::numeric_limits<int>::max() ||
      !entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("an entry of the journal cannot be read");
  }
  DecodedEntry decoded;
  decoded.salts = entry.salts();
  std::vector<Fact>& facts = decoded.facts;
  facts.reserve(static_cast<size_t>(entry.facts_size()));
  for (const pb::Fact& message : entry.facts()) {
    Fact fact;
    fact.event_us = message.event_us();
    fact.recorded_us = entry.recorded_us();
    fact.actor = message.actor();
    fact.source = message.source();
    fact.batch = message.batch();
    fact.key = message.key();
    auto payload = PayloadFromProto(message);
    if (!payload.ok()) {
      return absl::DataLossError(payload.status().message());
    }
    fact.payload = *std::move(payload);
    facts.push_back(std::move(fact));
  }
  return decoded;
}

}  // namespace trato::core
