// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/fact_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "absl/strings/escaping.h"

namespace trato::core {
namespace {

Currency Gbp() { return *Currency::Parse("GBP"); }

Fact OneOf(Payload payload) {
  Fact fact;
  fact.event_us = -1234567;
  fact.recorded_us = 99;
  fact.actor = "till";
  fact.source = "pos";
  fact.batch = "b1";
  fact.key = "k";
  fact.payload = std::move(payload);
  return fact;
}

InteractionFact Purchase() {
  InteractionFact it;
  it.record = "shop:1";
  it.type = "purchase";
  it.channel = "web";
  it.direction = Direction::kOutbound;
  it.amount = {std::numeric_limits<int64_t>::min(), Gbp()};
  it.lines.push_back({"tea", "kg", 1500000, 4800000, 720});
  it.lines.push_back({"bag", "", -2000000, 0, -5});
  it.fields = {{"note", Value(std::string("a\0b", 3))},
               {"rating", Value(int64_t{5})}};
  it.reply_to = FactId{Id{1, 2}};
  return it;
}

// Every payload through the journal and back: equal canonical bytes mean equal
// payloads.
TEST(FactCodec, EveryKindOfFactSurvivesTheJournal) {
  std::vector<Fact> facts;
  facts.push_back(OneOf(StoreSettings{"Europe/London", "GBP"}));
  facts.push_back(OneOf(Definition(SchemaDefinition(AttributeDefinition{
      "vip", Subject::kInteraction, ValueType::kBool, "very"}))));
  facts.push_back(OneOf(Definition(
      SchemaDefinition(InteractionTypeDefinition{"demo", "a demonstration"}))));
  facts.push_back(OneOf(
      Definition(SchemaDefinition(ChannelDefinition{"tv", "television"}))));
  facts.push_back(
      OneOf(Definition(SchemaDefinition(NamespaceDefinition{"email", true}))));
  facts.push_back(
      OneOf(Definition(SchemaDefinition(ProductDefinition{"p", "Product"}))));
  facts.push_back(OneOf(Definition(SegmentDefinition{"loyal", "true"})));
  OfferDefinition offer;
  offer.name = "o";
  offer.title = "t";
  offer.products = {"p", "q"};
  offer.currency = Gbp();
  offer.value_minor = 480;
  offer.discount_minor = 7;
  offer.eligibility = "true";
  offer.valid_from_us = 0;
  offer.valid_until_us = 5;
  offer.coupon_span = "10d";
  facts.push_back(OneOf(Definition(offer)));
  offer.issue = "sell";
  offer.group = "tea";
  offer.categories = {"drinks"};
  offer.needs = {"warmth"};
  offer.applicability = "true";
  offer.suitability = "false";
  offer.context = "2";
  offer.cost_minor = 3;
  offer.benefit_minor = 4;
  offer.lever = 0;
  offer.stock = 0;
  offer.budget_minor = 0;
  offer.respond_within = "14d";
  offer.variants = {{"email", "By mail", "Hello"}, {"web", "", ""}};
  facts.push_back(OneOf(Definition(offer)));
  ContactPolicyDefinition policy;
  policy.name = "night";
  policy.channel = "email";
  policy.issue = "sell";
  policy.group = "tea";
  policy.offer = "o";
  policy.at_most = 0;
  policy.within = "7d";
  policy.quiet_from = 0;
  policy.quiet_until = 60;
  policy.holdout_basis_points = 100;
  policy.open_complaint = "complaint";
  policy.retired = true;
  facts.push_back(OneOf(Definition(PolicyDefinition(policy))));
  facts.push_back(OneOf(Definition(
      PolicyDefinition(ArbitrationDefinition{"default", 0, 0.5, 1, 2}))));
  for (const Value& value :
       {Value(), Value(true), Value(std::numeric_limits<int64_t>::min()),
        Value(-0.0), Value(std::string("\xc3\xb1")), Value(Money{-1, Gbp()}),
        Value(Timestamp{0})}) {
    facts.push_back(OneOf(AttributeFact{"shop:1", "a", value}));
  }
  facts.push_back(OneOf(ClaimFact{"shop:1", "email:a@b.c"}));
  facts.push_back(OneOf(LinkFact{"a:1", "b:2", true, 7, "same person"}));
  facts.push_back(OneOf(Purchase()));
  DecisionFact decision;
  decision.record = "shop:1";
  decision.log_position = 12;
  decision.currency = Gbp();
  decision.digest = Id{1, 2};
  decision.offers = {"o", "p"};
  decision.scores = {1.25, 0.5};
  decision.probabilities = {0.9, 0.1};
  decision.ranked = 9;
  decision.elsewhere = true;
  decision.propensity = 0.25;
  decision.value_minor = -7;
  decision.channel = "email";
  decision.requested_channel = "email";
  decision.conversation = "call 7";
  decision.draw = 0.125;
  decision.is_contact = true;
  decision.chosen = true;
  decision.respond_until_us = -5;
  decision.reserved_minor = 9;
  decision.similar = 2;
  decision.version = 1;
  decision.assignments = {{"compare", true, "o"}};
  facts.push_back(OneOf(decision));
  facts.push_back(OneOf(OutcomeFact{FactId{Id{3, 4}}, OutcomeKind::kRefused}));
  facts.push_back(OneOf(
      OutcomeFact{FactId(), OutcomeKind::kBought, "call 7", FactId{Id{7, 8}}}));
  facts.push_back(OneOf(PermitFact{"shop:1", "email", "news", "a@b.c", 77, "o",
                                   FactId{Id{3, 4}}}));
  facts.push_back(OneOf(PermitUseFact{FactId{Id{4, 4}}, "shop:1"}));
  facts.push_back(OneOf(PurchaseLinkFact{"shop:1", FactId{Id{7, 8}},
                                         std::nullopt, "hand", "because"}));
  CouponIssueFact issue{{CouponHash{Id{5, 6}}}, "shop:1", "o", -7, {}, 1,
                        {},                       FactId{Id{3, 4}}};
  facts.push_back(OneOf(issue));
  issue.deadline_us.reset();
  issue.decision.reset();
  issue.benefit = {CouponGives::kMoney, 0, Money{200, Gbp()}, ""};
  facts.push_back(OneOf(issue));
  issue.benefit = {CouponGives::kPercent, 1250, {}, ""};
  issue.uses = 3;
  facts.push_back(OneOf(issue));
  issue.benefit = {CouponGives::kGift, 0, {}, "a cup"};
  issue.record.clear();
  issue.key_check = Id{9, 10};
  issue.hashes.push_back(CouponHash{Id{5, 7}});
  facts.push_back(OneOf(issue));
  facts.push_back(OneOf(CouponRedemptionFact{CouponHash{Id{5, 6}}, {}}));
  facts.push_back(
      OneOf(CouponRedemptionFact{CouponHash{Id{5, 6}}, Money{0, Gbp()}}));
  for (const FactId& purchase : {FactId{}, FactId{Id{1, 0}}}) {
    facts.push_back(OneOf(CouponBuyerFact{
        CouponHash{Id{5, 6}}, FactId{Id{11, 12}}, "shop:2", purchase}));
  }
  facts.push_back(OneOf(CouponReversalFact{CouponHash{Id{5, 6}},
                                           FactId{Id{11, 12}}, "a mistake"}));
  facts.push_back(OneOf(
      CorrectionFact{"shop:1", FactId{Id{7, 8}}, Purchase(), -9, "a typo"}));
  facts.push_back(OneOf(
      CorrectionFact{"shop:1", FactId{Id{7, 8}}, std::nullopt, 0, "twice"}));

  const auto decoded = DecodeEntry(*EncodeEntry(99, facts));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  ASSERT_EQ(decoded->facts.size(), facts.size());
  for (size_t i = 0; i < facts.size(); ++i) {
    const Fact& in = facts[i];
    const Fact& out = decoded->facts[i];
    EXPECT_EQ(out.payload.index(), in.payload.index()) << i;
    EXPECT_EQ(CanonicalPayload(out), CanonicalPayload(in)) << i;
    EXPECT_EQ(out.event_us, in.event_us);
    EXPECT_EQ(out.recorded_us, 99);
    EXPECT_EQ(out.actor, in.actor);
    EXPECT_EQ(out.source, in.source);
    EXPECT_EQ(out.batch, in.batch);
    EXPECT_EQ(out.key, in.key);
  }
}

TEST(FactCodec, AnEntryKeepsItsSalts) {
  const std::vector<Fact> facts = {OneOf(ClaimFact{"a:1", "b:2"})};
  const std::string salts("\0\xff salt", 7);
  const auto with = DecodeEntry(*EncodeEntry(1, facts, salts));
  ASSERT_TRUE(with.ok()) << with.status();
  EXPECT_EQ(with->salts, salts);
  EXPECT_EQ(with->facts.size(), 1u);
  const auto without = DecodeEntry(*EncodeEntry(1, facts));
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_EQ(without->salts, "");
}

TEST(FactCodec, ACorrectionKeepsWhatItReplaces) {
  const std::vector<Fact> facts = {
      OneOf(CorrectionFact{"shop:1", FactId{Id{7, 8}}, Purchase(), -9, "why"}),
      OneOf(CorrectionFact{"shop:2", FactId{Id{9, 9}}, std::nullopt, 0,
                           "never was"})};
  const auto decoded = DecodeEntry(*EncodeEntry(0, facts));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  const auto& first = std::get<CorrectionFact>(decoded->facts[0].payload);
  EXPECT_EQ(first.record, "shop:1");
  EXPECT_EQ(first.interaction, (FactId{Id{7, 8}}));
  EXPECT_EQ(first.content_at_us, -9);
  EXPECT_EQ(first.reason, "why");
  ASSERT_TRUE(first.content.has_value());
  EXPECT_EQ(first.content->lines.size(), 2u);
  EXPECT_EQ(first.content->record, Purchase().record);
  const auto& second = std::get<CorrectionFact>(decoded->facts[1].payload);
  EXPECT_FALSE(second.content.has_value());
  EXPECT_EQ(second.reason, "never was");
}

TEST(FactCodec, AnInteractionKeepsEveryField) {
  const std::vector<Fact> facts = {OneOf(Purchase())};
  const auto decoded = DecodeEntry(*EncodeEntry(0, facts));
  ASSERT_TRUE(decoded.ok());
  const auto& it = std::get<InteractionFact>(decoded->facts[0].payload);
  EXPECT_EQ(it.record, "shop:1");
  EXPECT_EQ(it.type, "purchase");
  EXPECT_EQ(it.channel, "web");
  EXPECT_EQ(it.direction, Direction::kOutbound);
  EXPECT_EQ(it.amount, (Money{std::numeric_limits<int64_t>::min(), Gbp()}));
  ASSERT_EQ(it.lines.size(), 2u);
  EXPECT_EQ(it.lines[0].product, "tea");
  EXPECT_EQ(it.lines[0].unit, "kg");
  EXPECT_EQ(it.lines[0].quantity, 1500000);
  EXPECT_EQ(it.lines[0].unit_price, 4800000);
  EXPECT_EQ(it.lines[1].amount_minor, -5);
  ASSERT_EQ(it.fields.size(), 2u);
  EXPECT_EQ(std::get<std::string>(it.fields[0].second), std::string("a\0b", 3));
  EXPECT_EQ(it.reply_to, (FactId{Id{1, 2}}));
}

// The bytes are written down by the proto3 wire rules, by hand: field 1 "a:1",
// field 2 "email:x", each as tag, length, text. An id that is computed from
// other bytes would make every store forget what it knows.
TEST(FactCodec, TheCanonicalPayloadIsThePlainProto3Encoding) {
  EXPECT_EQ(absl::BytesToHexString(
                CanonicalPayload(OneOf(ClaimFact{"a:1", "email:x"}))),
            "0a03613a311207656d61696c3a78");
  EXPECT_EQ(CanonicalPayload(OneOf(StoreSettings{})), "");
  // A payload longer than 127 bytes has a length of two bytes before it.
  const std::string record = "a:" + std::string(300, 'x');
  const std::string payload = CanonicalPayload(OneOf(ClaimFact{record, "b:1"}));
  EXPECT_EQ(payload.size(), 3 + record.size() + 5);
  EXPECT_EQ(payload.substr(3, 4), "a:xx");
}

// Computed with Python: hashlib.blake2b(digest_size=16) over len8 + part for
// "fact", "host", time, kind 19, payload, n, where the payload is that of the
// test above.
TEST(FactCodec, TheIdOfAFactWithoutKeyIsTheHashThatTheSchemaDescribes) {
  Fact fact;
  fact.source = "host";
  fact.event_us = 1323475200000000;
  fact.payload = ClaimFact{"a:1", "email:x"};
  EXPECT_EQ(IdOfContent(fact, CanonicalPayload(fact), 0).Hex(),
            "258563a74e1c7342ecef3e2a7a26fcbe");
  EXPECT_EQ(IdOfContent(fact, CanonicalPayload(fact), 1).Hex(),
            "b2907fd3c8442f39d8c126927c467be3");
  EXPECT_EQ(FactId::OfKey("orders", "536365").Hex(),
            "0c4272da1860a39a874fb8f2a77de98a");
}

TEST(FactCodec, BytesThatAreNoEntryAreDataLossAndNeverACrash) {
  EXPECT_EQ(DecodeEntry("\xff\xff\xff").status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecodeEntry("").status().code(), absl::StatusCode::kDataLoss);
  const std::vector<Fact> facts = {OneOf(Purchase()),
                                   OneOf(ClaimFact{"a:1", "b:2"})};
  const std::string good = *EncodeEntry(5, facts);
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i) {
    std::string bad = good;
    for (int flips = 0; flips < 1 + i % 4; ++flips) {
      bad[random() % bad.size()] = static_cast<char>(random());
    }
    if (i % 3 == 0) bad.resize(random() % bad.size());
    const auto decoded = DecodeEntry(bad);
    if (!decoded.ok()) {
      EXPECT_EQ(decoded.status().code(), absl::StatusCode::kDataLoss);
    }
  }
}

}  // namespace
}  // namespace trato::core
