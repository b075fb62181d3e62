// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A small store without engine: a schema, customers and a timeline, for tests
// of what reads them.
//
//   World world;
//   RecordNumber ada = world.Record("shop:ada");
//   world.Set(ada, "country", std::string("ES"));
//   world.Add(ada, Event().At(kNow - kDay).Worth("10.00", "EUR"));

#ifndef TRATO_TESTS_SUPPORT_WORLD_H_
#define TRATO_TESTS_SUPPORT_WORLD_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/calendar.h"
#include "base/interner.h"
#include "base/money.h"
#include "customer/customer_store.h"
#include "expression/program.h"
#include "expression/registry.h"
#include "schema/schema.h"
#include "support/instants.h"
#include "timeline/timeline.h"

namespace trato::test {

// The instant that tests ask about, a Saturday.
inline constexpr int64_t kNow = Utc(2011, 12, 10, 12);

inline core::Money Amount(std::string_view amount, std::string_view code) {
  auto currency = core::Currency::Parse(code);
  EXPECT_TRUE(currency.ok()) << currency.status();
  auto money = core::ParseMoney(amount, currency.value_or(core::Currency()));
  EXPECT_TRUE(money.ok()) << money.status();
  return money.value_or(core::Money());
}

// An interaction to be, described by what matters to the test.
struct Event {
  std::string type = "purchase";
  int64_t at_us = kNow;
  std::string source = "shop";
  std::string channel;
  core::Direction direction = core::Direction::kInbound;
  core::Money amount;
  struct Line {
    std::string product;
    int64_t quantity;    // millionths
    int64_t unit_price;  // millionths
    int64_t amount_minor;
  };
  std::vector<Line> lines;
  std::vector<std::pair<std::string, core::Value>> fields;
  uint64_t fact = 0;  // 0: the next one

  Event& Of(std::string_view name) { return type = name, *this; }
  Event& At(int64_t us) { return at_us = us, *this; }
  Event& From(std::string_view name) { return source = name, *this; }
  Event& By(std::string_view name) { return channel = name, *this; }
  Event& Outbound() { return direction = core::Direction::kOutbound, *this; }
  Event& Worth(std::string_view text, std::string_view code) {
    return amount = Amount(text, code), *this;
  }
  Event& With(std::string_view product, double quantity,
              int64_t amount_minor = 0, double unit_price = 0) {
    lines.push_back({std::string(product), static_cast<int64_t>(quantity * 1e6),
                     static_cast<int64_t>(unit_price * 1e6), amount_minor});
    return *this;
  }
  Event& Says(std::string_view field, core::Value value) {
    fields.emplace_back(field, std::move(value));
    return *this;
  }
  Event& Fact(uint64_t number) { return fact = number, *this; }
};

// The vocabulary of the examples in lib/expression/README.md.
class World {
 public:
  World() {
    using core::Subject, core::ValueType;
    for (std::string_view name : schema.InteractionTypeNames()) names.Add(name);
    for (std::string_view name : schema.ChannelNames()) names.Add(name);
    Define("country", Subject::kCustomer, ValueType::kString);
    Define("visits", Subject::kCustomer, ValueType::kInt);
    Define("score", Subject::kCustomer, ValueType::kDouble);
    Define("vip", Subject::kCustomer, ValueType::kBool);
    Define("born", Subject::kCustomer, ValueType::kTimestamp);
    Define("limit", Subject::kCustomer, ValueType::kMoney);
    Define("rating", Subject::kInteraction, ValueType::kInt);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void Define(std::string_view name, core::Subject subject,
              core::ValueType type) {
    schema.Apply(
        core::AttributeDefinition{std::string(name), subject, type, ""});
    names.Add(name);
  }

  void SetZone(std::string_view name) {
    auto loaded = core::LoadZone(name);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    zone = *loaded;
  }

  core::RecordNumber Record(std::string_view name, int64_t at_us = 0) {
    return customers.Touch(name, at_us);
  }

  void Link(core::RecordNumber a, core::RecordNumber b) {
    customers.SetPair(a, b, {customers.StateOf(a, b).sequence + 1, true});
  }

  void Set(core::RecordNumber record, std::string_view attribute,
           core::Value value, int64_t at_us = 0) {
    customers.SetAttribute(
        record, names.Add(attribute),
        {at_us, names.Add(""), core::kAboutNothing, {{1, ++facts_}},
         std::move(value)});
  }

  void Add(core::RecordNumber record, const Event& event) {
    core::Interaction interaction;
    interaction.position = event.fact != 0 ? event.fact : ++facts_;
    interaction.at_us = event.at_us;
    interaction.type = names.Add(event.type);
    interaction.channel = names.Add(event.channel);
    interaction.source = names.Add(event.source);
    interaction.direction = event.direction;
    interaction.amount = event.amount;
    for (const Event::Line& line : event.lines) {
      interaction.lines.push_back({names.Add(line.product), 0, line.quantity,
                                   line.unit_price, line.amount_minor});
    }
    for (const auto& [name, value] : event.fields) {
      interaction.fields.push_back({names.Add(name), value});
    }
    timeline.Insert(record, std::move(interaction));
  }

  absl::StatusOr<std::shared_ptr<const core::Program>> Compile(
      std::string_view text) const {
    return core::Program::Compile(text, {&schema, &names, zone, currency},
                                  registry);
  }

  core::Verdict Test(const core::Program& program, core::RecordNumber record,
                     int64_t now_us = kNow) const {
    return program.Test({&customers, &timeline, &names},
                        customers.LeaderOf(record), now_us);
  }

  core::Schema schema;
  core::Interner names;
  core::CustomerStore customers{&names};
  // The position, which says which fact it is, is the id too.
  core::Timeline timeline{&names, [](uint32_t, const core::InteractionRef& it,
                                     std::string_view, uint32_t) {
                            return core::FactId{{2, it.position()}};
                          }};
  core::Registry registry;
  absl::TimeZone zone = absl::UTCTimeZone();
  core::Currency currency;

 private:
  uint64_t facts_ = 0;
};

// "true", "false", or why there is no value: "line 1, column 5: ...".
inline std::string ValueOf(const World& world, std::string_view text,
                           core::RecordNumber record, int64_t now_us = kNow) {
  auto program = world.Compile(text);
  if (!program.ok()) {
    return "not compiled: " + std::string(program.status().message());
  }
  const core::Verdict verdict = world.Test(**program, record, now_us);
  if (verdict.failure) {
    EXPECT_FALSE(verdict.holds);
    return std::string((*program)->Explain(*verdict.failure).message());
  }
  return verdict.holds ? "true" : "false";
}

}  // namespace trato::test

#endif  // TRATO_TESTS_SUPPORT_WORLD_H_
