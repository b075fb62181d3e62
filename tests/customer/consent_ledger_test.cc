// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/consent_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace trato::core {
namespace {

using enum ConsentState;

class ConsentLedgerTest : public testing::Test {
 protected:
  RecordNumber Record(const std::string& name) {
    return customers_.Touch(name, 0);
  }

  // "*" is every one.
  void Say(const std::string& record, ConsentState state,
           const std::string& purpose, const std::string& channel,
           int64_t at_us, int64_t until_us = kNeverExpires,
           const std::string& source = "host") {
    ConsentStatement statement;
    statement.fact = FactId::OfKey("test", std::to_string(++said_));
    statement.at_us = at_us;
    statement.valid_until_us = until_us;
    statement.state = state;
    statement.purpose = Number(purpose);
    statement.channel = Number(channel);
    statement.source = names_.Add(source);
    ledger_.Add(Record(record), customers_, std::move(statement));
  }
  void Object(const std::string& record, int64_t at_us) {
    Say(record, kObjected, "*", "*", at_us);
  }
  void Claim(const std::string& record, const std::string& identifier) {
    customers_.Claim(Record(record), identifier);
    ledger_.NoteIdentifier(Record(record), identifier);
  }
  void Pair(const std::string& one, const std::string& other, bool linked) {
    customers_.SetPair(Record(one), Record(other), {++said_, linked});
  }

  ConsentState Ask(const std::string& record, int64_t now_us,
                   const std::string& purpose = "news",
                   const std::string& channel = "email",
                   bool is_direct_marketing = true) {
    return ledger_
        .Answer(customers_, customers_.LeaderOf(Record(record)),
                {Number(purpose), Number(channel), is_direct_marketing}, now_us)
        .state;
  }

 private:
  uint32_t Number(const std::string& name) {
    return name == kEvery ? 0 : names_.Add(name);
  }

  Interner names_;
  CustomerStore customers_{&names_};
  ConsentLedger ledger_{&names_};
  uint64_t said_ = 0;
};

TEST_F(ConsentLedgerTest, WhatWasNotSaidIsNotAllowed) {
  Record("a:1");
  EXPECT_EQ(Ask("a:1", 9), kNone);
}

TEST_F(ConsentLedgerTest, TheLastWithTheSamePurposeAndChannelHolds) {
  Say("a:1", kWithdrawn, "news", "email", 5);
  Say("a:1", kGranted, "news", "email", 3);
  EXPECT_EQ(Ask("a:1", 2), kNone);
  EXPECT_EQ(Ask("a:1", 4), kGranted);
  EXPECT_EQ(Ask("a:1", 5), kWithdrawn);
  Say("a:1", kGranted, "news", "email", 7);
  EXPECT_EQ(Ask("a:1", 7), kGranted);
}

TEST_F(ConsentLedgerTest, OfOneInstantTheSourceDecidesAndNotTheArrival) {
  Say("a:1", kWithdrawn, "news", "email", 5, kNeverExpires, "web");
  Say("a:1", kGranted, "news", "email", 5, kNeverExpires, "crm");
  EXPECT_EQ(Ask("a:1", 5), kWithdrawn);
}

TEST_F(ConsentLedgerTest, AGrantRunsOutByTheClock) {
  Say("a:1", kGranted, "news", "email", 3, 6);
  EXPECT_EQ(Ask("a:1", 5), kGranted);
  EXPECT_EQ(Ask("a:1", 6), kExpired);
}

TEST_F(ConsentLedgerTest, AGrantThatHasRunOutTakesNothingAway) {
  Say("a:1", kGranted, "*", "*", 1);
  Say("a:1", kGranted, "news", "email", 3, 6);
  EXPECT_EQ(Ask("a:1", 9), kGranted);
}

TEST_F(ConsentLedgerTest, ARefusalIsLiftedOnlyWhileTheLaterGrantHolds) {
  Say("a:1", kGranted, "*", "*", 1);
  Say("a:1", kWithdrawn, "*", "email", 2);
  Say("a:1", kGranted, "news", "email", 3, 6);
  EXPECT_EQ(Ask("a:1", 5), kGranted);
  EXPECT_EQ(Ask("a:1", 6), kWithdrawn);
}

TEST_F(ConsentLedgerTest, AGrantThatIsWiderInEitherLiftsNoRefusal) {
  Say("a:1", kDenied, "*", "email", 2);
  Say("a:1", kGranted, "news", "*", 3);
  EXPECT_EQ(Ask("a:1", 9), kDenied);
  EXPECT_EQ(Ask("a:1", 9, "news", "sms"), kGranted);
  Say("a:1", kGranted, "*", "email", 4);
  EXPECT_EQ(Ask("a:1", 9), kGranted);
}

TEST_F(ConsentLedgerTest, ARecordLiftsItsOwnRefusalsOnly) {
  Say("a:1", kDenied, "news", "email", 2);
  Say("a:2", kGranted, "news", "email", 3);
  Pair("a:1", "a:2", true);
  EXPECT_EQ(Ask("a:2", 9), kDenied);
  Pair("a:1", "a:2", false);
  EXPECT_EQ(Ask("a:2", 9), kGranted);
  EXPECT_EQ(Ask("a:1", 9), kDenied);
}

TEST_F(ConsentLedgerTest, AnObjectionEndsDirectMarketingOnly) {
  Say("a:1", kGranted, "*", "*", 1);
  Object("a:1", 3);
  Say("a:1", kGranted, "news", "email", 5);
  EXPECT_EQ(Ask("a:1", 2), kGranted);
  EXPECT_EQ(Ask("a:1", 9), kObjected);
  EXPECT_EQ(Ask("a:1", 9, "delivery", "email", false), kGranted);
  Say("a:1", kLifted, "*", "*", 7);
  EXPECT_EQ(Ask("a:1", 9), kGranted);
}

TEST_F(ConsentLedgerTest, AnObjectionCoversWhoGoesByTheSameIdentifier) {
  Object("a:1", 3);
  Claim("a:1", "mail:x");  // also when that is said later
  Say("a:2", kGranted, "news", "email", 1);
  EXPECT_EQ(Ask("a:2", 9), kGranted);
  Claim("a:2", "mail:x");
  EXPECT_EQ(Ask("a:2", 9), kObjected);
  // Its own name is one of them.
  Say("a:3", kGranted, "news", "email", 1);
  Claim("a:3", "a:1");
  EXPECT_EQ(Ask("a:3", 9), kObjected);
  // Who was told apart by hand is another person, but not who is with her.
  Pair("a:1", "a:2", false);
  EXPECT_EQ(Ask("a:2", 9), kGranted);
  Say("a:4", kGranted, "news", "email", 1);
  Claim("a:4", "mail:x");
  EXPECT_EQ(Ask("a:4", 9), kObjected);
  Pair("a:2", "a:4", true);
  EXPECT_EQ(Ask("a:2", 9), kObjected);
}

TEST_F(ConsentLedgerTest, OneRecordCannotLiftTheObjectionOfAnother) {
  Object("a:1", 3);
  Pair("a:1", "a:2", true);
  Say("a:2", kLifted, "*", "*", 5);
  EXPECT_EQ(Ask("a:2", 9), kObjected);
}

}  // namespace
}  // namespace trato::core
