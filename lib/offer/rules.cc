// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/rules.h"

#include <algorithm>

#include "base/id.h"
#include "base/status.h"

namespace trato::core {
namespace {

// The parts between && of a condition, as text.
void AddParts(const Node& node, std::string_view text,
              std::vector<std::string_view>& parts) {
  if (node.op == Op::kAnd) {
    for (const auto& part : node.args) AddParts(*part, text, parts);
  } else {
    parts.push_back(text.substr(node.begin, node.end - node.begin));
  }
}

// Of customer.x == "text" (either way round) the attribute and the literal.
struct Comparison {
  const Node* attribute = nullptr;
  const std::string_view* text = nullptr;
};

Comparison EqualityOf(const Program& program) {
  const Node& root = program.root();
  if (root.op != Op::kEqual || root.args.size() != 2) return {};
  const Node* one = root.args[0].get();
  const Node* other = root.args[1].get();
  if (one->op != Op::kAttribute) std::swap(one, other);
  if (one->op != Op::kAttribute || other->op != Op::kLiteral) return {};
  if (one->type.kind() != Kind::kString) return {};
  const auto* text = std::get_if<std::string_view>(&other->literal);
  return text == nullptr ? Comparison{} : Comparison{one, text};
}

}  // namespace

absl::Status RulePool::Check(std::string_view condition,
                             const CompileContext& context) const {
  if (condition.empty()) return absl::OkStatus();
  return Program::Compile(condition, context, *registry_).status();
}

std::vector<uint32_t> RulePool::Add(std::string_view condition,
                                    const CompileContext& context) {
  std::vector<uint32_t> rules;
  if (condition.empty()) return rules;
  const auto whole = Program::Compile(condition, context, *registry_);
  std::vector<std::string_view> parts;
  if (whole.ok()) {
    AddParts((*whole)->root(), condition, parts);
  } else {
    parts.push_back(condition);
  }
  for (std::string_view part : parts) rules.push_back(AddRule(part, context));
  return rules;
}

uint32_t RulePool::AddRule(std::string_view text,
                           const CompileContext& context) {
  if (auto known = by_text_.find(text); known != by_text_.end()) {
    ++rules_[known->second].uses;
    return known->second;
  }
  uint32_t number = static_cast<uint32_t>(rules_.size());
  if (free_.empty()) {
    rules_.emplace_back();
  } else {
    number = free_.back();
    free_.pop_back();
  }
  Rule& rule = rules_[number];
  rule.text = std::string(text);
  rule.program = Program::Compile(text, context, *registry_);
  rule.hash = Id::Of("rule", {text}).high;
  rule.uses = 1;
  by_text_.emplace(rule.text, number);
  NoteEquality(number);
  return number;
}

void RulePool::NoteEquality(uint32_t number) {
  Rule& rule = rules_[number];
  rule.equality = 0;
  if (!rule.program.ok()) return;
  const Comparison it = EqualityOf(**rule.program);
  if (it.attribute == nullptr) return;
  const auto found = std::find_if(
      equalities_.begin(), equalities_.end(), [&](const Equality& equality) {
        return equality.attribute == it.attribute->number;
      });
  Equality& equality =
      found == equalities_.end() ? equalities_.emplace_back() : *found;
  equality.attribute = it.attribute->number;
  // Two rules that say the same in other words: the second is tested itself.
  if (!equality.rule_of.emplace(*it.text, number).second) return;
  equality.rules.push_back(number);
  rule.equality = static_cast<uint32_t>(&equality - equalities_.data()) + 1;
}

void RulePool::Remove(std::span<const uint32_t> rules) {
  for (uint32_t number : rules) {
    Rule& rule = rules_[number];
    if (--rule.uses > 0) continue;
    if (rule.equality > 0) {
      Equality& equality = equalities_[rule.equality - 1];
      absl::erase_if(equality.rule_of,
                     [&](const auto& it) { return it.second == number; });
      std::erase(equality.rules, number);
    }
    by_text_.erase(rule.text);
    rule = Rule();
    free_.push_back(number);
  }
}

void RulePool::Recompile(const CompileContext& context) {
  equalities_.clear();
  for (uint32_t number = 0; number < rules_.size(); ++number) {
    if (rules_[number].uses == 0) continue;
    rules_[number].program =
        Program::Compile(rules_[number].text, context, *registry_);
    NoteEquality(number);
  }
}

void RuleTester::Begin(const RulePool& pool, const World& world,
                       RecordNumber customer, int64_t now_us) {
  pool_ = &pool;
  world_ = &world;
  customer_ = customer;
  now_us_ = now_us;
  tested_ = 0;
  verdicts_.assign(pool.size(), kUnknown);
}

bool RuleTester::Test(uint32_t number) {
  const RulePool::Rule& rule = pool_->rules_[number];
  ++tested_;
  if (rule.equality > 0) {
    const RulePool::Equality& it = pool_->equalities_[rule.equality - 1];
    for (uint32_t other : it.rules) verdicts_[other] = kFails;
    const AttributeValue value =
        world_->customers->AttributeAt(customer_, it.attribute, now_us_);
    const auto* text = value.version == nullptr
                           ? nullptr
                           : std::get_if<std::string>(&value.version->value);
    if (text != nullptr) {
      auto found = it.rule_of.find(*text);
      if (found != it.rule_of.end()) verdicts_[found->second] = kHolds;
    }
    return verdicts_[number] == kHolds;
  }
  const bool holds =
      rule.program.ok() && *rule.program != nullptr &&
      (*rule.program)->Test(*world_, customer_, now_us_).holds;
  verdicts_[number] = holds ? kHolds : kFails;
  return holds;
}

}  // namespace trato::core
