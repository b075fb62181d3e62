// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The conditions of all offers, taken apart at && into rules that are kept once
// however many offers ask for them: for one customer each is tested once, and
// only where somebody asks. Rules that compare one attribute with different
// texts are known together, by one look-up.

#ifndef TRATO_OFFER_RULES_H_
#define TRATO_OFFER_RULES_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/strings.h"
#include "expression/program.h"

namespace trato::core {

class RulePool {
 public:
  struct Rule {
    std::string text;
    // An error when the text, once valid, no longer is.
    absl::StatusOr<std::shared_ptr<const Program>> program;
    uint64_t hash = 0;        // of the text
    uint32_t equality = 0;    // counts from 1: which attribute it compares
    uint32_t uses = 0;        // 0: free
  };

  explicit RulePool(const Registry* registry) : registry_(registry) {}

  // Whether the text is a condition. Empty is one: it always holds.
  absl::Status Check(std::string_view condition,
                     const CompileContext& context) const;
  // The rules of a condition, in its order. One that is no longer valid is a
  // single rule that holds for nobody.
  std::vector<uint32_t> Add(std::string_view condition,
                            const CompileContext& context);
  void Remove(std::span<const uint32_t> rules);
  void Recompile(const CompileContext& context);

  const Rule& operator[](uint32_t rule) const { return rules_[rule]; }
  size_t size() const { return rules_.size(); }

 private:
  friend class RuleTester;
  // customer.NUMBER == "text", for all the texts.
  struct Equality {
    uint32_t attribute = 0;
    StringHashMap<uint32_t> rule_of;
    std::vector<uint32_t> rules;
  };

  uint32_t AddRule(std::string_view text, const CompileContext& context);
  void NoteEquality(uint32_t rule);

  const Registry* registry_;
  std::vector<Rule> rules_;
  std::vector<uint32_t> free_;
  StringHashMap<uint32_t> by_text_;
  std::vector<Equality> equalities_;
};

// Tests rules for one customer at one instant, each at most once. Kept from one
// customer to the next, it makes no memory anew.
class RuleTester {
 public:
  void Begin(const RulePool& pool, const World& world, RecordNumber customer,
             int64_t now_us);

  bool Holds(uint32_t rule) {
    const uint8_t known = verdicts_[rule];
    if (known != kUnknown) return known == kHolds;
    return Test(rule);
  }
  // Where the first is that does not hold, or how many they are.
  size_t FirstFailing(std::span<const uint32_t> rules) {
    size_t i = 0;
    while (i < rules.size() && Holds(rules[i])) ++i;
    return i;
  }
  size_t tested() const { return tested_; }

 private:
  static constexpr uint8_t kUnknown = 0, kHolds = 1, kFails = 2;
  bool Test(uint32_t rule);

  const RulePool* pool_ = nullptr;
  const World* world_ = nullptr;
  RecordNumber customer_ = 0;
  int64_t now_us_ = 0;
  size_t tested_ = 0;
  std::vector<uint8_t> verdicts_;
};

}  // namespace trato::core

#endif  // TRATO_OFFER_RULES_H_
