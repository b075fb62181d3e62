// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as an expression: lexer, parser, checker and evaluator.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"
#include "expression/explanation.h"
#include "expression/plan.h"
#include "support/world.h"

namespace {

using trato::core::RecordNumber;
using trato::test::Event;
using trato::test::kDay;
using trato::test::kNow;

// One customer who did a little of everything.
struct Shop {
  trato::test::World world;
  RecordNumber ada = world.Record("shop:ada");

  Shop() {
    world.Link(ada, world.Record("shop:lovelace"));
    world.Set(ada, "country", std::string("ES"));
    world.Set(ada, "visits", int64_t{7});
    world.Set(ada, "limit", trato::test::Amount("10.00", "EUR"));
    for (int day = 0; day < 6; ++day) {
      world.Add(ada, Event()
                         .At(kNow - day * kDay)
                         .Worth("4.00", day % 3 ? "EUR" : "USD")
                         .With("22423", 10, 400)
                         .With("POST", 1, 0));
      world.Add(ada, Event()
                         .Of(day % 2 ? "review" : "visit")
                         .At(kNow - day * kDay - day)
                         .Says("rating", int64_t{day - 1}));
    }
  }
};

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Shop& shop = *new Shop;
  const auto& world = shop.world;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto program = trato::core::Program::CompileValue(
      text, {&world.schema, &world.names, world.zone, world.currency},
      world.registry);
  if (!program.ok()) {
    Require(
        trato::core::IsUtf8(trato::core::ToStd(program.status().message())));
    if (size > trato::core::kMaxTextBytes || !trato::core::IsUtf8(text)) {
      return 0;
    }
    const auto place = trato::core::PlaceOf(program.status());
    if (!place) {  // too long
      Require(size > 60 << 10);
      return 0;
    }
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    Require(place->line >= 1 && place->line <= lines);
    Require(place->column >= 1 &&
            place->column <= trato::core::CharacterCount(text) + 1);
    return 0;
  }
  const trato::core::World view = {&world.customers, &world.timeline,
                                   &world.names};
  const RecordNumber leader = world.customers.LeaderOf(shop.ada);
  const auto verdict = (*program)->Test(view, leader, kNow);
  Require(!(verdict.holds && verdict.failure));
  if (verdict.failure) Require(!(*program)->Explain(*verdict.failure).ok());
  const auto value = (*program)->Value(view, leader, kNow);
  if (value.ok()) Require(!value->empty());
  // What is explained says the same as a test does.
  if (size < 2000) {
    const auto explanation = Explain(**program, view, leader, kNow);
    Require(verdict.holds == (explanation.value == "true"));
    QuestionsOf(**program);
  }
  return 0;
}
